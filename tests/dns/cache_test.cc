#include "dns/cache.h"

#include <string>

#include "dns/message_builder.h"
#include "gtest/gtest.h"
#include "sim/choices.h"
#include "sim/sim_clock.h"

namespace postkeep::dns {
namespace {

DnsQuestion question(std::size_t number) {
  return {named("n" + std::to_string(number) + ".example"), DnsType::txt};
}

DnsAnswer answer(std::uint32_t ttl, DnsVerdict verdict = DnsVerdict::found) {
  DnsAnswer one;
  one.verdict = verdict;
  one.ttl_seconds = ttl;
  if (verdict == DnsVerdict::found) one.txt = {"text"};
  return one;
}

struct DnsCacheTest : ::testing::Test {
  sim::SimClock clock;
};

TEST_F(DnsCacheTest, nothing_outlives_its_ttl) {
  Cache cache(clock, {});
  cache.put(question(1), answer(60));
  clock.pass(std::chrono::milliseconds(1500));
  EXPECT_EQ(cache.find(question(1)).value().ttl_seconds, 58U);
  EXPECT_TRUE(cache.find(question(1))->from_cache);
  clock.pass(std::chrono::milliseconds(57499));
  EXPECT_EQ(cache.find(question(1)).value().ttl_seconds, 1U);
  clock.pass(std::chrono::milliseconds(2));
  EXPECT_FALSE(cache.find(question(1)));
  EXPECT_EQ(cache.entries(), 0U);
  EXPECT_EQ(cache.octets(), 0U);
}

TEST_F(DnsCacheTest, limits_of_ttls_hold) {
  Cache cache(clock, {.ttl_seconds_min = 30,
                      .ttl_seconds_max = 100,
                      .denial_seconds_max = 50});
  cache.put(question(1), answer(1));
  cache.put(question(2), answer(100000));
  cache.put(question(3), answer(100000, DnsVerdict::no_name));
  cache.put(question(4), answer(1, DnsVerdict::no_data));
  EXPECT_EQ(cache.find(question(1)).value().ttl_seconds, 30U);
  EXPECT_EQ(cache.find(question(2)).value().ttl_seconds, 100U);
  EXPECT_EQ(cache.find(question(3)).value().ttl_seconds, 50U);
  EXPECT_EQ(cache.find(question(4)).value().ttl_seconds, 1U);
}

TEST_F(DnsCacheTest, some_things_are_never_kept) {
  Cache cache(clock, {.ttl_seconds_min = 30});
  cache.put(question(1), answer(0));  // RFC 1035 section 3.2.1.
  cache.put(question(2), answer(60, DnsVerdict::trouble));
  cache.put(question(3), answer(60, DnsVerdict::bogus));
  cache.put(question(4), answer(0, DnsVerdict::no_name));
  EXPECT_EQ(cache.entries(), 0U);
  // What was kept goes when what comes may not be.
  cache.put(question(1), answer(60));
  cache.put(question(1), answer(0));
  EXPECT_FALSE(cache.find(question(1)));
}

TEST_F(DnsCacheTest, what_was_used_longest_ago_goes_first) {
  Cache cache(clock, {.entries_max = 3});
  for (std::size_t i = 1; i <= 3; ++i) cache.put(question(i), answer(60));
  EXPECT_TRUE(cache.find(question(1)));
  cache.put(question(4), answer(60));
  EXPECT_FALSE(cache.find(question(2)));
  EXPECT_TRUE(cache.find(question(1)));
  EXPECT_TRUE(cache.find(question(4)));
}

TEST_F(DnsCacheTest, limits_of_size_hold_whatever_is_put) {
  const CacheLimits limits{.entries_max = 50, .octets_max = 100000};
  Cache cache(clock, limits);
  sim::Chance chance(1);
  for (int i = 0; i < 5000; ++i) {
    DnsAnswer one = answer(static_cast<std::uint32_t>(chance.bits() % 100));
    one.txt[0] = std::string(chance.bits() % 20000, 'x');
    cache.put(question(chance.bits() % 200), one);
    static_cast<void>(cache.find(question(chance.bits() % 200)));
    clock.pass(std::chrono::milliseconds(chance.bits() % 2000));
    ASSERT_LE(cache.entries(), limits.entries_max);
    ASSERT_LE(cache.octets(), limits.octets_max);
  }
  DnsAnswer too_large = answer(60);
  too_large.txt[0] = std::string(200000, 'x');
  cache.put(question(1), too_large);
  EXPECT_FALSE(cache.find(question(1)));
  cache.use({.entries_max = 1});
  EXPECT_LE(cache.entries(), 1U);
  cache.clear();
  EXPECT_EQ(cache.octets(), 0U);
}

}  // namespace
}  // namespace postkeep::dns
