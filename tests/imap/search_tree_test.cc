#include "imap/search_tree.h"

#include <array>
#include <string>

#include "gtest/gtest.h"
#include "imap/search_laws.h"

namespace postkeep::imap {
namespace {

// Every program of up to seven of the pieces at which nesting turns, against
// RFC 9051's recursive rule and against the machine that nests twice.
TEST(ImapSearchTree, nests_as_the_rule_does) {
  const std::array<std::string, 6> pieces{"ALL", " ", "(", ")", "NOT ", "OR "};
  std::string program;
  std::size_t taken = 0;
  const auto extend = [&](const auto& self, std::size_t depth) -> void {
    ASSERT_TRUE(law_search_nests_by_definition(program)) << program;
    ASSERT_TRUE(law_search_takes_what_is_nested_twice(program)) << program;
    if (const auto keys = read_search_program(program)) {
      ++taken;
      ASSERT_TRUE(law_search_tree_is_well_formed(*keys)) << program;
      ASSERT_EQ(read_search_program(write_search_keys(*keys)), keys) << program;
    }
    if (depth == 7) return;
    for (const std::string& piece : pieces) {
      const std::size_t before = program.size();
      program += piece;
      self(self, depth + 1);
      program.resize(before);
    }
  };
  extend(extend, 0);
  EXPECT_GT(taken, 50U);
}

TEST(ImapSearchTree, or_of_or_is_one_choice) {
  for (const std::string program : {"OR OR OR SEEN DRAFT ANSWERED DELETED",
                                    "OR SEEN OR DRAFT OR ANSWERED DELETED",
                                    "OR OR SEEN DRAFT OR ANSWERED DELETED"}) {
    const auto keys = read_search_program(program);
    ASSERT_TRUE(keys) << program;
    ASSERT_EQ(keys->size(), 1U);
    EXPECT_EQ(keys->front().kind, SearchKind::any_of);
    ASSERT_EQ(keys->front().keys.size(), 4U) << program;
    EXPECT_EQ(keys->front().keys[0].kind, SearchKind::seen);
    EXPECT_EQ(keys->front().keys[3].kind, SearchKind::deleted);
  }
}

TEST(ImapSearchTree, keys_stand_where_they_stood) {
  const auto keys = read_search_program("NOT (SEEN OR TO a CC b) UID 1:5");
  ASSERT_TRUE(keys);
  ASSERT_EQ(keys->size(), 2U);
  const SearchKey& group = keys->at(0).keys.at(0);
  EXPECT_EQ(keys->at(0).kind, SearchKind::negation);
  EXPECT_EQ(group.kind, SearchKind::all_of);
  EXPECT_EQ(group.keys.at(0).kind, SearchKind::seen);
  EXPECT_EQ(group.keys.at(1).kind, SearchKind::any_of);
  EXPECT_EQ(group.keys.at(1).keys.at(1).text, "b");
  EXPECT_EQ(keys->at(1).kind, SearchKind::uid);
}

std::string nested(std::size_t depth, const std::string& open,
                   const std::string& close) {
  std::string program;
  for (std::size_t i = 0; i < depth; ++i) program += open;
  program += "ALL";
  for (std::size_t i = 0; i < depth; ++i) program += close;
  return program;
}

// I05.
TEST(ImapSearchTree, depth_and_number_of_keys_are_bounded) {
  for (const auto& [open, close] :
       {std::pair<std::string, std::string>{"(", ")"}, {"NOT ", ""}}) {
    EXPECT_TRUE(read_search_program(nested(search_depth_max, open, close)));
    EXPECT_EQ(
        read_search_program(nested(search_depth_max + 1, open, close)).error(),
        CommandError::too_deep);
  }
  std::string many = "ALL";
  for (std::size_t i = 1; i < search_keys_max; ++i) many += " ALL";
  EXPECT_TRUE(read_search_program(many));
  EXPECT_EQ(read_search_program(many + " ALL").error(), CommandError::too_many);
  std::string chain;
  for (std::size_t i = 0; i < search_keys_max + 1; ++i) chain += "OR ";
  EXPECT_EQ(read_search_program(chain + "ALL").error(), CommandError::too_many);
}

// Clients write "any of these" so; it is no nesting.
TEST(ImapSearchTree, a_long_chain_of_or_is_not_deep) {
  std::string program;
  for (int i = 0; i < 100; ++i) program += "OR FROM a ";
  const auto keys = read_search_program(program + "FROM b");
  ASSERT_TRUE(keys);
  EXPECT_EQ(keys->front().keys.size(), 101U);
  EXPECT_EQ(depth_of(*keys), 1U);
}

TEST(ImapSearchTree, brackets_and_operators_want_their_keys) {
  for (const std::string program :
       {"(", ")", "()", "(ALL", "ALL)", "OR ALL", "(OR ALL)", "NOT",
        "(NOT ALL))", "OR (ALL ALL", "OR ALL  ALL", "NOT (ALL ALL"}) {
    EXPECT_FALSE(read_search_program(program)) << program;
  }
}

TEST(ImapSearchTree, a_lost_tree_stays_lost) {
  SearchTree tree;
  EXPECT_FALSE(tree.close_group());
  EXPECT_FALSE(tree.add({}));
  EXPECT_FALSE(tree.open_group());
  EXPECT_FALSE(tree.close_group());
  EXPECT_EQ(tree.finish().error(), SearchTreeError::unbalanced);
}

}  // namespace
}  // namespace postkeep::imap
