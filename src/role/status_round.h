// One question of `postkeep status`, asked of every role, and the answers until
// all have come or time is up.
//
// Here:      StatusRounds.
// Not here:  how a role answers (role/status.h), who asks (role/control.h).
// Laws:      tests/role/status_round_test.cc: whatever a role answers, what
//            comes of it is short enough to be sent, and printable.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "ipc/control_messages.h"
#include "role/child.h"

namespace postkeep::role {

inline constexpr std::chrono::seconds status_seconds_max{2};

class StatusRounds {
 public:
  using Done = std::function<void(ipc::StatusAnswer)>;

  explicit StatusRounds(Timers& timers) : timers_(timers) {}

  // Asks `children`; `done` gets `facts` and what they answer, under the
  // number of `question`.
  void start(const ipc::StatusQuestion& question,
             std::vector<ipc::StatusLine> facts,
             const std::vector<Child*>& children, Done done);
  void answered(const std::string& name, const ipc::StatusAnswer& answer);

 private:
  struct Round {
    std::uint64_t question = 0;
    std::vector<ipc::StatusLine> lines;
    std::size_t octets = 0;  // Of the lines.
    std::set<std::string> waiting;
    Done done;
    TimerId timer = TimerId::none;
  };

  static void add(Round& round, ipc::StatusLine line);
  void end(std::uint64_t number);

  Timers& timers_;
  std::map<std::uint64_t, Round> rounds_;
  std::uint64_t last_ = 0;
};

}  // namespace postkeep::role
