#include "spool/message_cache.h"

#include <gtest/gtest.h>

#include <string>

using namespace postkeep::spool;

namespace {

TEST(MessageCache, what_was_used_longest_ago_goes_first) {
  MessageCache<std::string> cache{100};
  cache.keep(1, "one", 40);
  cache.keep(2, "two", 40);
  ASSERT_NE(cache.find(1), nullptr);
  cache.keep(3, "three", 40);
  EXPECT_EQ(cache.find(2), nullptr);
  EXPECT_EQ(*cache.find(1), "one");
  EXPECT_EQ(*cache.find(3), "three");
  EXPECT_EQ(cache.octets(), 80U);
}

TEST(MessageCache, never_above_its_budget) {
  MessageCache<std::string> cache{100};
  for (MessageId id = 1; id < 50; ++id) {
    cache.keep(id, "x", id * 3);
    EXPECT_LE(cache.octets(), 100U);
  }
  EXPECT_EQ(cache.find(40), nullptr);  // Larger than the whole budget.
}

TEST(MessageCache, keeping_again_replaces) {
  MessageCache<std::string> cache{100};
  cache.keep(1, "old", 60);
  cache.keep(1, "young", 70);
  EXPECT_EQ(*cache.find(1), "young");
  EXPECT_EQ(cache.octets(), 70U);
  cache.keep(1, "too large", 101);
  EXPECT_EQ(cache.find(1), nullptr);
  EXPECT_EQ(cache.octets(), 0U);
  cache.drop(1);
}

}  // namespace
