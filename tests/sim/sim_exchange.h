// SimExchange: resolvers in one process, each a function from query to answer.
//
// Here:      SimExchange.
// Not here:  the port (base/dns_exchange.h), real ones (tests/clients).
// Laws:      those of base/dns_exchange.h: one answer, never inside ask(), not
//            later than its wait.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/dns_exchange.h"

namespace postkeep::sim {

class SimExchange final : public DnsExchange {
 public:
  struct Reply {
    // Nothing: it never comes.
    std::optional<std::vector<Octet>> octets;
    Duration delay = std::chrono::milliseconds(10);
    bool unreachable = false;
  };
  using Behave = std::function<Reply(Octets query)>;
  struct Seen {
    DnsServer server;
    std::vector<Octet> query;
  };

  SimExchange(Timers& timers, std::size_t room)
      : timers_(timers), room_(room) {}

  // How that resolver answers from now on.
  void behave(const DnsServer& server, Behave how) {
    servers_[server] = std::move(how);
  }
  [[nodiscard]] const std::vector<Seen>& seen() const { return seen_; }

  [[nodiscard]] std::size_t room() const override { return room_; }
  void ask(const DnsServer& server, Octets query, Duration wait,
           Answered answered) override {
    PK_CHECK(room_ != 0);
    room_ -= 1;
    seen_.push_back({server, {query.begin(), query.end()}});
    const auto at = servers_.find(server);
    Reply reply = at == servers_.end() ? Reply{} : at->second(query);
    const bool late =
        !reply.unreachable && (!reply.octets || reply.delay > wait);
    timers_.after(
        late ? wait : reply.delay,
        [this, late, reply = std::move(reply), answered = std::move(answered)] {
          room_ += 1;
          if (late) return answered(std::unexpected(Trouble::timed_out));
          if (reply.unreachable) {
            return answered(std::unexpected(Trouble::closed));
          }
          answered(Octets(*reply.octets));
        });
  }

 private:
  Timers& timers_;
  std::size_t room_;
  std::map<DnsServer, Behave> servers_;
  std::vector<Seen> seen_;
};

}  // namespace postkeep::sim
