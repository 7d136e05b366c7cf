// Questions to resolvers made real: c-ares on the loop.
//
// Here:      CaresExchange.
// Not here:  what questions and answers say (dns/), whom to ask (dns/resolver).
// Laws:      tests/io/dns_exchange_test.cc, which looks at the packets: each
//            question has a socket and so a port of its own; another's id,
//            question or address is passed over; a flood is read a few packets
//            at a time.
//
// What c-ares 1.18 does here: sockets, their reading and writing, TCP's framing
// and the turn to TCP when an answer was cut, the EDNS that a resolver does not
// know, and comparing id, question and address. What it does not do here, and
// why, stands in docs/decisions/c_ares_carries_octets.md.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "base/dns_exchange.h"
#include "io/loop.h"

namespace postkeep::io {

// Questions under way at once. One c-ares channel each: a channel shares one
// socket per resolver among all its questions, and with it the port.
inline constexpr std::size_t dns_questions_max = 256;
// What is read of one socket before the loop goes on: c-ares alone would read
// for as long as packets come.
inline constexpr unsigned dns_reads_of_round_max = 8;

class CaresExchange final : public DnsExchange {
 public:
  // Makes all channels: later c-ares would open files.
  explicit CaresExchange(Loop& loop,
                         std::size_t questions_max = dns_questions_max);
  ~CaresExchange();
  CaresExchange(const CaresExchange&) = delete;
  CaresExchange& operator=(const CaresExchange&) = delete;

  [[nodiscard]] std::size_t room() const override;
  void ask(const DnsServer& server, Octets query, Duration wait,
           Answered answered) override;

 private:
  class Line;  // A channel, and the question that it has.

  Loop& loop_;
  std::vector<std::unique_ptr<Line>> lines_;
  std::vector<Line*> idle_;
};

}  // namespace postkeep::io
