// The port of questions to a resolver: octets there, octets back.
//
// Here:      DnsExchange, DnsServer.
// Not here:  what the octets say (dns/), real sockets (io/dns_exchange.h).
// Laws:      each question is answered once, from the loop and never inside
//            ask(), not later than its wait; one that is answered has left room
//            for another.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <string>

#include "base/clock.h"
#include "base/octets.h"
#include "base/trouble.h"

namespace postkeep {

struct DnsServer {
  std::string address;  // IPv4 or IPv6, as inet_pton(3) takes it.
  std::uint16_t port = 53;
  auto operator<=>(const DnsServer&) const = default;
};

class DnsExchange {
 public:
  // What came back with the query's own id and question, borrowed until the
  // call returns; nothing else in it has been looked at. timed_out: nothing
  // came. closed: the server cannot be reached.
  using Answered = std::function<void(std::expected<Octets, Trouble>)>;

  // How many more questions can be under way at once.
  [[nodiscard]] virtual std::size_t room() const = 0;
  // Sends `query` (RFC 1035 section 4.1, with an OPT of 11 octets at its end)
  // from a port of its own over UDP, and again over TCP when the answer says
  // that it was cut. Only while there is room().
  virtual void ask(const DnsServer& server, Octets query, Duration wait,
                   Answered answered) = 0;

 protected:
  ~DnsExchange() = default;
};

}  // namespace postkeep
