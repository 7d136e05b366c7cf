// The loop of a role: waits for descriptors and timers, one event at a time.
//
// Here:      Loop: timers, run, stop, signals, work for the end of a round.
// Not here:  sockets (io/net.h, io/channel.h); the simulated loop (tests/sim).
// Laws:      tests/io/loop_test.cc: timers go off in the order of their times
//            and never early; what is cancelled is never called.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/clock.h"

struct event_base;

namespace postkeep::io {

// What wants a call when the present round of events is done: so that what
// many events queued goes out in one system call.
class EndOfRound {
 public:
  virtual void round_ended() = 0;

 protected:
  ~EndOfRound() = default;
};

class Loop final : public Timers {
 public:
  explicit Loop(const Clock& clock);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  TimerId after(Duration delay, std::function<void()> then) override;
  void cancel(TimerId timer) override;

  // Calls `then` from the loop whenever the signal has come.
  void on_signal(int signal, std::function<void()> then);

  // Until stop(). Returns at once when nothing can ever happen.
  void run();
  void stop();

  // Once, at the end of this round, before the loop waits again. Asking twice
  // in a round is the caller's mistake to avoid; forget() takes it back.
  void at_end_of_round(EndOfRound* who);
  void forget(EndOfRound* who);

  [[nodiscard]] event_base* base() const { return base_; }

 private:
  struct Events;
  using Key = std::pair<SteadyTime, std::uint64_t>;

  void arm();
  void timers_due();
  void end_round();

  const Clock& clock_;
  event_base* base_;
  std::unique_ptr<Events> events_;
  std::map<Key, std::function<void()>> timers_;
  std::unordered_map<std::uint64_t, SteadyTime> timer_times_;
  std::uint64_t last_timer_ = 0;
  SteadyTime armed_for_ = SteadyTime::max();
  std::vector<EndOfRound*> round_;
  bool round_armed_ = false;
};

}  // namespace postkeep::io
