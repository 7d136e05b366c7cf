#include <gtest/gtest.h>

#include <array>
#include <string>

#include "pop3/command_laws.h"
#include "pop3/response_laws.h"
#include "pop3/responses.h"

namespace postkeep::pop3 {
namespace {

struct Example {
  const char* why;
  std::string line;
  std::expected<Command, CommandError> expected;
};

TEST(Pop3Command, known_answers) {
  const std::array examples{
      Example{"RFC 1939 section 5", "STAT", Stat{}},
      Example{"RFC 1939 section 3: keywords are case-insensitive", "sTaT",
              Stat{}},
      Example{"RFC 1939 section 5", "LIST", List{}},
      Example{"RFC 1939 section 5", "LIST 2", List{2}},
      Example{"RFC 1939 section 5", "RETR 1", Retr{1}},
      Example{"leading zeros are digits too", "RETR 0001", Retr{1}},
      Example{"RFC 1939 section 5", "DELE 1", Dele{1}},
      Example{"RFC 1939 section 7", "TOP 1 10", Top{1, 10}},
      Example{"RFC 1939 section 7", "UIDL 2", Uidl{2}},
      Example{"RFC 1939 section 7", "USER mrose", User{"mrose"}},
      Example{"RFC 1939 section 7: spaces are part of the password",
              "PASS a  b ", Pass{"a  b "}},
      Example{"RFC 6856 section 2.2", "USER j\xC3\xBCrgen",
              User{"j\xC3\xBCrgen"}},
      Example{"RFC 6856 section 2.2: UTF-8 it must be", "PASS \xC3",
              std::unexpected(CommandError::bad_arguments)},
      Example{"RFC 5034 section 4", "AUTH PLAIN", Auth{"PLAIN", std::nullopt}},
      Example{"RFC 5034 section 6", "AUTH PLAIN dGVzdAB0ZXN0AHRlc3Q=",
              Auth{"PLAIN", "dGVzdAB0ZXN0AHRlc3Q="}},
      Example{"RFC 5034 section 4: = is the empty response",
              "AUTH PLAIN =", Auth{"PLAIN", ""}},
      Example{"RFC 5034 section 4: pads end it", "AUTH PLAIN =AAA",
              std::unexpected(CommandError::bad_arguments)},
      Example{"RFC 4422: a name has 20 octets at most",
              "AUTH ABCDEFGHIJKLMNOPQRSTU",
              std::unexpected(CommandError::bad_arguments)},
      Example{"RFC 6856 section 3.2", "LANG", Lang{}},
      Example{"RFC 6856 section 3.2", "LANG *", Lang{"*"}},
      Example{"RFC 4647 section 2.1", "LANG en-boont", Lang{"en-boont"}},
      Example{"a subtag has 8 octets at most", "LANG abcdefghi",
              std::unexpected(CommandError::bad_arguments)},
      Example{"P01: a number is digits", "RETR -1",
              std::unexpected(CommandError::bad_arguments)},
      Example{"P01: one too large is no message's", "DELE 4294967296",
              Dele{number_max}},
      Example{"P01: however large",
              "TOP 99999999999999999999999 18446744073709551617",
              Top{number_max, number_max}},
      Example{"no argument", "RETR",
              std::unexpected(CommandError::bad_arguments)},
      Example{"APOP is not here", "APOP mrose c4c9334bac560ecc979e58001b3e22fb",
              std::unexpected(CommandError::unknown_command)},
      Example{"nothing", "", std::unexpected(CommandError::unknown_command)},
      Example{"cross-protocol", "POST / HTTP/1.1",
              std::unexpected(CommandError::http)},
  };
  for (const Example& example : examples) {
    EXPECT_TRUE(read_command(example.line) == example.expected)
        << example.line << ": " << example.why;
    EXPECT_TRUE(law_command_agrees_with_grammar(example.line)) << example.line;
  }
}

TEST(Pop3Command, every_command_is_written_and_read) {
  const std::array<Command, 16> all{
      Capa{},     Stls{}, User{"a"}, Pass{"b"}, Auth{"X", "AAAA"}, Utf8{},
      Lang{"en"}, Quit{}, Stat{},    List{7},   Retr{1},           Dele{2},
      Noop{},     Rset{}, Top{3, 4}, Uidl{5}};
  for (const Command& command : all) {
    EXPECT_TRUE(law_command_write_then_read_is_identity(command));
  }
}

TEST(Pop3Command, every_transition_of_the_grammar) {
  const auto try_wire = [](const std::string& wire) {
    ASSERT_TRUE(law_line_cuts_do_not_matter(octets(wire)));
    ASSERT_TRUE(law_line_agrees_with_grammar(octets(wire)));
    ASSERT_TRUE(
        law_command_agrees_with_grammar(wire.substr(0, wire.find("\r\n"))));
  };
  for_each_transition(
      command_automaton(),
      [&](const std::string& whole, std::size_t) { try_wire(whole); },
      try_wire);
}

TEST(Pop3Line, laws_on_all_short_strings) {
  const std::string turns{"\0\r\nS .\x80", 7};
  std::string wire;
  const auto extend = [&](const auto& self) -> void {
    ASSERT_TRUE(law_line_agrees_with_grammar(octets(wire)));
    ASSERT_TRUE(law_line_cuts_do_not_matter(octets(wire)));
    ASSERT_TRUE(law_line_errors_stick_or_pass(octets(wire)));
    if (wire.size() == 5) return;
    for (const char c : turns) {
      wire.push_back(c);
      self(self);
      wire.pop_back();
    }
  };
  extend(extend);
}

// C13 for POP3: RFC 2449 section 4 asks for 255 octets.
TEST(Pop3Line, long_lines_are_passed_over_but_not_for_ever) {
  const std::string longest =
      "PASS " + std::string(command_line_octets_max - 7, 'x') + "\r\n";
  EXPECT_EQ(read_lines(octets(longest), 100).size(), 1U);
  EXPECT_TRUE(std::holds_alternative<std::string>(
      read_lines(octets(longest), 100).front()));
  const std::string longer = "x" + longest;
  EXPECT_EQ(read_lines(octets(longer + "NOOP\r\n"), 100),
            (std::vector<LineOutcome>{LineError::too_long, "NOOP"}));
  const std::string endless(passed_over_octets_max + 10, 'x');
  EXPECT_EQ(read_lines(octets(endless), 1000),
            (std::vector<LineOutcome>{LineError::endless}));
}

TEST(Pop3Line, every_error_has_a_name) {
  EXPECT_EQ(name(LineError::too_long), "too_long");
  EXPECT_EQ(name(LineError::endless), "endless");
  EXPECT_EQ(name(LineError::bare_cr), "bare_cr");
  EXPECT_EQ(name(LineError::bare_lf), "bare_lf");
  EXPECT_EQ(name(LineError::nul), "nul");
}

TEST(Pop3Responses, are_one_line_whatever_the_text) {
  const std::array<std::string, 6> texts{
      "",         "two words",           "+OK\r\n-ERR", "[IN-USE] not a code",
      "\xC3\xBC", std::string(2000, 'x')};
  for (const std::string& text : texts) {
    for (const ResponseCode code :
         {ResponseCode::none, ResponseCode::in_use, ResponseCode::auth,
          ResponseCode::temporary}) {
      std::string out;
      write_error(out, code, text);
      EXPECT_TRUE(reference_accepts_single_line(octets(out))) << out;
      EXPECT_LE(out.size(), response_octets_max);
      EXPECT_EQ(out.starts_with("-ERR ["), code != ResponseCode::none) << out;
    }
    std::string out;
    write_ok(out, text);
    EXPECT_TRUE(reference_accepts_single_line(octets(out))) << out;
  }
}

}  // namespace
}  // namespace postkeep::pop3
