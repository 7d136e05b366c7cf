#include "imap/framer.h"

#include <array>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "imap/command.h"
#include "imap/framer_laws.h"

namespace postkeep::imap {
namespace {

const FramerLimits generous = limits_after_login(1'000'000);

FramerEvent frame(std::string_view text,
                  std::vector<std::string> literals = {}) {
  return Frame{std::string(text), std::move(literals)};
}

using namespace std::string_literals;

struct Example {
  std::string why;
  std::string wire;
  std::vector<FramerEvent> events;
  std::optional<FrameError> error = {};
  FramerLimits limits = generous;
};

const std::array examples{
    Example{"one line is one command", "a NOOP\r\n", {frame("a NOOP\r\n")}},
    Example{"lines that came together",
            "a NOOP\r\nb NOOP\r\n",
            {frame("a NOOP\r\n"), frame("b NOOP\r\n")}},
    Example{"an empty line", "\r\n", {frame("\r\n")}},
    Example{"a line that has not ended", "a NOOP", {}},
    Example{"RFC 9051 section 4.3: a synchronising literal",
            "A001 LOGIN {11}\r\nFRED FOOBAR {7}\r\nfat man\r\n",
            {LiteralAsked{11, false, "A001 LOGIN \0"s},
             LiteralAsked{7, false, "A001 LOGIN \0 \0"s},
             frame("A001 LOGIN \0 \0\r\n"s, {"FRED FOOBAR", "fat man"})}},
    Example{"RFC 7888 section 3: and one that is not",
            "A001 LOGIN {11+}\r\nFRED FOOBAR {7+}\r\nfat man\r\n",
            {frame("A001 LOGIN \0 \0\r\n"s, {"FRED FOOBAR", "fat man"})}},
    Example{"a literal of no octets",
            "a LOGIN {0+}\r\n {0}\r\n\r\n",
            {LiteralAsked{0, false, "a LOGIN \0 \0"s},
             frame("a LOGIN \0 \0\r\n"s, {"", ""})}},
    Example{"a literal may hold lines",
            "a LOGIN x {9+}\r\na\r\nb {1+}\r\n\r\n",
            {frame("a LOGIN x \0\r\n"s, {"a\r\nb {1+}"}), frame("\r\n")}},
    Example{"leading zeros count nothing",
            "a LOGIN x {0000001+}\r\ny\r\n",
            {frame("a LOGIN x \0\r\n"s, {"y"})}},
    Example{"only the end of a line announces",
            "a LOGIN x \"{5}\"\r\n",
            {frame("a LOGIN x \"{5}\"\r\n")}},
    Example{"two signs announce nothing",
            "a LOGIN x {5++}\r\n",
            {frame("a LOGIN x {5++}\r\n")}},
    Example{
        "nor does no number", "a LOGIN x {}\r\n", {frame("a LOGIN x {}\r\n")}},
    Example{"nor a negative one",
            "a LOGIN x {-1}\r\n",
            {frame("a LOGIN x {-1}\r\n")}},
    Example{"RFC 3516: a literal8 may hold NUL",
            "a APPEND x ~{3+}\r\na\0b\r\n"s,
            {frame("a APPEND x ~\0\r\n"s, {"a\0b"s})}},
    Example{"RFC 9051 section 9: a literal may not",
            "a APPEND x {3+}\r\na\0b\r\nb NOOP\r\n"s,
            {Refused{FrameError::literal_has_nul, "a APPEND x \0"s},
             frame("b NOOP\r\n")}},
    Example{"nor may a line",
            "a N\0OOP\r\nb NOOP\r\n"s,
            {Refused{FrameError::line_has_nul, "a N"}, frame("b NOOP\r\n")}},
    Example{"APPEND's message has a limit of its own",
            "a APPEND {1}\r\nx {100000}\r\n",
            {LiteralAsked{1, false, "a APPEND \0"s},
             LiteralAsked{100'000, true, "a APPEND \0 \0"s}}},
    Example{"and is refused above it",
            "a APPEND x {1000001}\r\nb NOOP\r\n",
            {Refused{FrameError::message_too_large, "a APPEND x "},
             frame("b NOOP\r\n")}},
    Example{"its mailbox has not",
            "a APPEND {100000}\r\nb NOOP\r\n",
            {Refused{FrameError::literal_too_large, "a APPEND "},
             frame("b NOOP\r\n")}},
    Example{"I04: 32 bits and 63 are no way around the limit",
            "a APPEND x {4294967297}\r\nb APPEND x {18446744073709551617}\r\n",
            {Refused{FrameError::message_too_large, "a APPEND x "},
             Refused{FrameError::message_too_large, "b APPEND x "}}},
    Example{
        "a literal where no command has one is not asked for",
        "a NOOP {5}\r\nb NOOP\r\n",
        {Refused{FrameError::outside_grammar, "a NOOP "}, frame("b NOOP\r\n")}},
    Example{
        "RFC 7888 section 4: or is read and thrown away",
        "a NOOP {8+}\r\nb NOOP\r\n x\r\nc NOOP\r\n",
        {Refused{FrameError::outside_grammar, "a NOOP "}, frame("c NOOP\r\n")}},
    Example{
        "a literal of a refused command is not asked for either",
        "a NOOP {1+}\r\nx {5}\r\nb NOOP\r\n",
        {Refused{FrameError::outside_grammar, "a NOOP "}, frame("b NOOP\r\n")}},
    Example{"what cannot be thrown away ends the connection",
            "a NOOP {1048577+}\r\n",
            {},
            FrameError::discarded_too_much},
    Example{
        "bare LF ends no line", "a NOOP\nb NOOP\r\n", {}, FrameError::bare_lf},
    Example{
        "bare CR ends no line", "a NOOP\rb NOOP\r\n", {}, FrameError::bare_cr},
    Example{"CR CR LF ends no line", "a NOOP\r\r\n", {}, FrameError::bare_cr},
    Example{"nor does a literal's head with bare LF",
            "a LOGIN {1+}\nx",
            {},
            FrameError::bare_lf},
};

TEST(ImapFramer, known_answers) {
  for (const Example& example : examples) {
    const Framed framed =
        frame_all(octets(example.wire), 9'999, example.limits);
    EXPECT_TRUE(framed.events == example.events) << example.why;
    EXPECT_EQ(framed.error, example.error) << example.why;
    EXPECT_TRUE(
        law_framer_cuts_do_not_matter(octets(example.wire), example.limits))
        << example.why;
  }
}

// Every string of up to seven of the octets at which framing turns.
TEST(ImapFramer, laws_on_all_short_strings) {
  const std::string turns("a{1}+\r\n\0", 8);
  const FramerLimits limits = small_limits();
  std::string wire;
  const auto extend = [&](const auto& self) -> void {
    ASSERT_TRUE(law_framer_cuts_do_not_matter(octets(wire), limits)) << wire;
    ASSERT_TRUE(law_frames_end_where_they_end(octets(wire), limits)) << wire;
    ASSERT_TRUE(law_framer_errors_stick(octets(wire), limits)) << wire;
    if (wire.size() == 6) return;
    for (const char c : turns) {
      wire.push_back(c);
      self(self);
      wire.pop_back();
    }
  };
  extend(extend);
}

// The same after a command into which a literal fits.
TEST(ImapFramer, laws_on_all_short_ends_of_commands) {
  const std::string turns("{2}+\r\n", 6);
  const FramerLimits limits = small_limits();
  std::string wire = "a LOGIN {1";
  const auto extend = [&](const auto& self) -> void {
    ASSERT_TRUE(law_framer_cuts_do_not_matter(octets(wire), limits)) << wire;
    ASSERT_TRUE(law_framer_cuts_do_not_matter(octets(wire), limits, 1)) << wire;
    ASSERT_TRUE(law_frames_end_where_they_end(octets(wire), limits)) << wire;
    ASSERT_TRUE(law_framer_holds_within_limits(octets(wire), limits)) << wire;
    if (wire.size() == 16) return;
    for (const char c : turns) {
      wire.push_back(c);
      self(self);
      wire.pop_back();
    }
  };
  extend(extend);
}

TEST(ImapFramer, lines_have_a_limit) {
  const std::string longest = "a " + std::string(line_octets_max - 4, 'x');
  const Framed held = frame_all(octets(longest + "\r\n"), 9'999, generous);
  EXPECT_TRUE(std::holds_alternative<Frame>(held.events.at(0)));
  const std::string wire = longest + "x\r\nb NOOP\r\n";
  const Framed framed = frame_all(octets(wire), 99'999, generous);
  ASSERT_EQ(framed.events.size(), 2U);
  const auto& refused = std::get<Refused>(framed.events[0]);
  EXPECT_EQ(refused.error, FrameError::line_too_long);
  EXPECT_EQ(read_tag(refused.text), "a");
  EXPECT_LE(refused.text.size(), tag_octets_max + 1);
  EXPECT_TRUE(framed.events[1] == frame("b NOOP\r\n"));
  EXPECT_TRUE(law_framer_cuts_do_not_matter(octets(wire), generous));
}

// The end of a line that is too long is read all the same: what it announces
// is no command.
TEST(ImapFramer, a_line_that_is_too_long_still_announces) {
  const std::string wire = "a " + std::string(line_octets_max, 'x') +
                           " {8+}\r\nb NOOP\r\n\r\nc NOOP\r\n";
  const Framed framed = frame_all(octets(wire), 99'999, generous);
  ASSERT_EQ(framed.events.size(), 2U);
  EXPECT_EQ(std::get<Refused>(framed.events[0]).error,
            FrameError::line_too_long);
  EXPECT_TRUE(framed.events[1] == frame("c NOOP\r\n"));
}

TEST(ImapFramer, an_endless_line_ends_the_connection) {
  Framer framer(generous);
  const std::string piece(10'000, 'x');
  for (int i = 0; i < 200; ++i) {
    Octets input = octets(piece);
    const auto event = framer.read(input);
    EXPECT_LE(framer.octets_held(), line_octets_max);
    if (event) continue;
    EXPECT_EQ(event.error(), FrameError::discarded_too_much);
    EXPECT_GT(i, 100);
    return;
  }
  FAIL() << "two million octets without a line's end";
}

// I01.
TEST(ImapFramer, literals_have_limits_together) {
  std::string wire = "a SEARCH";
  for (std::size_t i = 0; i <= generous.literals; ++i)
    wire += " TEXT {1+}\r\nx";
  const Framed many = frame_all(octets(wire + "\r\n"), 9'999, generous);
  ASSERT_EQ(many.events.size(), 1U);
  EXPECT_EQ(std::get<Refused>(many.events[0]).error,
            FrameError::too_many_literals);

  const std::string large(60'000, 'x');
  wire = "a SEARCH";
  for (int i = 0; i < 5; ++i) wire += " TEXT {60000+}\r\n" + large;
  FramerLimits without_asking = generous;
  without_asking.non_synchronising_octets = large.size();
  const Framed sum =
      frame_all(octets(wire + "\r\n"), 1'000'000, without_asking);
  ASSERT_EQ(sum.events.size(), 1U);
  EXPECT_EQ(std::get<Refused>(sum.events[0]).error,
            FrameError::command_too_large);
  EXPECT_LE(sum.octets_held_most, generous.command_octets);
}

TEST(ImapFramer, before_login_literals_are_small) {
  const Framed framed =
      frame_all(octets("a LOGIN {4097}\r\nb LOGIN {4096}\r\n"), 999,
                limits_before_login());
  ASSERT_EQ(framed.events.size(), 2U);
  EXPECT_EQ(std::get<Refused>(framed.events[0]).error,
            FrameError::literal_too_large);
  EXPECT_TRUE(std::holds_alternative<LiteralAsked>(framed.events[1]));
}

// RFC 7888 section 5: LITERAL-.
TEST(ImapFramer, literals_without_asking_may_be_bounded) {
  const FramerLimits limits = generous;
  const std::string octets_5000(5'000, 'x');
  const std::string wire = "a APPEND x {5000+}\r\n" + octets_5000 +
                           "\r\nb APPEND x {5000}\r\n" + octets_5000 + "\r\n";
  const Framed framed = frame_all(octets(wire), 99'999, limits);
  ASSERT_EQ(framed.events.size(), 3U);
  EXPECT_EQ(std::get<Refused>(framed.events[0]).error,
            FrameError::not_asked_for);
  EXPECT_TRUE(std::holds_alternative<LiteralAsked>(framed.events[1]));
  EXPECT_TRUE(std::holds_alternative<Frame>(framed.events[2]));
}

// RFC 3502: what one APPEND brings is bounded together.
TEST(ImapFramer, messages_of_one_append_have_one_bound) {
  const FramerLimits limits = limits_after_login(10);
  const std::string wire =
      "a APPEND x {5+}\r\n12345 (\\Seen) {5+}\r\n12345 {1+}\r\n1\r\n"
      "b APPEND x {5+}\r\n12345 {6}\r\nc NOOP\r\n";
  const Framed framed = frame_all(octets(wire), 99'999, limits);
  ASSERT_EQ(framed.events.size(), 3U);
  EXPECT_EQ(std::get<Refused>(framed.events[0]).error,
            FrameError::messages_too_large);
  EXPECT_EQ(std::get<Refused>(framed.events[1]).error,
            FrameError::messages_too_large);
  EXPECT_TRUE(framed.events[2] == frame("c NOOP\r\n"));
}

TEST(ImapFramer, an_append_brings_a_thousand_messages_at_most) {
  std::string wire = "a APPEND x";
  for (std::size_t n = 0; n < generous.messages; ++n) wire += " {1+}\r\nm";
  const Framed framed = frame_all(octets(wire + "\r\n"), 99'999, generous);
  ASSERT_EQ(framed.events.size(), 1U);
  EXPECT_EQ(std::get<Frame>(framed.events[0]).literals.size(),
            generous.messages);
  const Framed more =
      frame_all(octets(wire + " {1+}\r\nm\r\n"), 99'999, generous);
  ASSERT_EQ(more.events.size(), 1U);
  EXPECT_EQ(std::get<Refused>(more.events[0]).error,
            FrameError::too_many_literals);
}

TEST(ImapFramer, a_message_too_large_is_answered_not_cut_off) {
  FramerLimits limits = limits_after_login(2'000'000);
  limits.non_synchronising_octets = 99'000'000;
  const std::string twice = "a APPEND x {4000000+}\r\n" +
                            std::string(4'000'000, 'm') + "\r\nb NOOP\r\n";
  const Framed framed = frame_all(octets(twice), 10'000, limits);
  ASSERT_EQ(framed.events.size(), 2U);
  EXPECT_EQ(std::get<Refused>(framed.events[0]).error,
            FrameError::message_too_large);
  EXPECT_TRUE(framed.events[1] == frame("b NOOP\r\n"));
  EXPECT_LT(framed.octets_held_most, 1'000U);
  const Framed more =
      frame_all(octets("a APPEND x {9000000+}\r\n"), 999, limits);
  EXPECT_EQ(more.error, FrameError::discarded_too_much);
}

TEST(ImapFramer, a_refused_literal_is_not_sent) {
  Framer framer(generous);
  Octets input = octets("a APPEND nowhere {5}\r\nb NOOP\r\n");
  const auto asked = framer.read(input);
  ASSERT_TRUE(asked && *asked);
  EXPECT_TRUE(framer.in_command());
  framer.refuse_literal();
  EXPECT_FALSE(framer.in_command());
  const auto next = framer.read(input);
  ASSERT_TRUE(next && *next);
  EXPECT_TRUE(**next == frame("b NOOP\r\n"));
}

TEST(ImapFramer, nothing_is_taken_beyond_a_command) {
  Framer framer(generous);
  Octets input = octets("a STARTTLS\r\nb LOGIN x y\r\n");
  ASSERT_TRUE(framer.read(input));
  EXPECT_EQ(input.size(), 13U);
}

TEST(ImapFramer, an_expected_line_is_no_command) {
  Framer framer(generous);
  Octets input = octets("a IDLE\r\nDONE\r\nAGE= {5}\r\nb NOOP\r\n");
  ASSERT_TRUE(framer.read(input));
  framer.expect_line();
  EXPECT_TRUE(**framer.read(input) == FramerEvent(Line{"DONE"}));
  framer.expect_line();
  EXPECT_TRUE(**framer.read(input) == FramerEvent(Line{"AGE= {5}"}));
  EXPECT_TRUE(**framer.read(input) == frame("b NOOP\r\n"));
}

TEST(ImapFramer, an_expected_line_has_the_same_limit) {
  Framer framer(generous);
  framer.expect_line();
  const std::string wire = std::string(line_octets_max, 'x') + "\r\na NOOP\r\n";
  Octets input = octets(wire);
  EXPECT_EQ(std::get<Refused>(**framer.read(input)).error,
            FrameError::line_too_long);
  EXPECT_TRUE(**framer.read(input) == frame("a NOOP\r\n"));
}

TEST(ImapFramer, limits_may_shrink_within_a_command) {
  Framer framer(generous);
  Octets input =
      octets("a SEARCH TEXT aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
  ASSERT_TRUE(framer.read(input));
  FramerLimits small = small_limits();
  small.line_octets = 20;
  small.command_octets = 20;
  framer.set_limits(small);
  input = octets(" {5}\r\n");
  const auto event = framer.read(input);
  ASSERT_TRUE(event && *event);
  EXPECT_TRUE(std::holds_alternative<Refused>(**event));
}

// A large message goes through at the speed of memory, without being copied
// over and over: its buffer grows at most thrice.
TEST(ImapFramer, a_large_message_is_kept_whole) {
  constexpr std::size_t size = 50'000'000;
  Framer framer(limits_after_login(size));
  Octets head = octets("a APPEND x {50000000}\r\n");
  ASSERT_TRUE(framer.read(head));
  const std::string piece(100'000, 'm');
  for (std::size_t sent = 0; sent < size; sent += piece.size()) {
    Octets input = octets(piece);
    ASSERT_TRUE(framer.read(input));
    ASSERT_TRUE(input.empty());
  }
  Octets end = octets("\r\n");
  const auto event = framer.read(end);
  ASSERT_TRUE(event && *event);
  const auto& framed = std::get<Frame>(**event);
  EXPECT_EQ(framed.literals.at(0).size(), size);
  EXPECT_LT(framed.literals.at(0).capacity(), 2 * size);
}

TEST(ImapFramer, errors_have_names) {
  using enum FrameError;
  const std::array names{std::pair{line_too_long, "line_too_long"},
                         std::pair{literal_too_large, "literal_too_large"},
                         std::pair{message_too_large, "message_too_large"},
                         std::pair{messages_too_large, "messages_too_large"},
                         std::pair{not_asked_for, "not_asked_for"},
                         std::pair{too_many_literals, "too_many_literals"},
                         std::pair{command_too_large, "command_too_large"},
                         std::pair{literal_has_nul, "literal_has_nul"},
                         std::pair{line_has_nul, "line_has_nul"},
                         std::pair{outside_grammar, "outside_grammar"},
                         std::pair{bare_cr, "bare_cr"},
                         std::pair{bare_lf, "bare_lf"},
                         std::pair{discarded_too_much, "discarded_too_much"}};
  for (const auto& [error, text] : names) EXPECT_EQ(name(error), text);
}

}  // namespace
}  // namespace postkeep::imap
