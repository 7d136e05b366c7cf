// Known answers for crypto/base64.h, and its laws on every short string.
#include "crypto/base64.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "crypto/base64_laws.h"

using namespace postkeep;
using namespace postkeep::crypto;

namespace {

struct Example {
  const char* why;
  std::string text;
  std::expected<std::string, Base64Error> expected;
};

const std::unexpected outside(Base64Error::outside_grammar);

const std::array examples{
    Example{"RFC 4648 section 10", "", ""},
    Example{"RFC 4648 section 10", "Zg==", "f"},
    Example{"RFC 4648 section 10", "Zm8=", "fo"},
    Example{"RFC 4648 section 10", "Zm9v", "foo"},
    Example{"RFC 4648 section 10", "Zm9vYg==", "foob"},
    Example{"RFC 4648 section 10", "Zm9vYmE=", "fooba"},
    Example{"RFC 4648 section 10", "Zm9vYmFy", "foobar"},
    Example{"section 3.3: no line breaks", "Zm9v\r\nYmFy", outside},
    Example{"section 3.3: no strays", "Zm9v YmFy", outside},
    Example{"section 3.2: padding belongs to it", "Zm8", outside},
    Example{"section 3.5: bits after the end are zero", "Zh==", outside},
    Example{"section 3.5: the same for two octets", "Zm9=", outside},
    Example{"nothing after the padding", "Zg==Zg==", outside},
    Example{"section 5's alphabet is another", "__--", outside},
};

TEST(CryptoBase64, known_answers) {
  for (const Example& example : examples) {
    const auto read = read_base64(octets(example.text), 100);
    ASSERT_EQ(read.has_value(), example.expected.has_value()) << example.text;
    if (!read) {
      EXPECT_EQ(read.error(), example.expected.error()) << example.why;
      continue;
    }
    EXPECT_EQ(std::string(read->begin(), read->end()), *example.expected);
    EXPECT_EQ(write_base64(*read), example.text) << example.why;
  }
}

// Every string of up to six of the octets at which the grammar turns.
TEST(CryptoBase64, laws_on_all_short_strings) {
  const std::string turns = "AQEZ/+=- ";
  std::string text;
  const auto extend = [&](const auto& self) -> void {
    ASSERT_TRUE(law_reader_agrees_with_grammar(octets(text)));
    ASSERT_TRUE(law_read_then_write_is_identity(octets(text)));
    if (text.size() == 6) return;
    for (const char c : turns) {
      text.push_back(c);
      self(self);
      text.pop_back();
    }
  };
  extend(extend);
}

TEST(CryptoBase64, too_long_is_seen_before_anything_is_kept) {
  const std::string text(1'000'000, 'A');
  const auto read = read_base64(octets(text), 12);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error(), Base64Error::too_long);
}

TEST(CryptoBase64, errors_have_names) {
  EXPECT_EQ(name(Base64Error::outside_grammar), "outside_grammar");
  EXPECT_EQ(name(Base64Error::too_long), "too_long");
}

}  // namespace
