// auth/throttle.h, auth/fair_queue.h and auth/verified_cache.h by example.
#include "auth/throttle.h"

#include <gtest/gtest.h>

#include <string>

#include "auth/fair_queue.h"
#include "auth/verified_cache.h"
#include "sim/sim_clock.h"
#include "sim/sim_random.h"

using namespace postkeep;
using namespace postkeep::auth;
using namespace std::chrono_literals;

namespace {

TEST(AuthThrottle, delays_double_from_the_fourth_failure) {
  sim::SimClock clock;
  Throttle throttle(clock);
  const Duration expected[] = {0s, 0s, 0s,  0s,  1s,  2s,
                               4s, 8s, 16s, 32s, 60s, 60s};
  for (const Duration delay : expected) {
    EXPECT_EQ(throttle.delay("192.0.2.1", "a@a.example"), delay);
    throttle.failed("192.0.2.1", "a@a.example");
  }
}

TEST(AuthThrottle, strangers_cannot_lock_an_account_for_long) {
  sim::SimClock clock;
  Throttle throttle(clock);
  for (int i = 0; i < 1000; ++i)
    throttle.failed("192.0.2." + std::to_string(i), "a@a.example");
  EXPECT_EQ(throttle.delay("198.51.100.7", "A@a.example"), 8s);
  EXPECT_EQ(throttle.delay("198.51.100.7", "b@a.example"), 0s);
}

TEST(AuthThrottle, one_good_login_does_not_wash_an_address) {
  sim::SimClock clock;
  Throttle throttle(clock);
  for (int i = 0; i < 6; ++i)
    throttle.failed("192.0.2.1", std::to_string(i) + "@a.example");
  const Duration before = throttle.delay("192.0.2.1", "own@a.example");
  EXPECT_GT(before, 0s);
  throttle.succeeded("192.0.2.1", "own@a.example");
  EXPECT_EQ(throttle.delay("192.0.2.1", "other@a.example"), before);
}

TEST(AuthThrottle, who_names_nobody_slows_nobody_else) {
  sim::SimClock clock;
  Throttle throttle(clock);
  for (int i = 0; i < 20; ++i) throttle.failed("192.0.2.1", "");
  EXPECT_EQ(throttle.delay("192.0.2.1", ""), 60s);
  EXPECT_EQ(throttle.delay("198.51.100.7", ""), 0s);
}

TEST(AuthThrottle, a_good_login_clears_its_account) {
  sim::SimClock clock;
  Throttle throttle(clock);
  for (int i = 0; i < 6; ++i)
    throttle.failed("192.0.2." + std::to_string(i), "a@a.example");
  EXPECT_GT(throttle.delay("198.51.100.7", "a@a.example"), 0s);
  throttle.succeeded("203.0.113.1", "a@A.example");
  EXPECT_EQ(throttle.delay("198.51.100.7", "a@a.example"), 0s);
}

TEST(AuthThrottle, time_heals_one_failure_after_the_other) {
  sim::SimClock clock;
  Throttle throttle(clock);
  for (int i = 0; i < 5; ++i) throttle.failed("192.0.2.1", "x");
  EXPECT_EQ(throttle.delay("192.0.2.1", "y"), 2s);
  clock.pass(10min);
  EXPECT_EQ(throttle.delay("192.0.2.1", "y"), 1s);
  clock.pass(10min);
  EXPECT_EQ(throttle.delay("192.0.2.1", "y"), 0s);
  clock.set_wall(WallTime{});  // A jump of the wall clock changes nothing.
  EXPECT_EQ(throttle.delay("192.0.2.1", "y"), 0s);
}

TEST(AuthThrottle, a_flood_of_addresses_does_not_grow_memory) {
  sim::SimClock clock;
  ThrottleLimits limits;
  limits.entries_max = 100;
  Throttle throttle(clock, limits);
  for (int i = 0; i < 10; ++i) throttle.failed("192.0.2.1", "a@a.example");
  for (int i = 0; i < 1000; ++i) {
    clock.pass(1ms);
    throttle.failed("10.0.0." + std::to_string(i), "a@a.example");
    throttle.failed("192.0.2.1", "a@a.example");  // It keeps trying.
  }
  EXPECT_LE(throttle.entries(), 200U);
  EXPECT_EQ(throttle.delay("192.0.2.1", "b@a.example"), 60s);
}

TEST(AuthThrottle, an_ipv6_address_stands_for_its_network) {
  EXPECT_EQ(network_of("IPv6:2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  EXPECT_EQ(network_of("2001:db8:1:2::1"), "2001:db8:1:2::/64");
  EXPECT_EQ(network_of("IPv6:::1"), "::/64");
  EXPECT_EQ(network_of("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(network_of(""), "");
  EXPECT_EQ(network_of("IPv6:nonsense"), "IPv6:nonsense");
}

TEST(AuthFairQueue, takes_turns) {
  FairQueue<int> queue(10, 3);
  EXPECT_TRUE(queue.push("a", 1));
  EXPECT_TRUE(queue.push("a", 2));
  EXPECT_TRUE(queue.push("a", 3));
  EXPECT_FALSE(queue.push("a", 4)) << "three of one are enough";
  EXPECT_TRUE(queue.push("b", 5));
  EXPECT_EQ(queue.pop(), 1);
  EXPECT_EQ(queue.pop(), 5);
  EXPECT_TRUE(queue.push("b", 6));
  EXPECT_EQ(queue.pop(), 2);
  EXPECT_EQ(queue.pop(), 6);
  EXPECT_EQ(queue.pop(), 3);
  EXPECT_EQ(queue.pop(), std::nullopt);
  FairQueue<int> full(1, 1);
  EXPECT_TRUE(full.push("a", 1));
  EXPECT_FALSE(full.push("b", 2));
  FairQueue<int> none(1, 0);
  EXPECT_FALSE(none.push("a", 1));
}

TEST(AuthVerifiedCache, a_new_password_makes_the_old_login_worthless) {
  sim::SimClock clock;
  sim::SimRandom random(1);
  VerifiedCache cache(random, clock);
  cache.remember("a@a.example", "old record", octets("old"));
  EXPECT_TRUE(cache.holds("A@a.example", "old record", octets("old")));
  EXPECT_FALSE(cache.holds("a@a.example", "new record", octets("old")));
  EXPECT_FALSE(cache.holds("a@a.example", "old record", octets("older")));
  EXPECT_FALSE(cache.holds("b@a.example", "old record", octets("old")));
  cache.forget_all();
  EXPECT_FALSE(cache.holds("a@a.example", "old record", octets("old")));
}

TEST(AuthVerifiedCache, parts_do_not_run_into_each_other) {
  sim::SimClock clock;
  sim::SimRandom random(1);
  VerifiedCache cache(random, clock);
  cache.remember("ab", "cd", octets("ef"));
  EXPECT_FALSE(cache.holds("abc", "d", octets("ef")));
  EXPECT_FALSE(cache.holds("ab", "cde", octets("f")));
}

TEST(AuthVerifiedCache, ends_ten_minutes_after_the_verification) {
  sim::SimClock clock;
  sim::SimRandom random(1);
  VerifiedCache cache(random, clock);
  cache.remember("a", "r", octets("p"));
  clock.pass(9min);
  cache.remember("a", "r", octets("p"));  // No longer for being asked again.
  EXPECT_EQ(cache.size(), 1U);
  clock.pass(1min);
  EXPECT_FALSE(cache.holds("a", "r", octets("p")));
  EXPECT_EQ(cache.size(), 0U);
}

TEST(AuthVerifiedCache, is_bounded_and_can_be_off) {
  sim::SimClock clock;
  sim::SimRandom random(1);
  VerifiedCache cache(random, clock, 2);
  for (const char* name : {"a", "b", "c"})
    cache.remember(name, "r", octets(""));
  EXPECT_EQ(cache.size(), 2U);
  EXPECT_FALSE(cache.holds("a", "r", octets("")));
  EXPECT_TRUE(cache.holds("c", "r", octets("")));
  VerifiedCache off(random, clock, 0);
  off.remember("a", "r", octets("p"));
  EXPECT_FALSE(off.holds("a", "r", octets("p")));
}

}  // namespace
