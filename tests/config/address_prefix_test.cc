// Known answers for config/address_prefix.h.
#include "config/address_prefix.h"

#include <gtest/gtest.h>

namespace postkeep::config {
namespace {

// "4" or "6", the number of bits and the first octets in hexadecimal.
std::string read(std::string_view text) {
  const auto prefix = read_address_prefix(text);
  if (!prefix) return "no";
  std::string said = prefix->is_v6 ? "6/" : "4/";
  said += std::to_string(prefix->bits);
  for (std::size_t i = 0; i < 4; ++i) {
    said += " " + std::to_string(prefix->octets[i]);
  }
  return said;
}

TEST(ConfigAddressPrefix, known_answers) {
  EXPECT_EQ(read("10.0.0.0/8"), "4/8 10 0 0 0");
  EXPECT_EQ(read("192.0.2.1"), "4/32 192 0 2 1");
  EXPECT_EQ(read("0.0.0.0/0"), "4/0 0 0 0 0");
  EXPECT_EQ(read("192.0.2.1/32"), "4/32 192 0 2 1");
  EXPECT_EQ(read("2001:db8::/32"), "6/32 32 1 13 184");
  EXPECT_EQ(read("::/0"), "6/0 0 0 0 0");
  EXPECT_EQ(read("::1"), "6/128 0 0 0 0");
  EXPECT_EQ(read("fd00::/8"), "6/8 253 0 0 0");
}

TEST(ConfigAddressPrefix, what_is_no_network) {
  for (const std::string_view wrong :
       {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8",
        "10.0.0.0/ 8", "10.0.0/8", "::/129", "example.org", "10.0.0.0/0x8",
        "[::1]", "10.0.0.0/4294967304"}) {
    EXPECT_EQ(read(wrong), "no") << wrong;
  }
}

TEST(ConfigAddressPrefix, bits_behind_the_prefix_are_a_mistake) {
  EXPECT_EQ(read("10.0.0.1/8"), "no");
  EXPECT_EQ(read("10.128.0.0/8"), "no");
  EXPECT_EQ(read("10.128.0.0/9"), "4/9 10 128 0 0");
  EXPECT_EQ(read("fd00::1/127"), "no");
  EXPECT_EQ(read("192.0.2.1/0"), "no");
}

}  // namespace
}  // namespace postkeep::config
