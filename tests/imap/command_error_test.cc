#include <array>
#include <string>

#include "gtest/gtest.h"
#include "imap/command_laws.h"

namespace postkeep::imap {
namespace {

struct Example {
  std::string why;
  std::string wire;  // Without CRLF.
  BadCommand expected;
};

using enum CommandError;

const std::array examples{
    Example{
        "RFC 3501 section 7.1.3: unknown", "a XYZZY 1", {"a", unknown_command}},
    Example{"a tag alone", "a", {"a", unknown_command}},
    Example{"a tag and SP", "a ", {"a", unknown_command}},
    Example{"nothing", "", {"", unknown_command}},
    Example{"no tag", " NOOP", {"", unknown_command}},
    Example{"+ in a tag", "a+ NOOP", {"", unknown_command}},
    Example{"the untagged mark as a tag", "* NOOP", {"", unknown_command}},
    Example{"a command that goes on", "a NOOPS", {"a", unknown_command}},
    Example{"a command with arguments it has not",
            "a NOOP x",
            {"a", outside_grammar}},
    Example{"one without those it has", "a SELECT", {"a", outside_grammar}},
    Example{"UID of what has none", "a UID SELECT x", {"a", unknown_command}},
    Example{
        "UID EXPUNGE without a set", "a UID EXPUNGE", {"a", outside_grammar}},
    Example{"section 9 note 2: two spaces", "a  NOOP", {"a", unknown_command}},
    Example{"two spaces further on", "a SELECT  x", {"a", outside_grammar}},
    Example{"a space at the end", "a NOOP ", {"a", outside_grammar}},
    Example{
        "a string that does not end", "a SELECT \"x", {"a", outside_grammar}},
    Example{"a backslash before another octet",
            "a SELECT \"\\x\"",
            {"a", outside_grammar}},
    Example{"8 bits in an atom", "a SELECT \xc3\xa9", {"a", outside_grammar}},
    Example{"no UTF-8 in a quoted string",
            "a LOGIN a \"\xc3\"",
            {"a", outside_grammar}},
    Example{"an overlong form of UTF-8",
            "a LOGIN a \"\xc0\xaf\"",
            {"a", outside_grammar}},
    Example{"a surrogate in UTF-8",
            "a LOGIN a \"\xed\xa0\x80\"",
            {"a", outside_grammar}},
    Example{"I11: a name that is not canonical",
            "a SELECT &AGE-",
            {"a", bad_mailbox_name}},
    Example{"I11: UTF-8 before it was enabled",
            "a SELECT \"\xc3\xa9\"",
            {"a", bad_mailbox_name}},
    Example{"RFC 9051 section 2.3.2: no \\Recent",
            "a STORE 1 FLAGS (\\Recent)",
            {"a", unknown_system_flag}},
    Example{
        "nor any other", "a STORE 1 +FLAGS \\Foo", {"a", unknown_system_flag}},
    Example{"a number of 33 bits",
            "a FETCH 4294967296 UID",
            {"a", number_too_large}},
    Example{"a part of 33 bits",
            "a FETCH 1 BODY[4294967296]",
            {"a", number_too_large}},
    Example{"UIDVALIDITY of 33 bits",
            "a SELECT a (QRESYNC (4294967296 1))",
            {"a", number_too_large}},
    Example{"a size of 64 bits",
            "a SEARCH LARGER 9223372036854775808",
            {"a", number_too_large}},
    Example{"a partial of 64 bits",
            "a FETCH 1 BODY[]<0.18446744073709551616>",
            {"a", number_too_large}},
    Example{"a partial of no octets",
            "a FETCH 1 BODY[]<0.0>",
            {"a", outside_grammar}},
    Example{"part 0", "a FETCH 1 BODY[0]", {"a", outside_grammar}},
    Example{"MIME of no part", "a FETCH 1 BODY[MIME]", {"a", outside_grammar}},
    Example{"a partial of what has none",
            "a FETCH 1 FLAGS<0.1>",
            {"a", outside_grammar}},
    Example{"a macro in a list", "a FETCH 1 (ALL)", {"a", outside_grammar}},
    Example{"no fields",
            "a FETCH 1 BODY[HEADER.FIELDS ()]",
            {"a", outside_grammar}},
    Example{"31-Feb", "a SEARCH ON 31-Feb-2000", {"a", no_such_date}},
    Example{"25 o'clock",
            "a APPEND x \"01-Jan-2000 25:00:00 +0000\" {x",
            {"a", no_such_date}},
    Example{"RFC 5258 section 3: RECURSIVEMATCH alone",
            "a LIST (RECURSIVEMATCH) \"\" *",
            {"a", outside_grammar}},
    Example{"RFC 5258 section 3: an unknown option",
            "a LIST (FOO) \"\" *",
            {"a", outside_grammar}},
    Example{"RFC 7162 section 3.2.6: VANISHED without UID",
            "a FETCH 1 FLAGS (CHANGEDSINCE 1 VANISHED)",
            {"a", outside_grammar}},
    Example{"and without CHANGEDSINCE",
            "a UID FETCH 1 FLAGS (VANISHED)",
            {"a", outside_grammar}},
    Example{"RFC 7162 section 7: * among known UIDs",
            "a SELECT a (QRESYNC (1 1 1:*))",
            {"a", outside_grammar}},
    Example{"RFC 7162 section 7: $ in seq-match-data",
            "a SELECT a (QRESYNC (1 1 ($ 1)))",
            {"a", outside_grammar}},
    Example{"RFC 7162 section 7: * in seq-match-data",
            "a SELECT a (QRESYNC (1 1 (1 *)))",
            {"a", outside_grammar}},
    Example{
        "base64 cut short", "a AUTHENTICATE PLAIN AGE", {"a", outside_grammar}},
    Example{"STATUS of nothing", "a STATUS x ()", {"a", outside_grammar}},
    Example{
        "SEARCH that is not balanced", "a SEARCH (ALL", {"a", outside_grammar}},
};

TEST(ImapCommandError, known_answers) {
  for (const Example& example : examples) {
    const Frame frame{example.wire + "\r\n", {}};
    const auto command = read_frame(frame);
    ASSERT_FALSE(command) << example.why;
    EXPECT_EQ(command.error().tag, example.expected.tag) << example.why;
    EXPECT_EQ(name(command.error().error), name(example.expected.error))
        << example.why;
    EXPECT_TRUE(law_all_hold(frame)) << example.why;
  }
}

CommandError error_of(const std::string& wire) {
  const auto command = read_frame({wire + "\r\n", {}});
  return command ? unknown_command : command.error().error;
}

std::string repeated(std::size_t times, const std::string& text) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

// Each bound is kept to the last, and not one further.
TEST(ImapCommandError, lists_have_bounds) {
  struct Bound {
    std::string before, one, last, after;
    std::size_t most;
  };
  const std::array bounds{
      Bound{"a LIST \"\" (", "x ", "x", ")", list_patterns_max},
      Bound{"a ENABLE ", "x ", "x", "", enabled_capabilities_max},
      Bound{"a ID (", "\"x\" NIL ", "\"x\" NIL", ")", id_parameters_max},
      Bound{"a CREATE x (USE (", "\\x ", "\\x", "))", special_uses_max},
      Bound{"a FETCH 1 (", "UID ", "UID", ")", fetch_items_max},
      Bound{"a FETCH 1 BODY[", "1.", "1", "]", section_levels_max},
      Bound{"a FETCH 1 BODY[HEADER.FIELDS (", "x ", "x", ")]",
            header_fields_max},
      Bound{"a SEARCH ", "ALL ", "ALL", "", search_keys_max},
      Bound{"a FETCH ", "1,", "1", " UID", sequence_ranges_max},
  };
  for (const Bound& bound : bounds) {
    const auto wire = [&](std::size_t n) {
      return bound.before + repeated(n - 1, bound.one) + bound.last +
             bound.after + "\r\n";
    };
    EXPECT_TRUE(read_frame({wire(bound.most), {}})) << bound.before;
    const auto command = read_frame({wire(bound.most + 1), {}});
    ASSERT_FALSE(command) << bound.before;
    EXPECT_EQ(command.error().error, too_many) << bound.before;
  }
}

TEST(ImapCommandError, keywords_have_bounds) {
  std::string wire = "a STORE 1 FLAGS (";
  for (std::size_t i = 0; i < keywords_max; ++i)
    wire += "k" + std::to_string(i) + " ";
  EXPECT_TRUE(read_frame({wire + "K0)\r\n", {}}));
  EXPECT_EQ(error_of(wire + "more)"), too_many);
  const std::string longest(keyword_octets_max, 'k');
  EXPECT_TRUE(read_frame({"a STORE 1 FLAGS " + longest + "\r\n", {}}));
  EXPECT_EQ(error_of("a STORE 1 FLAGS k" + longest), too_long);
  EXPECT_TRUE(read_frame({"a SEARCH KEYWORD " + longest + "\r\n", {}}));
  EXPECT_EQ(error_of("a SEARCH KEYWORD k" + longest), too_long);
}

TEST(ImapCommandError, tags_have_a_bound) {
  const std::string longest(tag_octets_max, 't');
  EXPECT_TRUE(read_frame({longest + " NOOP\r\n", {}}));
  const auto command = read_frame({longest + "t NOOP\r\n", {}});
  ASSERT_FALSE(command);
  EXPECT_EQ(command.error(), (BadCommand{"", too_long}));
  EXPECT_EQ(read_tag(longest + " x"), longest);
  EXPECT_EQ(read_tag(longest + "t x"), "");
}

TEST(ImapCommandError, tags_are_read_from_what_could_not_be_framed) {
  EXPECT_EQ(read_tag("a1 LOGIN "), "a1");
  EXPECT_EQ(read_tag("a1\r\n"), "a1");
  EXPECT_EQ(read_tag("a1"), "");
  EXPECT_EQ(read_tag(""), "");
  EXPECT_EQ(read_tag("(x) NOOP"), "");
}

TEST(ImapCommandError, what_becomes_no_command_is_known_early) {
  EXPECT_TRUE(can_become_command(""));
  EXPECT_TRUE(can_become_command(std::string("a LOGIN \0 ", 10)));
  EXPECT_FALSE(can_become_command("a NOOP "));
  EXPECT_FALSE(can_become_command("a XYZZY "));
  EXPECT_FALSE(can_become_command("a FETCH 4294967296 "));
  EXPECT_FALSE(can_become_command("a SEARCH ALL)"));
}

TEST(ImapCommandError, the_message_of_an_append_is_known_early) {
  for (const std::string head :
       {"a APPEND x ", "a append \"x y\" (\\Seen) ", "a APPEND x () ",
        "a APPEND x \"01-Jan-2000 00:00:00 +0000\" ~", "a APPEND x UTF8 (~"})
    EXPECT_TRUE(message_comes_next(head)) << head;
  for (const std::string head :
       {"a APPEND ", "a APPEND x", "a APPEND x (", "a LOGIN x ", "APPEND x "})
    EXPECT_FALSE(message_comes_next(head)) << head;
  EXPECT_TRUE(message_comes_next(std::string("a APPEND \0 ", 11)));
  EXPECT_TRUE(message_comes_next(std::string("a APPEND x \0 ", 13)));
  EXPECT_TRUE(message_comes_next(std::string("a APPEND x \0 () ~", 17)));
  EXPECT_FALSE(message_comes_next(std::string("a APPEND x \0", 12)));
}

TEST(ImapCommandError, errors_have_names) {
  EXPECT_EQ(name(outside_grammar), "outside_grammar");
  EXPECT_EQ(name(unknown_command), "unknown_command");
  EXPECT_EQ(name(number_too_large), "number_too_large");
  EXPECT_EQ(name(no_such_date), "no_such_date");
  EXPECT_EQ(name(bad_mailbox_name), "bad_mailbox_name");
  EXPECT_EQ(name(unknown_system_flag), "unknown_system_flag");
  EXPECT_EQ(name(too_many), "too_many");
  EXPECT_EQ(name(too_deep), "too_deep");
  EXPECT_EQ(name(too_long), "too_long");
}

}  // namespace
}  // namespace postkeep::imap
