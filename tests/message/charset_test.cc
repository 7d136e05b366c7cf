#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "message/short_strings.h"
#include "message/text_laws.h"

namespace postkeep::message {
namespace {

TEST(MessageCharset, rfc3629_section_4) {
  EXPECT_TRUE(is_utf8("A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x92\x8C"));
  EXPECT_TRUE(is_utf8("\xF4\x8F\xBF\xBF"));
  EXPECT_TRUE(is_utf8(""));
  for (const char* const bad :
       {"\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80",
        "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\x80",
        "\xC3", "\xE2\x82", "\xFF", "\xC3\xA9\xC3"}) {
    EXPECT_FALSE(is_utf8(bad)) << bad;
  }
}

TEST(MessageCharset, bad_octets_are_replaced_one_by_one) {
  EXPECT_EQ(replace_bad_utf8("a\xE2\x82z"), "a\xEF\xBF\xBD\xEF\xBF\xBDz");
  EXPECT_EQ(replace_bad_utf8("\xC3\xA9\xC3"), "\xC3\xA9\xEF\xBF\xBD");
}

TEST(MessageCharset, known_charsets) {
  EXPECT_EQ(to_utf8("ISO-8859-1", "\xE9\xA4"), "\xC3\xA9\xC2\xA4");
  EXPECT_EQ(to_utf8("iso-8859-15", "\xA4"), "\xE2\x82\xAC");
  EXPECT_EQ(to_utf8("Windows-1252", "\x80\x81"), "\xE2\x82\xAC\xEF\xBF\xBD");
  EXPECT_EQ(to_utf8("us-ascii", "a\xE9"), "a\xEF\xBF\xBD");
  EXPECT_EQ(to_utf8("UTF-8", "\xC3\xA9"), "\xC3\xA9");
  EXPECT_EQ(to_utf8("x-klingon", "a"), std::nullopt);
}

TEST(MessageCharset, laws_on_all_short_strings) {
  for_all_short_strings("a\x80\x9F\xA0\xC2\xE0\xED\xF0\xF4\xFF", 5,
                        [](Octets input) {
                          return law_utf8_agrees_with_grammar(input) &&
                                 law_replaced_text_is_utf8(input);
                        });
}

}  // namespace
}  // namespace postkeep::message
