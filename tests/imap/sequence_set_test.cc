#include <array>
#include <string>

#include "gtest/gtest.h"
#include "imap/sequence_set_laws.h"

namespace postkeep::imap {
namespace {

using Set = std::expected<SequenceSet, SequenceSetError>;

struct Example {
  std::string why;
  std::string wire;
  Set expected;
};

Set ranges(std::vector<SequenceRange> ranges) {
  return SequenceSet{std::move(ranges), false};
}

const std::array examples{
    Example{"RFC 9051 section 9", "2,4:7,9,12:*",
            ranges({{2, 2}, {4, 7}, {9, 9}, {12, 0}})},
    Example{"section 9: either order", "*:4,5:7", ranges({{0, 4}, {5, 7}})},
    Example{"one number", "1", ranges({{1, 1}})},
    Example{"the largest number", "4294967295",
            ranges({{4294967295, 4294967295}})},
    Example{"only the largest in use", "*", ranges({{0, 0}})},
    Example{"RFC 5182: the saved result", "$", SequenceSet{{}, true}},
    Example{"33 bits", "4294967296",
            std::unexpected(SequenceSetError::number_too_large)},
    Example{"33 bits at the end of a range", "1:4294967296",
            std::unexpected(SequenceSetError::number_too_large)},
    Example{"64 bits and more", "99999999999999999999999",
            std::unexpected(SequenceSetError::number_too_large)},
    Example{"nz-number: no 0", "0",
            std::unexpected(SequenceSetError::outside_grammar)},
    Example{"nz-number: no leading 0", "01",
            std::unexpected(SequenceSetError::outside_grammar)},
    Example{"no empty element", "1,,2",
            std::unexpected(SequenceSetError::outside_grammar)},
    Example{"no open range",
            "1:", std::unexpected(SequenceSetError::outside_grammar)},
    Example{"no range of three", "1:2:3",
            std::unexpected(SequenceSetError::outside_grammar)},
    Example{"$ stands alone", "1,$",
            std::unexpected(SequenceSetError::outside_grammar)},
    Example{"nothing", "", std::unexpected(SequenceSetError::outside_grammar)},
};

TEST(ImapSequenceSet, known_answers) {
  for (const Example& example : examples) {
    EXPECT_TRUE(read_sequence_set(octets(example.wire)) == example.expected)
        << example.why;
  }
}

TEST(ImapSequenceSet, laws_on_all_short_strings) {
  const std::string turns = "019:,*$ ";
  std::string wire;
  const auto extend = [&](const auto& self) -> void {
    ASSERT_TRUE(law_set_reader_agrees_with_grammar(octets(wire))) << wire;
    if (const auto set = read_sequence_set(octets(wire))) {
      ASSERT_TRUE(law_set_write_then_read_is_identity(*set)) << wire;
      for (const std::uint32_t largest : {0U, 1U, 9U, 90U}) {
        ASSERT_TRUE(law_resolved_is_normal(*set, largest)) << wire;
        for (const std::uint32_t number : {1U, 2U, 9U, 10U, 91U})
          ASSERT_TRUE(law_resolved_has_the_same(*set, largest, number))
              << wire << " of " << largest << ": " << number;
      }
    }
    if (wire.size() == 6) return;
    for (const char c : turns) {
      wire.push_back(c);
      self(self);
      wire.pop_back();
    }
  };
  extend(extend);
}

std::string resolved(const std::string& wire, std::uint32_t largest) {
  return write(resolve(*read_sequence_set(octets(wire)), largest));
}

TEST(ImapSequenceSet, resolves_as_rfc_9051_shows) {
  // "a message sequence number set of 2,4:7,9,12:* for a mailbox with 15
  // messages is equivalent to 2,4,5,6,7,9,12,13,14,15"
  EXPECT_EQ(resolved("2,4:7,9,12:*", 15), "2,4:7,9,12:15");
  // "*:4,5:7 for a mailbox with 10 messages … MAY be reordered and overlap
  // coalesced to be 4,5,6,7,8,9,10."
  EXPECT_EQ(resolved("*:4,5:7", 10), "4:10");
  EXPECT_EQ(resolved("4:2", 10), "2:4");
  // "3291:* includes the UID of the last message in the mailbox, even if that
  // value is less than 3291."
  EXPECT_TRUE(has(resolve(*read_sequence_set(octets("3291:*")), 7), 7));
  EXPECT_EQ(resolved("*", 0), "");
  EXPECT_EQ(resolved("5,3,4,1:2", 10), "1:5");
  EXPECT_EQ(resolved("4294967295,1:4294967295", 10), "1:4294967295");
  EXPECT_EQ(resolved("4294967294:4294967295,4294967295", 1),
            "4294967294:4294967295");
}

TEST(ImapSequenceSet, has_a_bound_on_ranges) {
  std::string wire = "1";
  for (std::size_t i = 1; i < sequence_ranges_max; ++i) wire += ",1";
  EXPECT_TRUE(read_sequence_set(octets(wire)));
  EXPECT_EQ(read_sequence_set(octets(wire + ",1")).error(),
            SequenceSetError::too_many_ranges);
}

TEST(ImapSequenceSet, numbers_become_ranges) {
  const std::array<std::uint32_t, 6> numbers{1, 2, 3, 7, 9, 4294967295};
  EXPECT_EQ(write(ranges_of(numbers)), "1:3,7,9,4294967295");
  EXPECT_EQ(write(ranges_of({})), "");
  EXPECT_FALSE(has({}, 1));
}

TEST(ImapSequenceSet, errors_have_names) {
  EXPECT_EQ(name(SequenceSetError::outside_grammar), "outside_grammar");
  EXPECT_EQ(name(SequenceSetError::number_too_large), "number_too_large");
  EXPECT_EQ(name(SequenceSetError::too_many_ranges), "too_many_ranges");
}

}  // namespace
}  // namespace postkeep::imap
