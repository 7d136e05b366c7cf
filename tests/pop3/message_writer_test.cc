#include <gtest/gtest.h>

#include <array>
#include <string>

#include "pop3/message_writer_laws.h"

namespace postkeep::pop3 {
namespace {

std::string wire(std::string_view text, const MessageForm& form = {}) {
  return written(octets(text), form, text.size() + 1);
}

TEST(Pop3MessageWriter, known_answers) {
  EXPECT_EQ(wire("A: b\r\n\r\nc\r\n"), "A: b\r\n\r\nc\r\n.\r\n");
  // P03, RFC 1939 section 3: the termination octet is doubled.
  EXPECT_EQ(wire("\r\n.\r\n..\r\n.a\r\n"), "\r\n..\r\n...\r\n..a\r\n.\r\n");
  // Other programs end lines with LF alone, and files without any.
  EXPECT_EQ(wire("A: b\n\n.\nc"), "A: b\r\n\r\n..\r\nc\r\n.\r\n");
  // A CR by itself is no end of a line, but may be the half of one.
  EXPECT_EQ(wire("a\rb\r"), "a\rb\r\n.\r\n");
  EXPECT_EQ(wire(""), ".\r\n");
  EXPECT_EQ(wire("."), "..\r\n.\r\n");
}

TEST(Pop3MessageWriter, top_has_the_header_and_so_many_lines) {
  const std::string text = "A: b\r\n\r\n1\r\n.2\r\n3\r\n";
  EXPECT_EQ(wire(text, {false, 0}), "A: b\r\n\r\n.\r\n");
  EXPECT_EQ(wire(text, {false, 2}), "A: b\r\n\r\n1\r\n..2\r\n.\r\n");
  EXPECT_EQ(wire(text, {false, 9}), "A: b\r\n\r\n1\r\n..2\r\n3\r\n.\r\n");
  EXPECT_EQ(wire("no body", {false, 0}), "no body\r\n.\r\n");
}

TEST(Pop3MessageWriter, headers_are_ascii_unless_utf8_was_asked_for) {
  const std::string text = "S: \xC3\xBC\r\n\r\n\xC3\xBC\r\n";
  EXPECT_EQ(wire(text), "S: ??\r\n\r\n\xC3\xBC\r\n.\r\n");
  EXPECT_EQ(wire(text, {true, {}}), text + ".\r\n");
}

TEST(Pop3MessageWriter, laws_on_all_short_strings) {
  const std::string turns = "\r\n.a\xC3";
  std::string text;
  const auto extend = [&](const auto& self) -> void {
    ASSERT_TRUE(writer_laws_hold(octets(text))) << testing::PrintToString(text);
    if (text.size() == 6) return;
    for (const char c : turns) {
      text.push_back(c);
      self(self);
      text.pop_back();
    }
  };
  extend(extend);
}

}  // namespace
}  // namespace postkeep::pop3
