#include <array>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "smtp/drop_head_laws.h"

namespace postkeep::smtp {
namespace {

const std::string version = "POSTKEEP 1\r\n";
const std::string mail = "MAIL FROM:<ann@example.org>\r\n";
const std::string rcpt = "RCPT TO:<bob@example.org>\r\n";
const std::string last = "BDAT 5 LAST\r\n";

DropOutcome read(const std::string& text) {
  return read_drop_head(octets(text), text.size() + 1);
}

TEST(SmtpDropHead, what_the_command_writes_is_read) {
  OutgoingMail written;
  written.reverse_path = *read_mailbox("ann@example.org");
  written.envid = "a+b";
  written.ret = Ret::headers;
  written.content.octets = 1234;
  written.content.is_eight_bit = true;
  written.recipients.push_back(
      {*read_mailbox("bob@example.org"), {.notify = 6, .orcpt = {}}});
  const std::string text = write_drop_head(written);
  EXPECT_EQ(text,
            "POSTKEEP 1\r\n"
            "MAIL FROM:<ann@example.org> BODY=8BITMIME RET=HDRS ENVID=a+2Bb\r\n"
            "RCPT TO:<bob@example.org> NOTIFY=SUCCESS,FAILURE\r\n"
            "BDAT 1234 LAST\r\n");
  const DropOutcome outcome = read(text + "hello");
  ASSERT_TRUE(outcome.head);
  EXPECT_EQ(outcome.octets_left, 5U);
  EXPECT_EQ(outcome.head->message_octets, 1234U);
  EXPECT_EQ(outcome.head->mail.parameters.envid, "a+b");
  EXPECT_EQ(outcome.head->mail.parameters.ret, Ret::headers);
  EXPECT_EQ(outcome.head->mail.parameters.body, BodyType::eight_bit_mime);
  ASSERT_EQ(outcome.head->recipients.size(), 1U);
  EXPECT_EQ(outcome.head->recipients[0].parameters.notify, 6U);
}

TEST(SmtpDropHead, what_is_no_head_says_why) {
  struct Example {
    std::string why;
    std::string text;
    DropFault fault;
  };
  std::string many = version + mail;
  for (std::size_t i = 0; i <= drop_recipients_max; ++i) many += rcpt;
  const std::string long_line(command_line_octets_max + 1, 'a');
  const std::vector<Example> examples{
      {"another version", "POSTKEEP 2\r\n", DropFault::outside_grammar},
      {"small letters", "postkeep 1\r\n", DropFault::outside_grammar},
      {"nobody gets it", version + mail + last, DropFault::outside_grammar},
      {"two senders", version + mail + mail, DropFault::outside_grammar},
      {"no sender", version + rcpt, DropFault::outside_grammar},
      {"more is to come", version + mail + rcpt + "BDAT 5\r\n",
       DropFault::outside_grammar},
      {"another command", version + mail + rcpt + "DATA\r\n",
       DropFault::outside_grammar},
      {"bare LF", "POSTKEEP 1\n", DropFault::outside_grammar},
      {"NUL", version + std::string("MAIL\0", 5), DropFault::outside_grammar},
      {"a parameter nobody knows", version + "MAIL FROM:<> COLOUR=RED\r\n",
       DropFault::refused_value},
      {"a long address",
       version + "MAIL FROM:<" + std::string(300, 'a') + "@example.org>\r\n",
       DropFault::refused_value},
      {"1,001 recipients", many, DropFault::too_many_recipients},
      {"a long line", version + long_line + "\r\n", DropFault::too_long},
  };
  for (const Example& example : examples) {
    EXPECT_EQ(read(example.text).fault, example.fault) << example.why;
  }
  EXPECT_FALSE(read(version + mail).fault) << "it may go on";
}

TEST(SmtpDropHead, a_head_has_an_end) {
  const std::string line = "RCPT TO:<" + std::string(250, 'b') +
                           "@example.org> ORCPT=rfc822;" +
                           std::string(490, 'a') + "\r\n";
  std::string text = version + mail;
  for (std::size_t i = 0; i < drop_recipients_max; ++i) text += line;
  // A thousand recipients as long as people have them fit.
  EXPECT_TRUE(read(text + last).head);
  text = version + mail;
  const std::string endless =
      "RCPT TO:<b@example.org>" + std::string(4000, ' ') + "\r\n";
  while (text.size() < drop_head_octets_max) text += endless;
  const DropOutcome outcome = read(text + last);
  EXPECT_EQ(outcome.fault, DropFault::too_long);
}

// Every sequence of up to five of the lines at which a head turns.
TEST(SmtpDropHead, laws_on_all_short_sequences) {
  const std::array<std::string, 8> lines{
      version,    mail,  rcpt, last, "BDAT 5\r\n", "MAIL FROM:<>\r\n",
      "POSTKEEP", "\r\n"};
  std::string text;
  const auto extend = [&](const auto& self, int left) -> void {
    ASSERT_TRUE(law_drop_head_cuts_do_not_matter(octets(text)));
    ASSERT_TRUE(law_drop_head_agrees_with_grammar(octets(text)));
    ASSERT_TRUE(law_drop_head_faults_stick(octets(text)));
    if (left == 0) return;
    for (const std::string& line : lines) {
      const std::size_t octets = text.size();
      text += line;
      self(self, left - 1);
      text.resize(octets);
    }
  };
  extend(extend, 5);
}

}  // namespace
}  // namespace postkeep::smtp
