#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "message/header_laws.h"
#include "message/short_strings.h"

namespace postkeep::message {
namespace {

std::vector<std::string> names(const Header& header) {
  std::vector<std::string> result;
  for (const Field& field : header.fields) result.emplace_back(field.name);
  return result;
}

TEST(MessageHeader, fields_end_at_the_empty_line) {
  const std::string text = "From: a@b\r\nSubject : x\r\n\r\nTo: no\r\n";
  const Header header = read_header(octets(text));
  EXPECT_EQ(names(header), (std::vector<std::string>{"From", "Subject"}));
  EXPECT_EQ(header.fields[1].value, " x");
  EXPECT_EQ(header.fields[1].offset, 11U);
  EXPECT_EQ(header.fields[1].octets, 13U);
  EXPECT_EQ(header.octets, 26U);
  EXPECT_EQ(header.problems, 0);
}

TEST(MessageHeader, a_folded_field_is_one_field) {
  const std::string text = "A: 1\r\n 2\r\n\t3\r\nB:\r\n\r\n";
  const Header header = read_header(octets(text));
  ASSERT_EQ(header.fields.size(), 2U);
  EXPECT_EQ(header.fields[0].value, " 1\r\n 2\r\n\t3");
  EXPECT_EQ(unfold(header.fields[0].value), "1 2\t3");
  EXPECT_EQ(unfold(header.fields[1].value), "");
}

TEST(MessageHeader, stored_lines_may_end_with_lf) {
  const Header header = read_header(octets("A: 1\n 2\nB: 3\n\nbody"));
  EXPECT_EQ(names(header), (std::vector<std::string>{"A", "B"}));
  EXPECT_EQ(unfold(header.fields[0].value), "1 2");
  EXPECT_EQ(header.octets, 14U);
  EXPECT_EQ(header.problems, header_bare_line_end);
}

TEST(MessageHeader, lines_that_are_no_field_are_passed_over) {
  const Header header = read_header(
      octets(" lost\r\nFrom joe Sat\r\n also lost\r\nA: 1\r\n\r\n"));
  EXPECT_EQ(names(header), std::vector<std::string>{"A"});
  EXPECT_EQ(header.problems, header_line_outside_grammar);
}

TEST(MessageHeader, problems_are_told) {
  EXPECT_EQ(read_header(octets("A: 1\r\n")).problems, header_without_end);
  EXPECT_EQ(read_header(octets("A: \r1\r\n\r\n")).problems,
            header_bare_line_end);
  EXPECT_EQ(read_header(octets({"A: \0\r\n\r\n", 8})).problems, header_has_nul);
  EXPECT_EQ(
      read_header(octets("A: " + std::string(996, 'x') + "\r\n\r\n")).problems,
      header_line_too_long);
  EXPECT_EQ(read_header({}).problems, header_without_end);
}

TEST(MessageHeader, more_fields_than_the_limit_are_not_listed) {
  std::string text;
  for (std::size_t i = 0; i < header_fields_max + 1; ++i) text += "A: 1\r\n";
  const Header header = read_header(octets(text + "\r\n"));
  EXPECT_EQ(header.fields.size(), header_fields_max);
  EXPECT_EQ(header.problems, header_too_many_fields);
  EXPECT_EQ(header.octets, text.size() + 2);
}

// Mutant: a walk that looks back over the fields takes minutes.
TEST(MessageHeader, a_hundred_thousand_fields_are_cheap) {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "To: someone@example.org\r\n x\r\n";
  const auto begin = std::chrono::steady_clock::now();
  const Header header = read_header(octets(text + "\r\n"));
  const auto took = std::chrono::steady_clock::now() - begin;
  EXPECT_EQ(header.octets, text.size() + 2);
  EXPECT_LT(took, std::chrono::seconds(2));
}

TEST(MessageHeader, names_compare_without_case) {
  const Header header = read_header(octets("sUBJECT: x\r\nSubject: y\r\n\r\n"));
  ASSERT_NE(find(header, "Subject"), nullptr);
  EXPECT_EQ(find(header, "Subject")->value, " x");
  EXPECT_EQ(count(header, "subject"), 2U);
  EXPECT_EQ(find(header, "To"), nullptr);
}

TEST(MessageHeader, written_fields_are_folded) {
  EXPECT_EQ(write_field("A", "b"), "A: b\r\n");
  EXPECT_EQ(write_field("A", "b\r\nC: d"), "A: b??C: d\r\n");
  std::string words;
  for (int i = 0; i < 20; ++i) words += "abcdefghi ";
  for (const char c : write_field("A", words)) ASSERT_NE(c, '\0');
  EXPECT_TRUE(law_written_field_is_one_field(words));
  EXPECT_TRUE(law_written_field_is_one_field(std::string(5000, 'x')));
  EXPECT_TRUE(law_written_field_is_one_field(std::string(5000, ' ')));
}

TEST(MessageHeader, laws_on_all_short_strings) {
  for_all_short_strings("A: \t\r\n\x01\x80", 6, [](Octets input) {
    return law_header_agrees_with_grammar(input) &&
           law_fields_are_pieces_of_the_block(input) &&
           law_unfolded_is_one_line(input) &&
           law_written_field_is_one_field(std::string{as_text(input)});
  });
}

}  // namespace
}  // namespace postkeep::message
