#include "io/loop.h"

#include <csignal>

#include "io/real_loop.h"

namespace postkeep::io {
namespace {

using std::chrono::milliseconds;

TEST(IoLoop, timers_go_off_in_the_order_of_their_times) {
  RealLoop real;
  std::string order;
  real.loop.after(milliseconds(9), [&] { order += 'c'; });
  real.loop.after(milliseconds(1), [&] { order += 'a'; });
  real.loop.after(milliseconds(5), [&] { order += 'b'; });
  real.loop.after(milliseconds(5), [&] { order += 'B'; });
  real.run_until([&] { return order.size() == 4; });
  EXPECT_EQ(order, "abBc");
}

TEST(IoLoop, no_timer_goes_off_early) {
  RealLoop real;
  for (const int wait : {0, 1, 3, 7, 20}) {
    const SteadyTime begin = real.clock.steady();
    bool gone = false;
    real.loop.after(milliseconds(wait), [&] { gone = true; });
    real.run_until([&] { return gone; });
    EXPECT_GE(real.clock.steady() - begin, milliseconds(wait));
  }
}

TEST(IoLoop, a_cancelled_timer_is_never_called) {
  RealLoop real;
  bool called = false;
  bool other = false;
  const TimerId first =
      real.loop.after(milliseconds(2), [&] { called = true; });
  real.loop.after(milliseconds(4), [&] { other = true; });
  real.loop.cancel(first);
  real.loop.cancel(first);
  real.loop.cancel(TimerId::none);
  real.run_until([&] { return other; });
  EXPECT_FALSE(called);
}

TEST(IoLoop, a_timer_may_cancel_another_that_is_due_with_it) {
  RealLoop real;
  bool called = false;
  TimerId second = TimerId::none;
  real.loop.after(milliseconds(1), [&] { real.loop.cancel(second); });
  second = real.loop.after(milliseconds(1), [&] { called = true; });
  real.run_for(milliseconds(8));
  EXPECT_FALSE(called);
}

TEST(IoLoop, a_timer_that_arms_itself_does_not_starve_the_loop) {
  RealLoop real;
  int rounds = 0;
  std::function<void()> again = [&] {
    ++rounds;
    real.loop.after(Duration::zero(), again);
  };
  again();
  real.run_for(milliseconds(5));
  EXPECT_GT(rounds, 1);
}

TEST(IoLoop, a_signal_is_told_from_the_loop) {
  RealLoop real;
  int told = 0;
  real.loop.on_signal(SIGUSR1, [&] { ++told; });
  raise(SIGUSR1);
  real.run_until([&] { return told == 1; });
}

struct Counter final : EndOfRound {
  int count = 0;
  std::function<void()> also;
  void round_ended() override {
    ++count;
    if (also) also();
  }
};

TEST(IoLoop, the_end_of_a_round_comes_once_and_may_be_taken_back) {
  RealLoop real;
  Counter first;
  Counter second;
  Counter third;
  first.also = [&] {
    real.loop.forget(&second);
    if (first.count == 1) real.loop.at_end_of_round(&third);
  };
  real.loop.after(Duration::zero(), [&] {
    real.loop.at_end_of_round(&first);
    real.loop.at_end_of_round(&second);
  });
  real.run_for(milliseconds(5));
  EXPECT_EQ(first.count, 1);
  EXPECT_EQ(second.count, 0);
  EXPECT_EQ(third.count, 1);
}

}  // namespace
}  // namespace postkeep::io
