// SimClock, SimTimers: time that passes when the simulator says so.
//
// Here:      both clocks, timers, and the ways to let time pass.
// Not here:  the port (base/clock.h).
// Grammar:   none.
// Laws:      timers go off in the order of their times, then of their making;
//            no timer goes off before its time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "base/clock.h"

namespace postkeep::sim {

class SimClock final : public Clock {
 public:
  [[nodiscard]] WallTime wall() const override { return wall_; }
  [[nodiscard]] SteadyTime steady() const override { return steady_; }

  void pass(Duration time) {
    wall_ += time;
    steady_ += time;
  }
  // What an operator or a time server does to the wall clock alone.
  void set_wall(WallTime wall) { wall_ = wall; }

 private:
  // 2026-01-01T00:00:00Z: some day on which nothing is special.
  WallTime wall_{std::chrono::seconds{1767225600}};
  SteadyTime steady_{std::chrono::seconds{1000}};
};

class SimTimers final : public Timers {
 public:
  explicit SimTimers(SimClock& clock) : clock_(clock) {}

  TimerId after(Duration delay, std::function<void()> then) override {
    const TimerId id{++last_};
    const SteadyTime due = clock_.steady() + std::max(delay, Duration{0});
    waiting_.emplace(std::pair{due, id}, std::move(then));
    return id;
  }
  void cancel(TimerId timer) override {
    std::erase_if(waiting_,
                  [&](const auto& one) { return one.first.second == timer; });
  }

  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }
  // Lets `time` pass, each timer going off at its own time. Returns how many.
  std::size_t pass(Duration time) {
    const SteadyTime end = clock_.steady() + time;
    std::size_t count = 0;
    while (!waiting_.empty() && waiting_.begin()->first.first <= end) {
      go_off();
      count += 1;
    }
    if (clock_.steady() < end) clock_.pass(end - clock_.steady());
    return count;
  }
  // Lets time pass to the next timer. False when none waits.
  bool pass_to_next() {
    if (waiting_.empty()) return false;
    go_off();
    return true;
  }

 private:
  void go_off() {
    auto first = waiting_.extract(waiting_.begin());
    if (first.key().first > clock_.steady()) {
      clock_.pass(first.key().first - clock_.steady());
    }
    first.mapped()();
  }

  SimClock& clock_;
  std::uint64_t last_ = 0;
  std::map<std::pair<SteadyTime, TimerId>, std::function<void()>> waiting_;
};

}  // namespace postkeep::sim
