// Known answers for message/modified_utf_7.h, and its laws wherever the grammar
// turns. More examples: tests/imap/mailbox_name_test.cc and
// tests/store/folder_name_test.cc, its two readers.
#include "message/modified_utf_7.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "message/modified_utf_7_laws.h"

using namespace postkeep;
using namespace postkeep::message;

namespace {

using Answer = std::expected<std::string, ModifiedUtf7Error>;

struct Example {
  const char* why;
  std::string wire;
  Answer as_it_is;
  Answer with_dots;
};

Answer wrong(ModifiedUtf7Error error) { return std::unexpected(error); }

TEST(MessageModifiedUtf7, known_answers) {
  using enum ModifiedUtf7Error;
  const std::array examples{
      Example{"nothing", "", "", ""},
      Example{"RFC 3501 section 5.1.3, its example",
              "~peter/mail/&U,BTFw-/&ZeVnLIqe-",
              "~peter/mail/\u53f0\u5317/\u65e5\u672c\u8a9e",
              wrong(not_canonical)},
      Example{"the same as a directory", "~peter.mail.&U,BTFw-.&ZeVnLIqe-",
              "~peter.mail.\u53f0\u5317.\u65e5\u672c\u8a9e",
              "~peter/mail/\u53f0\u5317/\u65e5\u672c\u8a9e"},
      Example{"section 5.1.3: & is &-", "R&-D", "R&D", "R&D"},
      Example{"a dot that is no level", "a&AC4-b", wrong(not_canonical), "a.b"},
      Example{"and within a run", "&AOkALgDp-", wrong(not_canonical),
              "\u00e9.\u00e9"},
      Example{"an a in base64", "&AGE-", wrong(not_canonical),
              wrong(not_canonical)},
      Example{"a slash in base64", "&AC8-", wrong(not_canonical),
              wrong(not_canonical)},
      Example{"a pair", "&2D3eAA-", "\U0001f600", "\U0001f600"},
      Example{"half a pair", "&2D0-", wrong(surrogate), wrong(surrogate)},
      Example{"the second half first", "&3gDYPQ-", wrong(surrogate),
              wrong(surrogate)},
      Example{"stray bits", "&Jjp-", wrong(outside_grammar),
              wrong(outside_grammar)},
      Example{"section 5.1.3: no null shift", "&Jjo-&Jjs-",
              wrong(outside_grammar), wrong(outside_grammar)},
      Example{"unterminated", "&Jjo", wrong(outside_grammar),
              wrong(outside_grammar)},
      Example{"8 bits", "\xc3\xa9", wrong(outside_grammar),
              wrong(outside_grammar)},
  };
  for (const Example& one : examples) {
    EXPECT_TRUE(read_modified_utf_7(octets(one.wire)) == one.as_it_is)
        << one.why;
    EXPECT_TRUE(read_modified_utf_7(octets(one.wire), NameLevels::dots) ==
                one.with_dots)
        << one.why;
  }
}

TEST(MessageModifiedUtf7, what_is_no_utf_8_is_written_as_the_sign_for_it) {
  EXPECT_EQ(write_modified_utf_7(octets("a\xff")), "a&,,0-");
  EXPECT_EQ(write_modified_utf_7(octets("\xe5\x8f"), NameLevels::dots),
            "&,,0-");
}

TEST(MessageModifiedUtf7, errors_have_names) {
  EXPECT_EQ(name(ModifiedUtf7Error::outside_grammar), "outside_grammar");
  EXPECT_EQ(name(ModifiedUtf7Error::not_canonical), "not_canonical");
  EXPECT_EQ(name(ModifiedUtf7Error::surrogate), "surrogate");
}

// Every string of up to five of the octets at which the grammar turns.
TEST(MessageModifiedUtf7, laws_on_all_short_strings) {
  const std::string turns("./&-AaE4\xC3\xBC", 10);
  std::string wire;
  const auto extend = [&](const auto& self) -> void {
    ASSERT_TRUE(laws_of_modified_utf_7_hold(octets(wire))) << wire;
    if (wire.size() == 5) return;
    for (const char c : turns) {
      wire.push_back(c);
      self(self);
      wire.pop_back();
    }
  };
  extend(extend);
}

// Every way through the grammar's automaton, and every octet after each.
TEST(MessageModifiedUtf7, laws_on_every_transition) {
  const auto holds = [](const std::string& wire) {
    ASSERT_TRUE(laws_of_modified_utf_7_hold(octets(wire))) << wire;
  };
  for_each_transition(
      modified_utf_7_automaton(),
      [&](const std::string& whole, std::size_t size) {
        holds(whole);
        holds(whole.substr(0, size));
      },
      holds);
}

}  // namespace
