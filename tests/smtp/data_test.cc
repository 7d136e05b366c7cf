// Known answers of smtp/data.h, text_check.h and hop_count.h, and all short
// strings.
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "smtp/data_laws.h"

using namespace postkeep;
using namespace postkeep::smtp;

namespace {

void for_all(std::string_view turns, std::size_t octets_max,
             const std::function<void(Octets)>& law) {
  std::string text;
  const auto extend = [&](const auto& self) -> void {
    law(octets(text));
    if (text.size() == octets_max) return;
    for (const char c : turns) {
      text.push_back(c);
      self(self);
      text.pop_back();
    }
  };
  extend(extend);
}

struct Example {
  std::string_view why;
  std::string_view wire;
  std::string_view text;
  bool complete;
  std::size_t octets_left;
};

constexpr Example examples[] = {
    {"RFC 5321 section 4.1.1.4: an empty message", ".\r\n", "", true, 0},
    {"what follows is not touched", "a\r\n.\r\nQUIT\r\n", "a\r\n", true, 6},
    {"section 4.5.2: one dot of two", "..\r\n.\r\n", ".\r\n", true, 0},
    {"section 4.5.2: a dot before text", ".a\r\n.\r\n", "a\r\n", true, 0},
    {"a dot inside a line", "a.\r\n.\r\n", "a.\r\n", true, 0},
    {"LF alone ends no line", "a\n.\r\n", "a\n.\r\n", false, 0},
    {"CR alone ends no line", "a\r.\r\n", "a\r.\r\n", false, 0},
    {"CR CR LF is a line's end", "a\r\r\n.\r\n", "a\r\r\n", true, 0},
    {"CRLF . CR CRLF is not the end", "a\r\n.\r\r\n", "a\r\n\r\r\n", false, 0},
    {"what may become the end waits", "a\r\n.\r", "a\r\n", false, 0},
};

TEST(SmtpData, known_answers) {
  for (const Example& example : examples) {
    const DataOutcome outcome = read_data(octets(example.wire), 9999);
    EXPECT_EQ(outcome.text, example.text) << example.why;
    EXPECT_EQ(outcome.complete, example.complete) << example.why;
    EXPECT_EQ(outcome.octets_left, example.octets_left) << example.why;
  }
}

TEST(SmtpData, laws_on_all_short_strings) {
  for_all(std::string_view{"\r\n.a\0", 5}, 8, [](Octets wire) {
    ASSERT_TRUE(law_data_agrees_with_search(wire)) << text_of(wire);
    ASSERT_TRUE(law_data_agrees_with_grammar(wire)) << text_of(wire);
    ASSERT_TRUE(law_data_cuts_do_not_matter(wire)) << text_of(wire);
  });
}

TEST(SmtpData, stuffed_text_is_read_back) {
  for_all("\r\n.a", 7, [](Octets text) {
    ASSERT_TRUE(law_stuffed_text_is_read_back(text_of(text))) << text_of(text);
  });
}

TEST(SmtpTextCheck, law_on_all_short_strings) {
  for_all(std::string_view{"\r\n.a\0\xFF", 6}, 7, [](Octets wire) {
    ASSERT_TRUE(law_text_check_agrees_with_grammar(wire)) << text_of(wire);
  });
}

TEST(SmtpHopCount, law_on_all_short_ends) {
  for (const std::string_view head : {"", "Received", "A: b\r\nrEceived"}) {
    for_all("\r\n: \tRd", 5, [&](Octets tail) {
      const std::string wire = std::string{head} + std::string{text_of(tail)};
      ASSERT_TRUE(law_hop_count_agrees_with_search(octets(wire))) << wire;
    });
  }
}

TEST(SmtpHopCount, nothing_is_counted_in_a_body) {
  HopCount hops;
  hops.read(
      octets("Received: a\r\nX: b\r\n received: c\r\n\r\nReceived: d\r\n"));
  EXPECT_EQ(hops.received_fields(), 1U);
  EXPECT_TRUE(hops.header_ended());
  hops.start();
  EXPECT_EQ(hops.received_fields(), 0U);
}

}  // namespace
