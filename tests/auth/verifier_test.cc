// Known answers for auth/verifier.h, and what a verification may cost.
#include "auth/verifier.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "auth/plain.h"
#include "auth/plain_laws.h"
#include "auth/verifier_laws.h"
#include "sim/sim_random.h"

using namespace postkeep;
using namespace postkeep::auth;

namespace {

// Made by the reference implementation's command line:
// printf password | argon2 saltsaltsaltsalt -id -t 2 -k 64 -p 1 -l 32
const std::string reference =
    "$argon2id$v=19$m=64,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$"
    "i6P6cCvSwI/Gp4MO3l8wvjoXUe1JLzHNfXagpIByW1o";

TEST(AuthVerifier, reads_and_verifies_what_the_reference_wrote) {
  const auto record = read_password_record(reference);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->cost, (crypto::Argon2idCost{2, 64}));
  EXPECT_EQ(write(*record), reference);
  EXPECT_EQ(verify(*record, octets("password")), Verification::fits);
  EXPECT_EQ(verify(*record, octets("passworD")), Verification::does_not_fit);
  EXPECT_EQ(verify(*record, octets("")), Verification::does_not_fit);
}

TEST(AuthVerifier, a_record_fits_its_password_alone) {
  sim::SimRandom random(1);
  const auto one = new_record(octets("one"), crypto::argon2id_cost_min, random);
  const auto same =
      new_record(octets("one"), crypto::argon2id_cost_min, random);
  ASSERT_TRUE(one && same);
  EXPECT_NE(write(*one), write(*same)) << "salts differ";
  EXPECT_EQ(verify(*one, octets("one")), Verification::fits);
  EXPECT_EQ(verify(*one, octets("two")), Verification::does_not_fit);
  EXPECT_FALSE(new_record(octets("one"), {0, 0}, random));
}

TEST(AuthVerifier, a_password_past_the_limit_fits_nothing) {
  sim::SimRandom random(1);
  const std::string limit(password_octets_max, 'x');
  const auto record =
      new_record(octets(limit), crypto::argon2id_cost_min, random);
  EXPECT_EQ(verify(*record, octets(limit)), Verification::fits);
  EXPECT_EQ(verify(*record, octets(limit + "x")), Verification::does_not_fit);
}

TEST(AuthVerifier, nobody_has_the_dummy_password) {
  const PasswordRecord dummy = dummy_record(crypto::argon2id_cost_min);
  EXPECT_EQ(verify(dummy, octets("")), Verification::does_not_fit);
  EXPECT_EQ(verify(dummy, octets("password")), Verification::does_not_fit);
  EXPECT_EQ(dummy.cost, crypto::argon2id_cost_min);
}

TEST(AuthVerifier, memory_that_cannot_be_had_is_no_wrong_password) {
  PasswordRecord record = dummy_record({1, 7});  // Less than there can be.
  EXPECT_EQ(verify(record, octets("x")), Verification::no_memory);
}

struct Example {
  const char* why;
  std::string text;
  RecordError error;
};

const std::array examples{
    Example{"empty", "", RecordError::outside_grammar},
    Example{"another algorithm",
            "$argon2i$v=19$m=64,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$"
            "i6P6cCvSwI/Gp4MO3l8wvjoXUe1JLzHNfXagpIByW1o",
            RecordError::outside_grammar},
    Example{"four lanes",
            "$argon2id$v=19$m=64,t=2,p=4$c2FsdHNhbHRzYWx0c2FsdA$"
            "i6P6cCvSwI/Gp4MO3l8wvjoXUe1JLzHNfXagpIByW1o",
            RecordError::outside_grammar},
    Example{"a hash cut off",
            "$argon2id$v=19$m=64,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$i6P6",
            RecordError::outside_grammar},
    Example{"bits after the end of the salt",
            "$argon2id$v=19$m=64,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdB$"
            "i6P6cCvSwI/Gp4MO3l8wvjoXUe1JLzHNfXagpIByW1o",
            RecordError::outside_grammar},
    Example{"four terabytes",
            "$argon2id$v=19$m=4294967295,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$"
            "i6P6cCvSwI/Gp4MO3l8wvjoXUe1JLzHNfXagpIByW1o",
            RecordError::too_costly},
    Example{"more than 2^32",
            "$argon2id$v=19$m=9999999999,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$"
            "i6P6cCvSwI/Gp4MO3l8wvjoXUe1JLzHNfXagpIByW1o",
            RecordError::too_costly},
    Example{"too many passes",
            "$argon2id$v=19$m=64,t=17,p=1$c2FsdHNhbHRzYWx0c2FsdA$"
            "i6P6cCvSwI/Gp4MO3l8wvjoXUe1JLzHNfXagpIByW1o",
            RecordError::too_costly},
    Example{"less memory than there can be",
            "$argon2id$v=19$m=7,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$"
            "i6P6cCvSwI/Gp4MO3l8wvjoXUe1JLzHNfXagpIByW1o",
            RecordError::too_costly},
    Example{"too long", std::string(600, 'x'), RecordError::too_long},
};

TEST(AuthVerifier, what_is_wrong_with_a_record_is_named) {
  for (const Example& example : examples) {
    const auto record = read_password_record(example.text);
    ASSERT_FALSE(record) << example.why;
    EXPECT_EQ(name(record.error()), name(example.error)) << example.why;
    EXPECT_TRUE(law_password_record_agrees_with_grammar(example.text));
  }
  EXPECT_TRUE(law_password_record_agrees_with_grammar(reference));
  EXPECT_TRUE(law_password_record_is_written_again(reference));
}

TEST(AuthPlain, prepared_strings) {
  for (const char* good : {"a", "a b", "~", "\xc2\xa0", "p\xc3\xa4ssword",
                           "\xe2\x82\xac", "\xf0\x9f\x94\x91"}) {
    EXPECT_TRUE(is_prepared(octets(good))) << good;
  }
  for (const char* bad : {"", "\t", "a\x7f", "\xc2\x80", "\xc0\xaf", "\xff",
                          "\xed\xa0\x80", "\xf5\x80\x80\x80", "a\xc3"}) {
    EXPECT_FALSE(is_prepared(octets(bad))) << bad;
  }
}

// Every string of up to six of the octets at which the grammar turns.
TEST(AuthPlain, laws_on_all_short_messages) {
  const std::string turns("\0a\x7f\xc2\xa0\x80", 6);
  std::string message;
  const auto extend = [&](const auto& self) -> void {
    ASSERT_TRUE(law_plain_agrees_with_grammar(octets(message)));
    ASSERT_TRUE(law_plain_loses_nothing(octets(message)));
    ASSERT_TRUE(law_plain_parts_are_prepared(octets(message)));
    if (message.size() == 6) return;
    for (const char c : turns) {
      message.push_back(c);
      self(self);
      message.pop_back();
    }
  };
  extend(extend);
}

}  // namespace
