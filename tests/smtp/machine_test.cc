// The machines of smtp/command.rl, parameter.rl, path.rl and sasl_line.rl
// against the bare grammar, state by state: along each example every prefix,
// and every octet behind every prefix. Two states that the grammar takes for
// the same are two in a machine that does something in one of them.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "smtp/command_laws.h"
#include "smtp/command_machine.h"
#include "smtp/data_laws.h"
#include "smtp/hop_count.h"
#include "smtp/parameter_machine.h"
#include "smtp/path_machine.h"
#include "smtp/sasl_line_machine.h"

using namespace postkeep;
using namespace postkeep::smtp;

namespace {

void for_all_near(const std::vector<std::string>& examples,
                  const std::function<void(const std::string&)>& law) {
  for (const std::string& example : examples) {
    for (std::size_t size = 0; size <= example.size(); ++size) {
      std::string text = example.substr(0, size);
      law(text);
      text.push_back('\0');
      for (int octet = 0; octet < 256; ++octet) {
        text.back() = static_cast<char>(octet);
        law(text);
      }
    }
  }
}

// Octets beyond ASCII, of each length and at each border (RFC 3629 section 4).
const std::string utf8 =
    "\xC2\x80\xE0\xA0\x80\xE1\x80\x80\xED\x9F\xBF\xEE\x80\x80\xF0\x90\x80\x80"
    "\xF1\x80\x80\x80\xF4\x8F\xBF\xBF";

const std::vector<std::string> literals{
    "[0.0.0.0]",
    "[25.249.199.255]",
    "[IPv6:::]",
    "[IPv6:1:2:3:4:5:6:7:8]",
    "[IPv6:abcd:2:3:4:5:6:192.0.2.1]",
    "[IPv6:::1:2:3:4:5:6]",
    "[IPv6:1::2:3:4:5:6]",
    "[IPv6:1:2::3:4:5:6]",
    "[IPv6:1:2:3::4:5:6]",
    "[IPv6:1:2:3:4::5:6]",
    "[IPv6:1:2:3:4:5::6]",
    "[IPv6:1:2:3:4:5:6::]",
    "[IPv6:::1:2:3:4:192.0.2.1]",
    "[IPv6:1:2::3:4:192.0.2.1]",
    "[IPv6:1:2:3:4::192.0.2.1]",
    "[IPv6:1::2:3:4:255.255.255.255]",
};

TEST(SmtpCommandMachine, agrees_with_the_grammar_in_every_state) {
  std::vector<std::string> examples{
      "EHLO a_-b." + utf8 + "-1. \t\r\n",
      "HELO a_-b." + utf8 + "-1. \t\r\n",
      "MAIL FROM: <@a-b." + utf8 + ",@c:a." + utf8 + ".b@a--1." + utf8 +
          "> SIZE=1 A-" + "B=" + utf8 + "+2B X \t\r\n",
      "MAIL FROM:<\"a \\\" " + utf8 + "\"@b>\r\n",
      "MAIL FROM:<> SMTPUTF8\r\n",
      "RCPT TO: <@a-b." + utf8 + ",@c:a." + utf8 + ".b@a--1." + utf8 +
          "> NOTIFY=NEVER A-" + "B=" + utf8 + "+2B X \t\r\n",
      "RCPT TO:<\"a \\\" " + utf8 + "\"@b>\r\n",
      "RCPT TO:<Postmaster> A \t\r\n",
      "RCPT TO:<postmaster@b>\r\n",
      "DATA \t\r\n",
      "RSET \t\r\n",
      "QUIT \t\r\n",
      "STARTTLS \t\r\n",
      "VRFY a \t" + utf8 + "\r\n",
      "EXPN a \t" + utf8 + "\r\n",
      "HELP a \t" + utf8 + " \r\n",
      "NOOP a \t" + utf8 + " \r\n",
      "HELP \t\r\n",
      "NOOP \t\r\n",
      "BDAT 12345678901234567890 LAST \t\r\n",
      "BDAT 1 \t\r\n",
      "AUTH ABCDEFGHIJKLMNOPQR-_ Aa0+/Zz= \t\r\n",
      "AUTH x AAAABB== \t\r\n",
      "AUTH x = \t\r\n",
      "AUTH x AAAA \t\r\n",
  };
  for (const std::string& literal : literals) {
    for (const std::string_view head :
         {"EHLO ", "HELO ", "MAIL FROM:<a@", "RCPT TO:<a@"}) {
      const bool is_path = head.ends_with('@');
      examples.push_back(std::string{head} + literal +
                         (is_path ? "> A\r\n" : " \r\n"));
    }
  }
  for_all_near(examples, [](const std::string& text) {
    CommandMachine machine;
    ASSERT_EQ(machine.run(text), reference_accepts_command(octets(text)))
        << text;
  });
}

TEST(SmtpPathMachine, agrees_with_the_grammar_in_every_state) {
  std::vector<std::string> examples{
      "a." + utf8 + ".b@a--1." + utf8,
      "\"a \\\" " + utf8 + "\"@b",
  };
  for (const std::string& literal : literals) {
    examples.push_back("a@" + literal);
  }
  for_all_near(examples, [](const std::string& text) {
    MailboxMachine machine;
    ASSERT_EQ(machine.run(text), reference_accepts_mailbox(octets(text)))
        << text;
  });
}

TEST(SmtpParameterMachine, agrees_with_the_grammar_in_every_state) {
  for_all_near(
      {"SIZE=12345678901234567890", "BODY=7BIT", "BODY=8BITMIME",
       "BODY=BINARYMIME", "SMTPUTF8", "RET=FULL", "RET=HDRS",
       "ENVID=a+2b+7E+7aB", "AUTH=a+2b+7E+7a+8f+9F+FF+cdB", "NOTIFY=NEVER",
       "NOTIFY=SUCCESS,FAILURE,DELAY,SUCCESS", "NOTIFY=FAILURE,DELAY",
       "NOTIFY=DELAY,SUCCESS",
       "ORCPT=a-1;b+2b+7E+7a+8f+9F+FF+cd" + utf8 + "+40"},
      [](const std::string& text) {
        ParameterMachine machine;
        ASSERT_EQ(machine.run(text), reference_accepts_parameter(octets(text)))
            << text;
      });
}

TEST(SmtpSaslLineMachine, agrees_with_the_grammar_in_every_state) {
  for_all_near(
      {"AAAAbb==\r\n", "AA==\r\n", "AAA=\r\n", "AAAA\r\n", "*\r\n"},
      [](const std::string& text) {
        SaslLineMachine machine;
        ASSERT_EQ(machine.run(text), reference_accepts_sasl_line(octets(text)))
            << text;
      });
}

TEST(SmtpHopCountMachine, agrees_with_a_search_in_every_state) {
  for_all_near(
      {"Received \t: a\r\nx\r\n\r\n", "r\r\r\n", "RECEIVED\n\n", "\rx\n\r\n"},
      [](const std::string& text) {
        ASSERT_TRUE(law_hop_count_agrees_with_search(octets(text))) << text;
      });
}

// Verbs cut off by the end of input, or by anything, in the reader of lines.
TEST(SmtpLineMachine, agrees_with_the_grammar_in_every_state) {
  for_all_near(
      {"EHLO a\r\n",     "HELO a\r\n",       "MAIL a\r\n",  "RCPT a\r\n",
       "DATA a\r\n",     "BDAT a\r\n",       "RSET a\r\n",  "VRFY a\r\n",
       "EXPN a\r\n",     "HELP a\r\n",       "NOOP a\r\n",  "QUIT a\r\n",
       "STARTTLS a\r\n", "AUTH a\r\n",       "ETRN a\r\n",  "TURN a\r\n",
       "SEND a\r\n",     "SOML a\r\n",       "SAML a\r\n",  "GET a\r\n",
       "HEAD a\r\n",     "POST a\r\n",       "PUT a\r\n",   "DELETE a\r\n",
       "CONNECT a\r\n",  "OPTIONS a\r\n",    "TRACE a\r\n", "PATCH a\r\n",
       "Host: a\r\n",    "User-Agent: a\r\n"},
      [](const std::string& text) {
        LineReader reader;
        Octets rest = octets(text);
        const auto line = reader.read(rest);
        const Octets used = octets(text).first(text.size() - rest.size());
        ASSERT_EQ(line && *line, reference_accepts_line(used)) << text;
      });
}

}  // namespace
