// SimDialer: connections that open as the test says.
//
// Here:      SimDialer.
// Not here:  the port (base/dialer.h), what runs over a connection.
// Laws:      those of base/dialer.h: one answer, never inside dial(), not later
//            than its wait.
#pragma once

#include <cstdint>
#include <map>
#include <utility>

#include "base/clock.h"
#include "base/dialer.h"

namespace postkeep::sim {

class SimDialer final : public Dialer {
 public:
  explicit SimDialer(Timers& timers) : timers_(timers) {}

  struct Behaviour {
    DialOutcome outcome = DialOutcome::connected;
    Duration delay = std::chrono::milliseconds(10);
    DialAddress own_end;
  };
  // How every attempt goes from now on.
  Behaviour next;
  // Sockets are numbers of the test's, closed by nobody.
  int last_socket = 1000;

  DialTicket dial(const DialTarget& /*target*/, Duration wait,
                  Then then) override {
    const std::uint64_t number = ++last_;
    const bool is_late = next.delay > wait;
    const TimerId timer = timers_.after(
        is_late ? wait : next.delay,
        [this, number, is_late, how = next, then = std::move(then)] {
          waiting_.erase(number);
          Dialled dialled{.outcome = DialOutcome::timed_out,
                          .socket = {},
                          .own_end = how.own_end};
          if (!is_late) dialled.outcome = how.outcome;
          if (dialled.outcome == DialOutcome::connected) {
            dialled.socket = Descriptor(++last_socket, nullptr);
          }
          then(std::move(dialled));
        });
    waiting_[number] = timer;
    return DialTicket{number};
  }
  void forget(DialTicket ticket) override {
    const auto at = waiting_.find(static_cast<std::uint64_t>(ticket));
    if (at == waiting_.end()) return;
    timers_.cancel(at->second);
    waiting_.erase(at);
  }
  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

 private:
  Timers& timers_;
  std::uint64_t last_ = 0;
  std::map<std::uint64_t, TimerId> waiting_;
};

}  // namespace postkeep::sim
