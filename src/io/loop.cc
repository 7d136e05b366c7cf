#include "io/loop.h"

#include <event2/event.h>

#include <algorithm>

#include "base/check.h"

namespace postkeep::io {

struct Loop::Events {
  struct Signal {
    event* wait = nullptr;
    std::function<void()> then;
  };

  event* timer = nullptr;
  event* round = nullptr;
  std::vector<std::unique_ptr<Signal>> signals;
};

Loop::Loop(const Clock& clock)
    : clock_(clock), events_(std::make_unique<Events>()) {
  event_config* config = event_config_new();
  PK_CHECK(config != nullptr);
  // Every role has one thread on its loop: no locks, no wake-up socket.
  event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
  event_config_set_flag(config, EVENT_BASE_FLAG_IGNORE_ENV);
  base_ = event_base_new_with_config(config);
  event_config_free(config);
  PK_CHECK(base_ != nullptr);
  events_->timer = event_new(
      base_, -1, 0,
      [](int, short, void* self) { static_cast<Loop*>(self)->timers_due(); },
      this);
  events_->round = event_new(
      base_, -1, 0,
      [](int, short, void* self) { static_cast<Loop*>(self)->end_round(); },
      this);
  PK_CHECK(events_->timer != nullptr && events_->round != nullptr);
}

Loop::~Loop() {
  event_free(events_->timer);
  event_free(events_->round);
  for (const auto& signal : events_->signals) event_free(signal->wait);
  event_base_free(base_);
}

TimerId Loop::after(Duration delay, std::function<void()> then) {
  const SteadyTime when = clock_.steady() + std::max(delay, Duration::zero());
  const std::uint64_t id = ++last_timer_;
  timers_.emplace(Key{when, id}, std::move(then));
  timer_times_.emplace(id, when);
  if (when < armed_for_) arm();
  return TimerId{id};
}

void Loop::cancel(TimerId timer) {
  const auto found = timer_times_.find(static_cast<std::uint64_t>(timer));
  if (found == timer_times_.end()) return;
  timers_.erase(Key{found->second, found->first});
  timer_times_.erase(found);
  // The kernel's timer may go off for nothing: cheaper than arming anew each
  // time, since nearly every timer of a session is cancelled.
  if (timers_.empty()) {
    event_del(events_->timer);
    armed_for_ = SteadyTime::max();
  }
}

void Loop::arm() {
  if (timers_.empty()) return;
  armed_for_ = timers_.begin()->first.first;
  // Rounded up to a millisecond, which is how fine epoll_wait() counts.
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(
      std::max(armed_for_ - clock_.steady(), Duration::zero()));
  timeval time{};
  time.tv_sec = wait.count() / 1000;
  time.tv_usec = wait.count() % 1000 * 1000;
  PK_CHECK(event_add(events_->timer, &time) == 0);
}

void Loop::timers_due() {
  armed_for_ = SteadyTime::max();
  const SteadyTime now = clock_.steady();
  // Those that are added meanwhile wait for the next round.
  const std::uint64_t last = last_timer_;
  while (!timers_.empty()) {
    const auto first = timers_.begin();
    if (first->first.first > now || first->first.second > last) break;
    const std::function<void()> then = std::move(first->second);
    timer_times_.erase(first->first.second);
    timers_.erase(first);
    then();
  }
  arm();
}

void Loop::on_signal(int signal, std::function<void()> then) {
  auto entry = std::make_unique<Events::Signal>();
  entry->then = std::move(then);
  entry->wait = evsignal_new(
      base_, signal,
      [](int, short, void* self) {
        static_cast<Events::Signal*>(self)->then();
      },
      entry.get());
  PK_CHECK(entry->wait != nullptr && event_add(entry->wait, nullptr) == 0);
  events_->signals.push_back(std::move(entry));
}

void Loop::run() { PK_CHECK(event_base_dispatch(base_) >= 0); }

void Loop::stop() { event_base_loopbreak(base_); }

void Loop::at_end_of_round(EndOfRound* who) {
  round_.push_back(who);
  if (round_armed_) return;
  round_armed_ = true;
  event_active(events_->round, EV_TIMEOUT, 0);
}

void Loop::forget(EndOfRound* who) {
  std::replace(round_.begin(), round_.end(), who,
               static_cast<EndOfRound*>(nullptr));
}

void Loop::end_round() {
  // Whoever asks while this goes on is called in it as well: a chain of
  // channels within one process does not wait for the kernel in between.
  for (std::size_t i = 0; i < round_.size(); ++i) {
    if (round_[i] != nullptr) round_[i]->round_ended();
  }
  round_.clear();
  round_armed_ = false;
}

}  // namespace postkeep::io
