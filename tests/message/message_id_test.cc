#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "message/mime_laws.h"
#include "message/short_strings.h"

namespace postkeep::message {
namespace {

TEST(MessageMessageId, rfc5322_examples) {
  EXPECT_EQ(read_message_id("<1234@local.machine.example>"),
            "1234@local.machine.example");
  EXPECT_EQ(read_message_ids("<3456@example.net> (Jo)\r\n <a@[x]>"),
            (std::vector<std::string>{"3456@example.net", "a@[x]"}));
  EXPECT_EQ(read_message_ids("Your message of Friday <a@b>"),
            std::vector<std::string>{"a@b"});
}

TEST(MessageMessageId, quotes_can_hold_an_angle) {
  EXPECT_EQ(read_message_ids("<\"a>b\"@c><d@e>"),
            (std::vector<std::string>{"\"a>b\"@c", "d@e"}));
}

TEST(MessageMessageId, none_or_two_are_no_message_id) {
  EXPECT_FALSE(read_message_id("a@b"));
  EXPECT_FALSE(read_message_id("<a@b> <c@d>"));
  EXPECT_FALSE(read_message_id("<>"));
  EXPECT_FALSE(read_message_ids("<a@b"));
  EXPECT_FALSE(read_message_ids("<a b@c>"));
  EXPECT_TRUE(read_message_ids("")->empty());
}

TEST(MessageMessageId, identifiers_are_counted) {
  std::string value;
  for (std::size_t i = 0; i < message_ids_max; ++i) value += "<a@b>";
  EXPECT_EQ(read_message_ids(value)->size(), message_ids_max);
  EXPECT_EQ(read_message_ids(value + "<a@b>").error(),
            MessageIdError::too_many);
}

TEST(MessageMessageId, laws_on_all_short_strings) {
  for_all_short_strings("a@<>\"( )[\\\r\n", 5, [](Octets input) {
    return law_message_ids_agree_with_grammar(input) &&
           law_message_ids_are_one_word(input);
  });
}

}  // namespace
}  // namespace postkeep::message
