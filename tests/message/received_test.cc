#include <gtest/gtest.h>

#include <string>

#include "message/mime_laws.h"
#include "message/short_strings.h"

namespace postkeep::message {
namespace {

TEST(MessageReceived, rfc5322_appendix_a_4) {
  const auto read = read_received(
      "from node.example\r\n          by x.y.test\r\n          via TCP\r\n"
      "          with ESMTP\r\n          id ABC12345\r\n          for "
      "<mary@example.net>;  21 Nov 1997 10:05:43 -0600");
  ASSERT_TRUE(read);
  EXPECT_EQ(clause(*read, "from"), "node.example");
  EXPECT_EQ(clause(*read, "WITH"), "ESMTP");
  EXPECT_EQ(clause(*read, "for"), "<mary@example.net>");
  EXPECT_EQ(clause(*read, "of"), "");
  ASSERT_TRUE(read->date_time);
  EXPECT_EQ(read->date_time->seconds, 880128343);
}

TEST(MessageReceived, comments_may_hold_semicolons) {
  const auto read = read_received(
      "from [192.0.2.1] (helo=x; y) by b:25 with ESMTPS/TLSv1.3; 1 Jan 2020 "
      "0:00:00 +0000 (UTC)");
  ASSERT_TRUE(read);
  EXPECT_EQ(clause(*read, "from"), "[192.0.2.1]");
  EXPECT_EQ(clause(*read, "by"), "b:25");
  EXPECT_EQ(clause(*read, "with"), "ESMTPS/TLSv1.3");
  EXPECT_EQ(read->date_time->seconds, 1577836800);
}

TEST(MessageReceived, the_date_may_be_missing_but_not_wrong) {
  EXPECT_FALSE(read_received("by x")->date_time);
  EXPECT_FALSE(read_received("by x;")->date_time);
  EXPECT_EQ(read_received("by x; 32 Jan 2020 00:00 Z").error(),
            ReceivedError::bad_date_time);
  EXPECT_EQ(read_received("by x; soon").error(),
            ReceivedError::outside_grammar);
  EXPECT_EQ(read_received("by (x; soon").error(),
            ReceivedError::outside_grammar);
}

TEST(MessageReceived, tokens_are_counted) {
  std::string value;
  for (std::size_t i = 0; i < received_tokens_max; ++i) value += "a ";
  EXPECT_TRUE(read_received(value));
  EXPECT_EQ(read_received(value + "a").error(), ReceivedError::too_many_tokens);
}

TEST(MessageReceived, laws_on_all_short_strings) {
  for_all_short_strings("a@<>\"( );,[1:", 5, [](Octets input) {
    return law_received_agrees_with_grammar(input);
  });
}

}  // namespace
}  // namespace postkeep::message
