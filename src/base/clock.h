// The port of time: two clocks, and timers on the steady one.
//
// Here:      Clock, Timers, and the types of time.
// Not here:  the real ones (io/), the simulated ones (tests/sim).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

namespace postkeep {

// Civil time in UTC. It may jump: only for what people and RFC 5322 read.
using WallTime = std::chrono::sys_time<std::chrono::microseconds>;

// Steady time since an arbitrary point: for every deadline and delay.
struct SteadyClockTag {
  using rep = std::int64_t;
  using period = std::micro;
  using duration = std::chrono::microseconds;
  using time_point = std::chrono::time_point<SteadyClockTag, duration>;
  static constexpr bool is_steady = true;
};
using SteadyTime = SteadyClockTag::time_point;
using Duration = std::chrono::microseconds;

class Clock {
 public:
  [[nodiscard]] virtual WallTime wall() const = 0;
  [[nodiscard]] virtual SteadyTime steady() const = 0;

 protected:
  ~Clock() = default;
};

enum class TimerId : std::uint64_t { none = 0 };

class Timers {
 public:
  // Calls `then` once, not before `delay` has passed, from the loop.
  virtual TimerId after(Duration delay, std::function<void()> then) = 0;
  // Forgets a timer. One that has gone off, or `none`, is no error.
  virtual void cancel(TimerId timer) = 0;

 protected:
  ~Timers() = default;
};

}  // namespace postkeep
