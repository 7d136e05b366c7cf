// Published vectors for crypto/hash.h, and what crypto/secret.h promises.
#include "crypto/hash.h"

#include <gtest/gtest.h>

#include <string>
#include <type_traits>
#include <utility>

#include "crypto/secret.h"

using namespace postkeep;
using namespace postkeep::crypto;

namespace {

std::string hex(Octets octets) {
  const std::string digits = "0123456789abcdef";
  std::string text;
  for (const Octet octet : octets) {
    text += digits[octet >> 4];
    text += digits[octet & 15];
  }
  return text;
}

TEST(CryptoHash, sha1_of_rfc_3174) {
  EXPECT_EQ(hex(sha1(octets("abc"))),
            "a9993e364706816aba3e25717850c26c9cd0d89d");
}

TEST(CryptoHash, sha256_of_fips_180_4) {
  EXPECT_EQ(hex(sha256(octets("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(sha256({})),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(CryptoHash, sha256_of_pieces_is_that_of_the_whole) {
  Sha256Stream stream;
  stream.read(octets("a"));
  stream.read({});
  Sha256Stream moved = std::move(stream);
  moved.read(octets("bc"));
  EXPECT_EQ(moved.end(), sha256(octets("abc")));
  stream = Sha256Stream{};
  EXPECT_EQ(stream.end(), sha256({}));
}

TEST(CryptoHash, hmac_of_rfc_4231) {
  EXPECT_EQ(
      hex(hmac_sha256(octets("Jefe"), octets("what do ya want for nothing?"))),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(CryptoHash, hmac_with_an_empty_key_is_no_key_of_before) {
  (void)hmac_sha256(octets("another"), octets("x"));
  EXPECT_EQ(hex(hmac_sha256({}, {})),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(CryptoHash, pbkdf2_of_rfc_7914_section_11) {
  // The first 32 of its 64 octets: one block.
  EXPECT_EQ(hex(pbkdf2_hmac_sha256(octets("passwd"), octets("salt"), 1)),
            "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc");
  EXPECT_EQ(hex(pbkdf2_hmac_sha256(octets("Password"), octets("NaCl"), 80000)),
            "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56");
}

TEST(CryptoHash, preparing_twice_is_preparing_once) {
  prepare();
  prepare();
}

TEST(CryptoSecret, equal_only_when_every_octet_is) {
  EXPECT_TRUE(equal_secrets(octets("abc"), octets("abc")));
  EXPECT_TRUE(equal_secrets({}, {}));
  EXPECT_FALSE(equal_secrets(octets("abc"), octets("abd")));
  EXPECT_FALSE(equal_secrets(octets("abc"), octets("ab")));
  EXPECT_FALSE(equal_secrets(octets("bbc"), octets("abc")));
}

TEST(CryptoSecret, has_no_equality_that_stops_at_the_first_difference) {
  static_assert(!std::equality_comparable<Secret>);
}

TEST(CryptoSecret, wiping_overwrites) {
  std::string text = "password";
  wipe(text);
  EXPECT_EQ(text, std::string(8, '\0'));
  std::vector<Octet> list{1, 2, 3};
  wipe(list);
  EXPECT_EQ(list, (std::vector<Octet>{0, 0, 0}));
}

TEST(CryptoSecret, copies_and_moves_keep_the_octets) {
  Secret one(std::string_view("one"));
  Secret other = one;
  EXPECT_TRUE(equal_secrets(other.octets(), octets("one")));
  Secret moved = std::move(one);
  EXPECT_TRUE(equal_secrets(moved.octets(), octets("one")));
  other = Secret(std::string_view("two"));
  EXPECT_TRUE(equal_secrets(other.octets(), octets("two")));
  moved = other;
  EXPECT_EQ(moved.size(), 3U);
  EXPECT_FALSE(moved.empty());
  Secret& same = moved;
  moved = same;
  EXPECT_TRUE(equal_secrets(moved.octets(), octets("two")));
  moved = std::move(same);
  EXPECT_TRUE(equal_secrets(moved.octets(), octets("two")));
}

}  // namespace
