#include "auth/usage.h"

#include <gtest/gtest.h>

#include "sim/sim_clock.h"

using namespace postkeep;
using namespace postkeep::auth;
using namespace std::chrono_literals;

namespace {

constexpr const char* ann = "ann@example.org";

class AuthUsage : public testing::Test {
 protected:
  UsageLimit send(int times, std::uint64_t recipients = 1) {
    UsageLimit limit = UsageLimit::none;
    for (int i = 0; i < times; ++i) limit = ledger_.charge(ann, recipients);
    return limit;
  }

  sim::SimClock clock_;
  UsageLedger ledger_{clock_,
                      {.messages_per_hour_max = 3,
                       .messages_per_day_max = 5,
                       .recipients_per_hour_max = 10,
                       .recipients_per_day_max = 12}};
};

TEST_F(AuthUsage, messages_of_an_hour) {
  EXPECT_EQ(send(3), UsageLimit::none);
  clock_.pass(20min);
  EXPECT_EQ(send(1), UsageLimit::messages_per_hour);
  EXPECT_EQ(ledger_.wait(ann, UsageLimit::messages_per_hour), Duration{40min});
  // Another account, and this one in other letters.
  EXPECT_EQ(ledger_.charge("bob@example.org", 1), UsageLimit::none);
  EXPECT_EQ(ledger_.charge("ANN@EXAMPLE.org", 1),
            UsageLimit::messages_per_hour);
  clock_.pass(40min);
  EXPECT_EQ(send(1), UsageLimit::none);
}

TEST_F(AuthUsage, messages_of_a_day) {
  EXPECT_EQ(send(3), UsageLimit::none);
  clock_.pass(1h);
  EXPECT_EQ(send(2), UsageLimit::none);
  EXPECT_EQ(send(1), UsageLimit::messages_per_day);
  EXPECT_EQ(ledger_.wait(ann, UsageLimit::messages_per_day), Duration{23h});
  clock_.pass(23h);
  EXPECT_EQ(send(1), UsageLimit::none);
}

TEST_F(AuthUsage, recipients_of_an_hour_and_a_day) {
  EXPECT_EQ(ledger_.recipients_left(ann), 10U);
  EXPECT_EQ(send(1, 11), UsageLimit::recipients_per_hour);
  EXPECT_EQ(send(1, 8), UsageLimit::none);
  EXPECT_EQ(ledger_.recipients_left(ann), 2U);
  EXPECT_EQ(send(1, 3), UsageLimit::recipients_per_hour);
  clock_.pass(1h);
  EXPECT_EQ(ledger_.recipients_left(ann), 4U);
  EXPECT_EQ(send(1, 5), UsageLimit::recipients_per_day);
  EXPECT_EQ(send(1, 4), UsageLimit::none);
}

TEST_F(AuthUsage, asking_counts_nothing) {
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(ledger_.obstacle(ann, 1), UsageLimit::none);
  }
  EXPECT_TRUE(ledger_.usages().empty());
}

TEST_F(AuthUsage, no_limit_is_none) {
  ledger_.set_limits({});
  EXPECT_EQ(send(1000, 1000), UsageLimit::none);
  EXPECT_EQ(ledger_.recipients_left(ann), UINT64_MAX);
  // A limit that comes later counts what was sent before it.
  ledger_.set_limits({.recipients_per_day_max = 10});
  EXPECT_EQ(ledger_.recipients_left(ann), 0U);
  EXPECT_EQ(send(1), UsageLimit::recipients_per_day);
}

TEST_F(AuthUsage, what_was_counted_can_be_told_to_another) {
  send(3, 2);
  clock_.pass(30min);
  UsageLedger other{clock_, {.messages_per_hour_max = 3}};
  for (const Usage& usage : ledger_.usages()) other.add(usage);
  EXPECT_EQ(other.usages(), ledger_.usages());
  EXPECT_EQ(other.obstacle(ann, 1), UsageLimit::messages_per_hour);
  EXPECT_EQ(other.wait(ann, UsageLimit::messages_per_hour), Duration{30min});
  // Two tellers: their counts add up. What is over tells nothing.
  for (const Usage& usage : ledger_.usages()) other.add(usage);
  EXPECT_EQ(other.usages()[0].day.messages, 6U);
  other.add({.account = "old@example.org",
             .hour = {.age = 2h, .messages = 9, .recipients = 9},
             .day = {.age = 25h, .messages = 9, .recipients = 9}});
  EXPECT_EQ(other.usages().size(), 1U);
}

TEST_F(AuthUsage, who_has_not_sent_for_a_day_is_forgotten) {
  ledger_.set_limits({});
  for (int i = 0; i < 900; ++i) {
    static_cast<void>(ledger_.charge(std::to_string(i) + "@example.org", 1));
  }
  clock_.pass(24h);
  EXPECT_TRUE(ledger_.usages().empty());
  for (int i = 0; i < 900; ++i) {
    static_cast<void>(ledger_.charge("x" + std::to_string(i), 1));
  }
  EXPECT_EQ(ledger_.usages().size(), 900U);
}

TEST_F(AuthUsage, limits_have_names) {
  EXPECT_EQ(name(UsageLimit::none), "none");
  EXPECT_EQ(name(UsageLimit::messages_per_hour), "messages_per_hour");
  EXPECT_EQ(name(UsageLimit::messages_per_day), "messages_per_day");
  EXPECT_EQ(name(UsageLimit::recipients_per_hour), "recipients_per_hour");
  EXPECT_EQ(name(UsageLimit::recipients_per_day), "recipients_per_day");
}

}  // namespace
