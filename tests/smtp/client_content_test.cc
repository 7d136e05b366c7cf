// Known answers for smtp/dot_stuffer.h and smtp/content_facts.h, and their laws
// on every short string.
#include <gtest/gtest.h>

#include <string>

#include "smtp/client_content_laws.h"

using namespace postkeep;
using namespace postkeep::smtp;

namespace {

TEST(SmtpDotStuffer, dots_at_the_start_of_lines_are_doubled) {
  EXPECT_EQ(stuffed(octets(".\r\na.\r\n..\r\n"), 99),
            "..\r\na.\r\n...\r\n.\r\n");
  EXPECT_EQ(stuffed(octets(""), 99), ".\r\n");
  EXPECT_EQ(stuffed(octets("no end"), 99), "no end\r\n.\r\n");
  EXPECT_EQ(stuffed(octets("."), 99), "..\r\n.\r\n");
}

TEST(SmtpContentFacts, what_has_to_be_known_is_known) {
  const ContentFacts facts = facts_of(octets("Subject: \xC3\xB6\r\n\r\na"), 99);
  EXPECT_EQ(facts.octets, 16U);
  EXPECT_TRUE(facts.is_text);
  EXPECT_TRUE(facts.is_eight_bit);
  EXPECT_FALSE(facts.ends_with_crlf);
  EXPECT_EQ(facts.line_octets_max, 13U);
  EXPECT_EQ(facts_of({}, 99), ContentFacts{});
}

// Every string of up to seven of the octets that matter.
TEST(SmtpContent, laws_on_all_short_strings) {
  const std::string turns{".\r\na\0\xFF", 6};
  std::string text;
  const auto extend = [&](const auto& self) -> void {
    ASSERT_TRUE(law_content(octets(text)));
    if (text.size() == 7) return;
    for (const char c : turns) {
      text.push_back(c);
      self(self);
      text.pop_back();
    }
  };
  extend(extend);
}

}  // namespace
