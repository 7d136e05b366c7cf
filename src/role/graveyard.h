// Where things go that end in the middle of their own calls: they are
// destroyed when the loop comes round, and say nothing until then.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace postkeep::role {

template <typename Thing>
class Graveyard {
 public:
  explicit Graveyard(Timers& timers) : timers_(timers) {}
  ~Graveyard() { timers_.cancel(timer_); }
  Graveyard(const Graveyard&) = delete;
  Graveyard& operator=(const Graveyard&) = delete;

  void bury(std::unique_ptr<Thing> thing) {
    if (!thing) return;
    if constexpr (requires { thing->let_go(); }) thing->let_go();
    things_.push_back(std::move(thing));
    if (timer_ != TimerId::none) return;
    timer_ = timers_.after(Duration(0), [this] {
      timer_ = TimerId::none;
      const auto things = std::exchange(things_, {});
    });
  }

 private:
  Timers& timers_;
  TimerId timer_ = TimerId::none;
  std::vector<std::unique_ptr<Thing>> things_;
};

}  // namespace postkeep::role
