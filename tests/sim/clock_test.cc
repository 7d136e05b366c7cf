#include <gtest/gtest.h>

#include <array>
#include <string>

#include "sim/sim_clock.h"
#include "sim/sim_random.h"

using namespace postkeep;
using namespace postkeep::sim;
using namespace std::chrono_literals;

namespace {

TEST(SimClock, timers_go_off_in_the_order_of_their_times) {
  SimClock clock;
  SimTimers timers{clock};
  std::string order;
  const SteadyTime start = clock.steady();
  (void)timers.after(2s, [&] { order += 'b'; });
  (void)timers.after(1s, [&] {
    order += 'a';
    EXPECT_EQ(clock.steady(), start + 1s);
  });
  (void)timers.after(2s, [&] { order += 'c'; });
  const TimerId never = timers.after(1s, [&] { order += 'x'; });
  timers.cancel(never);
  EXPECT_EQ(timers.pass(1500ms), 1U);
  EXPECT_EQ(order, "a");
  EXPECT_TRUE(timers.pass_to_next());
  EXPECT_EQ(timers.pass(1s), 1U);
  EXPECT_EQ(order, "abc");
  EXPECT_EQ(clock.steady(), start + 3s);
  EXPECT_FALSE(timers.pass_to_next());
}

TEST(SimClock, the_wall_clock_may_jump_alone) {
  SimClock clock;
  const SteadyTime steady = clock.steady();
  clock.set_wall(WallTime{0s});
  EXPECT_EQ(clock.wall(), WallTime{0s});
  EXPECT_EQ(clock.steady(), steady);
}

TEST(SimRandom, one_seed_is_one_stream) {
  std::array<Octet, 32> one{};
  std::array<Octet, 32> other{};
  SimRandom{5}.fill(one);
  SimRandom{5}.fill(other);
  EXPECT_EQ(one, other);
  SimRandom{6}.fill(other);
  EXPECT_NE(one, other);
}

TEST(Choices, an_enumeration_gives_every_sequence_once) {
  Enumeration choices;
  std::string seen;
  do {
    const std::size_t first = choices.pick(2);
    seen += std::to_string(first);
    // What is asked may depend on what was answered.
    if (first == 1) seen += std::to_string(choices.pick(3));
    seen += ' ';
  } while (choices.next());
  EXPECT_EQ(seen, "0 10 11 12 ");
}

}  // namespace
