#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "message/short_strings.h"
#include "message/summary_laws.h"

namespace postkeep::message {
namespace {

constexpr const char* message =
    "Date: Fri, 21 Nov 1997 09:55:06 -0600\r\n"
    "From: John Doe <jdoe@machine.example>\r\n"
    "To: Mary <mary@example.net>,\r\n  G: a@b.test;\r\nTo: c@d.test\r\n"
    "Subject: Saying\r\n Hello\r\nMessage-ID: <1234@local.machine.example>\r\n"
    "Content-Type: multipart/mixed; boundary=a\r\n\r\n"
    "--a\r\nContent-ID: <1@x>\r\nContent-Description: text\r\n"
    "Content-Disposition: inline; filename=x\r\nContent-Language: en, de\r\n"
    "Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==\r\nContent-Location: x.txt\r\n\r\n"
    "x\r\n--a\r\nContent-Type: message/rfc822\r\n\r\n"
    "Subject: inner\r\nFrom: i@j.test\r\nSender: "
    "k@l.test\r\n\r\ny\r\n--a--\r\n";

TEST(MessageSummary, envelope_and_parts) {
  const Summary summary = read_summary(octets(message));
  const Envelope& envelope = summary.envelope;
  EXPECT_EQ(summary.octets, std::string_view{message}.size());
  EXPECT_EQ(envelope.date, "Fri, 21 Nov 1997 09:55:06 -0600");
  EXPECT_EQ(envelope.subject, "Saying Hello");
  EXPECT_EQ(envelope.message_id, "<1234@local.machine.example>");
  EXPECT_EQ(envelope.in_reply_to, std::nullopt);
  ASSERT_EQ(envelope.to.size(), 5U);
  EXPECT_EQ(envelope.to[4].domain, "d.test");
  EXPECT_EQ(shown_sender(envelope), envelope.from);
  EXPECT_EQ(shown_reply_to(envelope), envelope.from);

  const std::vector<Part>& parts = summary.structure.parts;
  ASSERT_EQ(parts.size(), 4U);
  EXPECT_EQ(parts[1].id, "<1@x>");
  EXPECT_EQ(parts[1].description, "text");
  EXPECT_EQ(parts[1].disposition->parameters[0].value, "x");
  EXPECT_EQ(parts[1].languages, (std::vector<std::string>{"en", "de"}));
  EXPECT_EQ(parts[1].location, "x.txt");

  ASSERT_NE(envelope_of(summary, 3), nullptr);
  EXPECT_EQ(envelope_of(summary, 3)->subject, "inner");
  EXPECT_EQ(shown_sender(*envelope_of(summary, 3))[0].domain, "l.test");
  EXPECT_EQ(envelope_of(summary, 0), &summary.envelope);
  EXPECT_EQ(envelope_of(summary, 1), nullptr);
}

TEST(MessageSummary, the_codec_is_the_identity) {
  EXPECT_TRUE(law_codec_is_the_identity(read_summary(octets(message))));
  EXPECT_TRUE(law_codec_is_the_identity(read_summary({})));
}

TEST(MessageSummary, no_cut_and_no_flipped_octet_is_taken_for_another) {
  const std::string written = write_octets(read_summary(octets(message)));
  for (std::size_t i = 0; i < written.size(); ++i) {
    EXPECT_FALSE(read_octets(octets(written).first(i)));
    for (const char flip : {'\x01', '\x80', '\xFF'}) {
      std::string changed = written;
      changed[i] = static_cast<char>(changed[i] ^ flip);
      EXPECT_TRUE(law_codec_has_one_form(octets(changed)));
    }
  }
  EXPECT_FALSE(read_octets(octets(written + '\0')));
  EXPECT_EQ(read_octets(octets("\x7F")).error(), SummaryError::other_version);
  EXPECT_EQ(read_octets({}).error(), SummaryError::outside_grammar);
}

TEST(MessageSummary, laws_of_the_tree_on_messages_cut_anywhere) {
  const std::string_view whole = message;
  for (std::size_t i = 0; i <= whole.size(); ++i) {
    const Octets input = octets(whole.substr(0, i));
    EXPECT_TRUE(law_parts_are_a_tree(input));
    EXPECT_TRUE(law_parts_lie_inside_each_other(input));
    EXPECT_TRUE(law_lines_are_those_of_the_body(input));
    EXPECT_TRUE(law_parts_are_found_by_their_numbers(input));
    EXPECT_TRUE(law_decoded_text_is_utf8(input));
    EXPECT_TRUE(law_codec_is_the_identity(read_summary(input)));
  }
}

TEST(MessageSummary, laws_on_all_short_bodies) {
  for_all_short_strings("-a\r\n:", 6, [](Octets tail) {
    const std::string text = "Content-Type: multipart/x; boundary=a\n\n--a\n" +
                             std::string{as_text(tail)} + "--a--\n";
    const Octets input = octets(text);
    return law_parts_are_a_tree(input) &&
           law_parts_lie_inside_each_other(input) &&
           law_lines_are_those_of_the_body(input) &&
           law_parts_are_found_by_their_numbers(input);
  });
}

}  // namespace
}  // namespace postkeep::message
