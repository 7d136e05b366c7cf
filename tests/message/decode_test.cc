#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "message/short_strings.h"
#include "message/text_laws.h"

namespace postkeep::message {
namespace {

TEST(MessageDecode, rfc4648_section_10) {
  const std::vector<std::pair<std::string, std::string>> vectors = {
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"}};
  for (const auto& [text, encoded] : vectors) {
    EXPECT_EQ(encode_base64(octets(text)), encoded);
    EXPECT_EQ(decode_base64(octets(encoded)), text);
  }
}

TEST(MessageDecode, base64_passes_over_other_octets) {
  EXPECT_EQ(decode_base64(octets("Zm\r\n9v!Y m\xFF"
                                 "Fy")),
            "foobar");
  EXPECT_EQ(decode_base64(octets("Zg==Zg==")), "f");
  EXPECT_EQ(decode_base64(octets("Z")), "");
}

TEST(MessageDecode, base64_is_written_in_lines_of_76) {
  EXPECT_EQ(encode_base64(octets(std::string(58, 'a'))).find("\r\n"), 76U);
  EXPECT_EQ(encode_base64(octets(std::string(57, 'a'))).size(), 76U);
}

// RFC 2045 section 6.7.
TEST(MessageDecode, quoted_printable) {
  const auto decode = [](std::string_view text) {
    return decode_quoted_printable(octets(text));
  };
  EXPECT_EQ(decode("Now's the time =\r\nfor all folk to come=\r\n to the aid"),
            "Now's the time for all folk to come to the aid");
  EXPECT_EQ(decode("a=3Db=3db\r\n"), "a=b=b\r\n");
  EXPECT_EQ(decode("trailing \t \r\nx=20\r\n"), "trailing\r\nx \r\n");
  EXPECT_EQ(decode("soft = \t\r\nline="), "soft line");
  EXPECT_EQ(decode("bad =XY = =4 =E9"), "bad =XY = =4 \xE9");
  EXPECT_EQ(decode("lf\n=\nlf"), "lf\nlf");
}

TEST(MessageDecode, laws_on_all_short_strings) {
  for_all_short_strings("=4aF \t\r\n\xFF", 6, [](Octets input) {
    return law_decoders_do_not_grow(input) &&
           law_base64_decodes_to_the_octets(input);
  });
}

}  // namespace
}  // namespace postkeep::message
