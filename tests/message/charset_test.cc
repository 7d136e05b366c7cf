#include <gtest/gtest.h>
#include <iconv.h>

#include <array>
#include <optional>
#include <sstream>
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

TEST(MessageCharset, aliases) {
  EXPECT_EQ(to_utf8("latin2", "\xB1"), "\xC4\x85");
  EXPECT_EQ(to_utf8("CP1251", "\xE9"), "\xD0\xB9");
  EXPECT_EQ(to_utf8("KOI8-R", "\xC1"), "\xD0\xB0");
}

// What the C library makes of one octet: a second opinion on every table.
std::string as_iconv_has_it(iconv_t converter, char octet) {
  char* in = &octet;
  std::size_t in_left = 1;
  std::array<char, 8> room{};
  char* out = room.data();
  std::size_t out_left = room.size();
  iconv(converter, nullptr, nullptr, nullptr, nullptr);
  if (iconv(converter, &in, &in_left, &out, &out_left) != 0) {
    return "\xEF\xBF\xBD";
  }
  // Letters wait for what may be combined with them.
  iconv(converter, nullptr, nullptr, &out, &out_left);
  return {room.data(), out};
}

TEST(MessageCharset, every_octet_of_every_charset) {
  std::istringstream names{std::string(charset_names())};
  std::size_t known = 0;
  for (std::string name; names >> name; ++known) {
    if (name == "UTF-8") continue;
    const std::string iconv_name = name == "windows-874" ? "CP874" : name;
    const iconv_t converter = iconv_open("UTF-8", iconv_name.c_str());
    ASSERT_NE(converter, reinterpret_cast<iconv_t>(-1)) << name;
    for (int octet = 0; octet < 256; ++octet) {
      const char c = static_cast<char>(octet);
      EXPECT_EQ(to_utf8(name, {&c, 1}), as_iconv_has_it(converter, c))
          << name << ' ' << octet;
    }
    iconv_close(converter);
  }
  EXPECT_EQ(known, 28U);
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
