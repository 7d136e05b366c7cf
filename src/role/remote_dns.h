// The DNS, seen from a role that may not ask the network: asks dns.
//
// Here:      RemoteDns.
// Not here:  who asks resolvers (role/dns.h), the port (base/dns.h).
// Laws:      tests/role/dns_test.cc: each question is answered once, within
//            its wait, whatever dns does; when dns was started anew, what it
//            had not answered is asked again.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>

#include "base/channel.h"
#include "base/clock.h"
#include "base/dns.h"
#include "ipc/dns_messages.h"
#include "role/graveyard.h"
#include "role/link.h"

namespace postkeep::role {

// Longer than dns takes by the operator's settings (dns.deadline_milliseconds),
// a restart of it included.
inline constexpr std::chrono::seconds dns_grace_seconds{10};
// Questions of one role that wait for an answer; past it: busy.
inline constexpr std::size_t dns_questions_of_peer_max = 4096;

class RemoteDns final : public Dns {
 public:
  RemoteDns(Timers& timers, Duration wait);
  ~RemoteDns();
  RemoteDns(const RemoteDns&) = delete;
  RemoteDns& operator=(const RemoteDns&) = delete;

  // Uses this channel from now on; the former one is dropped.
  void use(std::unique_ptr<Channel> channel);
  // For questions from now on.
  void wait_for(Duration wait) { wait_ = wait; }

  DnsTicket ask(const DnsQuestion& question, Answered answered) override;
  void forget(DnsTicket ticket) override;

  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

 private:
  struct Waiting {
    DnsQuestion question;
    Answered answered;
    TimerId timer = TimerId::none;
  };

  bool send(DnsTicket ticket, const DnsQuestion& question);
  void replied(ipc::DnsReply reply);
  void answer(DnsTicket ticket, const DnsAnswer& answer);
  void give_up(DnsTicket ticket, DnsTrouble why);

  Timers& timers_;
  Duration wait_;
  std::unique_ptr<Link> link_;
  Graveyard<Link> old_links_;
  std::map<DnsTicket, Waiting> waiting_;
  std::uint64_t last_ticket_ = 0;
};

}  // namespace postkeep::role
