// Known answers for base/checksum.h.
#include "base/checksum.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

using namespace postkeep;

namespace {

// RFC 3720 appendix B.4: CRC examples.
TEST(BaseChecksum, known_answers) {
  const std::vector<Octet> zeros(32, 0);
  const std::vector<Octet> ones(32, 0xFF);
  std::vector<Octet> rising;
  for (Octet n = 0; n < 32; ++n) rising.push_back(n);
  EXPECT_EQ(crc32c(zeros), 0x8A9136AAU);
  EXPECT_EQ(crc32c(ones), 0x62A8AB43U);
  EXPECT_EQ(crc32c(rising), 0x46DD794EU);
  EXPECT_EQ(crc32c(octets("123456789")), 0xE3069283U);
  EXPECT_EQ(crc32c({}), 0U);
}

TEST(BaseChecksum, cuts_do_not_matter) {
  std::string text;
  for (int n = 0; n < 100; ++n) text += static_cast<char>(n * 37);
  const Octets whole = octets(text);
  for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
    EXPECT_EQ(crc32c(whole.subspan(cut), crc32c(whole.first(cut))),
              crc32c(whole));
  }
}

}  // namespace
