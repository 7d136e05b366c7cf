// Vectors and bounds of crypto/argon2id.h.
#include "crypto/argon2id.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "crypto/base64.h"

using namespace postkeep;
using namespace postkeep::crypto;

namespace {

Argon2idSalt salt_of(std::string_view text) {
  Argon2idSalt salt{};
  std::copy_n(text.begin(), salt.size(), salt.begin());
  return salt;
}

// Made with the reference implementation's command line:
// printf password | argon2 saltsaltsaltsalt -id -t 2 -k 64 -p 1 -l 32
TEST(CryptoArgon2id, agrees_with_the_reference_implementation) {
  const auto hash =
      argon2id(octets("password"), salt_of("saltsaltsaltsalt"), {2, 64});
  ASSERT_TRUE(hash);
  EXPECT_EQ(write_base64(hash->octets()),
            "i6P6cCvSwI/Gp4MO3l8wvjoXUe1JLzHNfXagpIByW1o=");
}

TEST(CryptoArgon2id, is_a_function_of_all_it_is_given) {
  const auto one = argon2id(octets("a"), salt_of("saltsaltsaltsalt"), {1, 8});
  const auto same = argon2id(octets("a"), salt_of("saltsaltsaltsalt"), {1, 8});
  EXPECT_TRUE(equal_secrets(one->octets(), same->octets()));
  const auto password =
      argon2id(octets("b"), salt_of("saltsaltsaltsalt"), {1, 8});
  EXPECT_FALSE(equal_secrets(one->octets(), password->octets()));
  const auto salt = argon2id(octets("a"), salt_of("saltsaltsaltsalT"), {1, 8});
  EXPECT_FALSE(equal_secrets(one->octets(), salt->octets()));
  const auto passes =
      argon2id(octets("a"), salt_of("saltsaltsaltsalt"), {2, 8});
  EXPECT_FALSE(equal_secrets(one->octets(), passes->octets()));
  const auto memory =
      argon2id(octets("a"), salt_of("saltsaltsaltsalt"), {1, 9});
  EXPECT_FALSE(equal_secrets(one->octets(), memory->octets()));
}

TEST(CryptoArgon2id, refuses_a_cost_outside_its_bounds) {
  const Argon2idSalt salt{};
  EXPECT_FALSE(argon2id(octets("a"), salt, {0, 8}));
  EXPECT_FALSE(argon2id(octets("a"), salt, {1, 7}));
  EXPECT_FALSE(argon2id(octets("a"), salt, {17, 8}));
  EXPECT_FALSE(argon2id(octets("a"), salt, {1, 1024 * 1024 + 1}));
}

TEST(CryptoArgon2id, an_empty_password_is_a_password) {
  EXPECT_TRUE(argon2id({}, salt_of("saltsaltsaltsalt"), {1, 8}));
}

}  // namespace
