#include <array>
#include <string>

#include "gtest/gtest.h"
#include "imap/list_pattern_laws.h"

namespace postkeep::imap {
namespace {

struct Example {
  std::string why;
  std::string reference;
  std::string pattern;
  std::string mailbox;
  bool matches;
};

const std::array examples{
    Example{"RFC 9051 section 6.3.9: * at every level", "", "*", "a/b/c", true},
    Example{"section 6.3.9: % within a level", "", "%", "a", true},
    Example{"section 6.3.9: % does not match the separator", "", "%", "a/b",
            false},
    Example{"a trailing %", "a/", "%", "a/b", true},
    Example{"a trailing % and deeper", "a/", "%", "a/b/c", false},
    Example{"RFC 3501 section 6.3.8: reference and name together", "~/Mail/",
            "foo*", "~/Mail/foobar/x", true},
    Example{"a pattern from the root leaves the reference out", "x/", "/a",
            "/a", true},
    Example{"wildcards in the middle", "", "a%b*c", "axb/y/c", true},
    Example{"nothing matches nothing", "", "", "a", false},
    Example{"RFC 9051 section 5.1: INBOX in any case", "", "inbox", "INBOX",
            true},
    Example{"and levels below it", "", "iNbOx/%", "INBOX/a", true},
    Example{"and with a wildcard", "", "inb%", "INBOX", true},
    Example{"but no other name", "", "inbox2", "INBOX2", false},
    Example{"nor INBOX further down", "", "a/inbox", "a/INBOX", false},
    Example{"a level above", "", "a/%", "a", false},
};

TEST(ImapListPattern, known_answers) {
  for (const Example& example : examples) {
    EXPECT_EQ(ListPattern(example.reference, example.pattern)
                  .matches(example.mailbox),
              example.matches)
        << example.why;
  }
}

void for_all(std::string& text, const std::string& turns, std::size_t size,
             const auto& each) {
  each(text);
  if (text.size() == size) return;
  for (const char c : turns) {
    text.push_back(c);
    for_all(text, turns, size, each);
    text.pop_back();
  }
}

TEST(ImapListPattern, laws_on_all_short_patterns_and_names) {
  std::string pattern;
  for_all(pattern, "ab/*%", 4, [](const std::string& p) {
    std::string name;
    for_all(name, "ab/", 5, [&](const std::string& n) {
      ASSERT_TRUE(law_pattern_matches_by_definition(p, n)) << p << ' ' << n;
      ASSERT_TRUE(law_matching_parent_is_one(p, n)) << p << ' ' << n;
    });
  });
}

TEST(ImapListPattern, parents_that_match) {
  EXPECT_EQ(ListPattern("", "%").matching_parent("a/b/c"), "a");
  EXPECT_EQ(ListPattern("", "%/%").matching_parent("a/b/c"), "a/b");
  EXPECT_EQ(ListPattern("", "b%").matching_parent("a/b/c"), "");
  EXPECT_EQ(ListPattern("", "%").matching_parent("a"), "");
}

// A matcher that tries again at every wildcard needs longer than the universe
// has lasted for this.
TEST(ImapListPattern, many_wildcards_take_no_time) {
  std::string pattern;
  for (int i = 0; i < 500; ++i) pattern += i % 2 == 0 ? "*a" : "%a";
  EXPECT_FALSE(ListPattern("", pattern + "b").matches(std::string(1'000, 'a')));
  EXPECT_TRUE(ListPattern("", pattern).matches(std::string(1'000, 'a')));
}

TEST(ImapListPattern, runs_of_wildcards_are_one) {
  EXPECT_EQ(ListPattern("", "a%%%b***c*%*").text(), "a%b*c*");
  EXPECT_EQ(ListPattern("x/", "y").text(), "x/y");
}

}  // namespace
}  // namespace postkeep::imap
