// Whole commands against the reference machine that has everything in it, what
// C++ counts and compares too: every short sequence of the words of one place.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "imap/command_laws.h"

namespace postkeep::imap {
namespace {

struct Place {
  std::string before;
  std::vector<std::string> words;  // With SP between them.
  std::size_t words_max;
  std::string after;
};

Frame frame_of(const std::string& text) {
  Frame frame;
  frame.text = text + "\r\n";
  frame.literals.assign(
      static_cast<std::size_t>(std::ranges::count(text, literal_mark)), "x");
  return frame;
}

// How many of the sequences are commands.
std::size_t count_taken(const Place& place) {
  std::size_t taken = 0;
  const auto extend = [&](const auto& self, const std::string& words,
                          std::size_t left) -> void {
    const Frame frame = frame_of(place.before + words + place.after);
    if (read_frame(frame)) ++taken;
    EXPECT_TRUE(law_all_hold(frame)) << frame.text;
    if (left == 0 || testing::Test::HasFailure()) return;
    for (const std::string& word : place.words) {
      self(self, words.empty() ? word : words + ' ' + word, left - 1);
    }
  };
  extend(extend, "", place.words_max);
  return taken;
}

const std::string mark(1, literal_mark);

TEST(ImapWholeCommand, list) {
  EXPECT_EQ(count_taken({"a LIST (",
                         {"SUBSCRIBED", "REMOTE", "RECURSIVEMATCH",
                          "SPECIAL-USE", "FRESH"},
                         4,
                         ") \"\" x"}),
            // Those with SUBSCRIBED, and those of REMOTE and SPECIAL-USE.
            1U + 1 + 7 + 37 + 175 + 2 + 4 + 8 + 16);
  EXPECT_EQ(count_taken({"a LIST \"\" (",
                         {"x", "%", "\"*\"", mark, "\\x"},
                         2,
                         ") RETURN (CHILDREN)"}),
            4U + 16);
  EXPECT_EQ(count_taken({"a LIST \"\" x RETURN (",
                         {"SUBSCRIBED", "CHILDREN", "SPECIAL-USE",
                          "STATUS (SIZE MESSAGES)", "STATUS ()", "REMOTE"},
                         3,
                         ")"}),
            1U + 4 + 16 + 64);
}

TEST(ImapWholeCommand, select) {
  const std::vector<std::string> parameters = {
      "CONDSTORE", "QRESYNC (1 2)", "QRESYNC (1 2 3:4,7)",
      "QRESYNC (1 2 (1 2))", "QRESYNC (1 2 3 (1:2 3,4))",
      // From here on none is one.
      "QRESYNC (0 2)", "QRESYNC (1 2 *)", "QRESYNC (1 2 1:*)",
      "QRESYNC (1 2 $)", "QRESYNC (1 2 3 (1 *))", "QRESYNC (1 2 3 ($ 1))",
      "QRESYNC (1)", "QRESYNC", "X"};
  for (const char* command : {"a SELECT x (", "a EXAMINE x ("}) {
    EXPECT_EQ(count_taken({command, parameters, 2, ")"}), 5U + 25);
  }
}

TEST(ImapWholeCommand, fetch) {
  const std::vector<std::string> modifiers = {"CHANGEDSINCE 5", "VANISHED",
                                              "CHANGEDSINCE", "UNCHANGEDSINCE"};
  EXPECT_EQ(count_taken({"a FETCH 1 FLAGS (", modifiers, 3, ")"}), 3U);
  EXPECT_EQ(count_taken({"a UID FETCH 1 FLAGS (", modifiers, 3, ")"}),
            1U + 3 + 7);
  EXPECT_EQ(count_taken({"a FETCH 1 (",
                         {"FLAGS", "BODY", "BODYSTRUCTURE", "BODY[1.MIME]",
                          "BODY.PEEK[HEADER.FIELDS (A \"b\")]<1.2>",
                          "BINARY.SIZE[1]", "RFC822.TEXT", "MODSEQ", "FAST",
                          "BODY[MIME]", "BINARY.SIZE[]<1.2>", "BODY[]<1.0>"},
                         2,
                         ")"}),
            8U + 64);
}

TEST(ImapWholeCommand, store) {
  EXPECT_EQ(count_taken({"a STORE 1:* ",
                         {"(UNCHANGEDSINCE 5)", "FLAGS", "+FLAGS.SILENT",
                          "(\\Seen k)", "$x", "()"},
                         4,
                         ""}),
            // A name, then one of three lists, or flags, of which all words
            // without parentheses are one; without the modifier, and with it.
            2U * (3 + 3 + 9 + 27) + 2U * (3 + 3 + 9));
}

TEST(ImapWholeCommand, append) {
  const std::string date = "\"17-Jul-1996 02:44:25 -0700\"";
  // One message has two forms of flags or none, a date or none, three data.
  EXPECT_EQ(count_taken({"a APPEND x ",
                         {"(\\Seen)", date, mark, "~" + mark,
                          "UTF8 (~" + mark + ")", "UTF8 (" + mark + ")"},
                         3,
                         ""}),
            3U + (2 * 3 + 9) + (3 + 2 * 2 * 9 + 27));
}

TEST(ImapWholeCommand, search) {
  const std::vector<std::string> keys = {"ALL", "(ALL",          "ALL)", "NOT",
                                         "OR",  "RETURN (SAVE)", "7:*,2"};
  EXPECT_GT(count_taken({"a SEARCH ", keys, 5, ""}), 900U);
  EXPECT_GT(count_taken({"a UID SEARCH ",
                         {"RETURN ()", "RETURN (MIN COUNT)", "CHARSET UTF-8",
                          "CHARSET " + mark, "SEEN", "HEADER x " + mark,
                          "ON 1-Jan-2026", "KEYWORD x", "LARGER 5",
                          "MODSEQ \"/flags/\\\\Seen\" all 5"},
                         4,
                         ""}),
            1'000U);
  EXPECT_EQ(count_taken({"a SEARCH RETURN (",
                         {"MIN", "MAX", "ALL", "COUNT", "SAVE", "PARTIAL"},
                         3,
                         ") ALL"}),
            1U + 5 + 25 + 125);
}

TEST(ImapWholeCommand, the_rest) {
  EXPECT_EQ(count_taken({"a STATUS x (",
                         {"MESSAGES", "RECENT", "UIDNEXT", "UIDVALIDITY",
                          "UNSEEN", "DELETED", "SIZE", "HIGHESTMODSEQ",
                          "APPENDLIMIT", "MAILBOXID"},
                         2,
                         ")"}),
            9U + 81);
  EXPECT_EQ(count_taken({"a ID (", {"\"a\"", "NIL", mark, "a"}, 4, ")"}),
            // Pairs of a string and a string or NIL.
            1U + 2 * 3 + 2 * 3 * 2 * 3);
  EXPECT_EQ(count_taken(
                {"a ENABLE ", {"X", "AUTH=Y", "UTF8=ACCEPT", "\"q\""}, 3, ""}),
            3U + 9 + 27);
  EXPECT_EQ(count_taken({"a CREATE x (USE (", {"\\Sent", "\\x", "x"}, 3, "))"}),
            1U + 2 + 4 + 8);
  EXPECT_EQ(
      count_taken({"a ",
                   {"CAPABILITY", "NOOP", "LOGOUT", "STARTTLS", "CHECK",
                    "CLOSE", "UNSELECT", "IDLE", "NAMESPACE", "EXPUNGE", "UID",
                    "UID EXPUNGE 1", "UID COPY 1 x", "MOVE $ x", "LSUB x *"},
                   2,
                   ""}),
      15U);  // UID and MOVE too.
}

}  // namespace
}  // namespace postkeep::imap
