// Known answers of smtp/command.h and its parts, and all short strings.
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "smtp/command_laws.h"

using namespace postkeep;
using namespace postkeep::smtp;

namespace {

Mailbox mailbox(std::string_view text) {
  const auto read = read_mailbox(text);
  EXPECT_TRUE(read) << text;
  return read.value_or(Mailbox::postmaster());
}

CommandOutcome one_command(std::string_view wire) {
  const auto all = read_commands(octets(wire), wire.size() + 1);
  EXPECT_EQ(all.size(), 1U) << wire;
  return all.empty() ? CommandOutcome{CommandError{}} : all.front();
}

CommandOutcome fault(CommandFault fault, Verb verb = Verb::unknown) {
  return CommandError{fault, verb};
}

CommandOutcome mail(std::string_view path, MailParameters parameters = {}) {
  Mail command;
  if (!path.empty()) command.reverse_path = mailbox(path);
  command.parameters = std::move(parameters);
  return Command{command};
}

CommandOutcome rcpt(Mailbox path, RcptParameters parameters = {}) {
  return Command{Rcpt{std::move(path), std::move(parameters)}};
}

std::vector<Octet> bytes(std::string_view text) {
  return {text.begin(), text.end()};
}

struct Example {
  std::string_view why;
  std::string_view wire;
  CommandOutcome expected;
};

void try_all(const std::vector<Example>& examples) {
  for (const Example& example : examples) {
    EXPECT_TRUE(one_command(example.wire) == example.expected)
        << example.why << ": " << example.wire;
    EXPECT_TRUE(law_command_agrees_with_grammar(octets(example.wire)))
        << example.wire;
    EXPECT_TRUE(law_command_errors_stick_or_pass(octets(example.wire)))
        << example.wire;
    EXPECT_TRUE(law_command_cuts_do_not_matter(octets(example.wire)))
        << example.wire;
  }
}

TEST(SmtpCommand, known_answers_of_mail) {
  try_all({
      {"section 4.1.1.2", "MAIL FROM:<a@b.example>\r\n", mail("a@b.example")},
      {"section 4.5.5: the null path", "MAIL FROM:<>\r\n", mail("")},
      {"RFC 1870 section 5", "MAIL FROM:<a@b> SIZE=500000\r\n",
       mail("a@b", {.size_octets = 500000})},
      {"a size past 2^64 is saturated",
       "MAIL FROM:<> SIZE=99999999999999999999\r\n",
       mail("", {.size_octets = UINT64_MAX})},
      {"2^64 - 1 is itself", "MAIL FROM:<> SIZE=18446744073709551615\r\n",
       mail("", {.size_octets = UINT64_MAX})},
      {"RFC 6152, RFC 6531", "MAIL FROM:<a@b> body=8bitmime SMTPUTF8\r\n",
       mail("a@b", {.body = BodyType::eight_bit_mime, .smtputf8 = true})},
      {"RFC 6152", "MAIL FROM:<a@b> BODY=7BIT\r\n",
       mail("a@b", {.body = BodyType::seven_bit})},
      {"RFC 3461 section 4.4: decoded",
       "MAIL FROM:<a@b> RET=FULL ENVID=a+2B+3Db\r\n",
       mail("a@b", {.ret = Ret::full, .envid = "a+=b"})},
      {"RFC 4954 section 5: decoded",
       "MAIL FROM:<a@b> AUTH=e+3Dmc2@example.com\r\n",
       mail("a@b", {.auth = ReversePath{mailbox("e=mc2@example.com")}})},
      {"RFC 4954 section 5", "MAIL FROM:<a@b> AUTH=<>\r\n",
       mail("a@b", {.auth = ReversePath{}})},
      {"the value of AUTH= is no mailbox", "MAIL FROM:<a@b> AUTH=me\r\n",
       fault(CommandFault::bad_parameter, Verb::mail)},
      {"ENVID of more than 100 octets",
       "MAIL FROM:<> ENVID="
       "12345678901234567890123456789012345678901234567890123456789012345678901"
       "234567890123456789012345678901\r\n",
       fault(CommandFault::bad_parameter, Verb::mail)},
  });
}

TEST(SmtpCommand, known_answers_of_rcpt) {
  try_all({
      {"section 4.1.1.3: route and case", "RCPT TO:<@x,@y.z:A@b>\r\n",
       rcpt(mailbox("A@b"))},
      {"section 4.1.1.3", "rcpt to:<POSTMASTER>\r\n",
       rcpt(Mailbox::postmaster())},
      {"a local part that begins like it", "RCPT TO:<postmasters@b>\r\n",
       rcpt(mailbox("postmasters@b"))},
      {"RFC 3461 section 4.1",
       "RCPT TO:<a@b> NOTIFY=success,FAILURE,Delay ORCPT=rfc822;a+40b\r\n",
       rcpt(mailbox("a@b"), {.notify = 14, .orcpt = "rfc822;a@b"})},
      {"RFC 3461 section 4.1", "RCPT TO:<a@b> NOTIFY=NEVER\r\n",
       rcpt(mailbox("a@b"), {.notify = 1, .orcpt = {}})},
      {"RFC 6533 section 3", "RCPT TO:<a@b> ORCPT=utf-8;\xC3\xB6@b\r\n",
       rcpt(mailbox("a@b"), {.notify = 0, .orcpt = "utf-8;\xC3\xB6@b"})},
      {"parameters more than anyone needs",
       "RCPT TO:<a@b> A A A A A A A A A A A A A A A A A\r\n",
       fault(CommandFault::bad_parameter, Verb::rcpt)},
      {"parameters more than anyone needs",
       "MAIL FROM:<a@b> A A A A A A A A A A A A A A A A A\r\n",
       fault(CommandFault::bad_parameter, Verb::mail)},
  });
}

TEST(SmtpCommand, known_answers_of_the_others) {
  try_all({
      {"RFC 5321 section 4.1.1.1", "EHLO a.example\r\n",
       Command{Ehlo{"a.example"}}},
      {"section 2.4: verbs in any case", "eHlO a\r\n", Command{Ehlo{"a"}}},
      {"section 4.1.3", "EHLO [IPv6:::1]\r\n", Command{Ehlo{"[IPv6:::1]"}}},
      {"RFC 2033 section 4.1: LHLO", "LHLO relay.example.org\r\n",
       Command{Lhlo{"relay.example.org"}}},
      {"LHLO's literal", "lhlo [192.0.2.1] \r\n", Command{Lhlo{"[192.0.2.1]"}}},
      {"LHLO wants a name", "LHLO\r\n",
       fault(CommandFault::bad_arguments, Verb::lhlo)},
      {"tolerated: a literal in HELO", "HELO [192.0.2.1]\r\n",
       Command{Helo{"[192.0.2.1]"}}},
      {"tolerated: white space at the end (section 4.1.1)", "EHLO a \t \r\n",
       Command{Ehlo{"a"}}},
      {"RFC 3030 section 2", "BDAT 86 LAST\r\n", Command{Bdat{86, true}}},
      {"RFC 3030 section 2", "bdat 0\r\n", Command{Bdat{0, false}}},
      {"no hexadecimal", "BDAT 0x10\r\n",
       fault(CommandFault::bad_arguments, Verb::bdat)},
      {"no sign", "BDAT -1\r\n",
       fault(CommandFault::bad_arguments, Verb::bdat)},
      {"section 4.1.1.4", "DATA\r\n", Command{Data{}}},
      {"DATA has no argument", "DATA now\r\n",
       fault(CommandFault::bad_arguments, Verb::data)},
      {"section 4.1.1.5", "RSET\r\n", Command{Rset{}}},
      {"section 4.1.1.6", "VRFY a b\r\n", Command{Vrfy{"a b"}}},
      {"VRFY without an argument", "VRFY\r\n",
       fault(CommandFault::bad_arguments, Verb::vrfy)},
      {"section 4.1.1.7", "EXPN \"s t\"\r\n", Command{Expn{"\"s t\""}}},
      {"section 4.1.1.8", "HELP\r\n", Command{Help{}}},
      {"section 4.1.1.8", "HELP DATA\r\n", Command{Help{}}},
      {"section 4.1.1.9", "NOOP x y\r\n", Command{Noop{}}},
      {"section 4.1.1.10", "QUIT\r\n", Command{Quit{}}},
      {"RFC 3207 section 4", "STARTTLS\r\n", Command{StartTls{}}},
      {"RFC 4954 section 4", "AUTH plain AGEAYg==\r\n",
       Command{Auth{"PLAIN", bytes(std::string_view{"\0a\0b", 4})}}},
      {"RFC 4954 section 4: an empty response", "AUTH X-1_ =\r\n",
       Command{Auth{"X-1_", bytes("")}}},
      {"RFC 4954 section 4", "AUTH LOGIN\r\n", Command{Auth{"LOGIN", {}}}},
      {"RFC 4422 section 3.1: at most 20", "AUTH ABCDEFGHIJKLMNOPQRSTU\r\n",
       fault(CommandFault::bad_arguments, Verb::auth)},
  });
}

TEST(SmtpCommand, known_answers_of_what_is_no_command) {
  try_all({
      {"no verb", "\r\n", fault(CommandFault::unknown_command)},
      {"a verb that goes on is another", "DATAX\r\n",
       fault(CommandFault::unknown_command)},
      {"white space before it", " DATA\r\n",
       fault(CommandFault::unknown_command)},
      {"RFC 1985", "ETRN example.org\r\n",
       fault(CommandFault::not_implemented, Verb::etrn)},
      {"RFC 5321 appendix F.6", "SOML FROM:<a@b>\r\n",
       fault(CommandFault::not_implemented, Verb::soml)},
      {"RFC 5321 appendix F.6", "SAML FROM:<a@b>\r\n",
       fault(CommandFault::not_implemented, Verb::saml)},
      {"a browser", "GET / HTTP/1.1\r\n",
       fault(CommandFault::http, Verb::http)},
      {"NUL", std::string_view{"NO\0OP\r\n", 7}, fault(CommandFault::nul)},
      {"LF alone", "NOOP\n", fault(CommandFault::bare_lf)},
      {"CR alone", "NOOP\r\r\n", fault(CommandFault::bare_cr)},
  });
}

// Every string of up to `octets_max` of `turns`, put between two others.
void for_all(std::string_view turns, std::size_t octets_max,
             const std::function<void(const std::string&)>& law) {
  std::string text;
  const auto extend = [&](const auto& self) -> void {
    law(text);
    if (text.size() == octets_max) return;
    for (const char c : turns) {
      text.push_back(c);
      self(self);
      text.pop_back();
    }
  };
  extend(extend);
}

TEST(SmtpCommand, laws_on_all_short_lines) {
  const std::string_view turns{"\r\n\0 A:<", 8};
  for (const std::string_view verb : {"NOOP", "DATA", "MAIL FROM", "X"}) {
    for_all(turns, 4, [&](const std::string& text) {
      const std::string wire = std::string{verb} + text;
      ASSERT_TRUE(law_command_agrees_with_grammar(octets(wire))) << wire;
      ASSERT_TRUE(law_command_cuts_do_not_matter(octets(wire))) << wire;
      ASSERT_TRUE(law_command_errors_stick_or_pass(octets(wire))) << wire;
    });
  }
}

TEST(SmtpCommand, laws_on_all_short_paths) {
  for_all("<@a.\"\\:, >", 5, [&](const std::string& text) {
    const std::string wire = "MAIL FROM:" + text + "\r\n";
    ASSERT_TRUE(law_command_agrees_with_grammar(octets(wire))) << wire;
  });
}

// Through every transition of the grammar, and out of it.
TEST(SmtpCommand, law_on_every_transition) {
  const auto law = [](const std::string& wire) {
    ASSERT_TRUE(law_command_agrees_with_grammar(octets(wire))) << wire;
  };
  for_each_transition(
      command_automaton(),
      [&](const std::string& whole, std::size_t) { law(whole); },
      [&](const std::string& text) { law(text + "\r\n"); });
  for_each_transition(
      line_automaton(),
      [&](const std::string& whole, std::size_t) { law(whole); },
      [&](const std::string& text) { law(text); });
}

TEST(SmtpPath, law_on_every_transition) {
  for_each_transition(
      mailbox_automaton(),
      [](const std::string& whole, std::size_t) {
        ASSERT_TRUE(law_mailbox_write_then_read_is_identity(whole)) << whole;
      },
      [](const std::string& text) {
        ASSERT_TRUE(law_mailbox_write_then_read_is_identity(text)) << text;
      });
}

TEST(SmtpParameter, law_on_every_transition) {
  for_each_transition(
      parameter_automaton(),
      [](const std::string& whole, std::size_t) {
        ASSERT_TRUE(law_parameter_agrees_with_grammar(whole)) << whole;
      },
      [](const std::string& text) {
        ASSERT_TRUE(law_parameter_agrees_with_grammar(text)) << text;
      });
}

TEST(SmtpSaslLine, law_on_every_transition) {
  for_each_transition(
      sasl_line_automaton(),
      [](const std::string& whole, std::size_t) {
        ASSERT_TRUE(law_sasl_line_agrees_with_grammar(whole)) << whole;
      },
      [](const std::string& text) {
        ASSERT_TRUE(law_sasl_line_agrees_with_grammar(text)) << text;
      });
}

TEST(SmtpPath, law_on_all_short_mailboxes) {
  for_all("@a.\"\\[1]", 6, [&](const std::string& text) {
    ASSERT_TRUE(law_mailbox_write_then_read_is_identity(text)) << text;
  });
}

TEST(SmtpPath, quotes_are_not_part_of_a_local_part) {
  EXPECT_EQ(mailbox("\"a\"@b"), mailbox("a@b"));
  EXPECT_EQ(mailbox("\"a\\b\\\"\"@b").local_part(), "ab\"");
  EXPECT_EQ(write(mailbox("\"a b\"@c")), "\"a b\"@c");
  EXPECT_EQ(write(mailbox("\"a\\\"\\\\\"@c")), "\"a\\\"\\\\\"@c");
  EXPECT_EQ(write(mailbox("\"\"@c")), "\"\"@c");
  EXPECT_EQ(write(mailbox("\"a..b\"@c")), "\"a..b\"@c");
  EXPECT_EQ(write(Mailbox::postmaster()), "postmaster");
  EXPECT_TRUE(mailbox("a@[192.0.2.1]").is_literal());
  EXPECT_FALSE(mailbox("a@b").is_literal());
  EXPECT_FALSE(mailbox("a@\xC3\xB6").is_ascii());
  EXPECT_EQ(read_mailbox(std::string(257, 'a') + "@b"),
            std::unexpected(PathError::local_part_too_long));
  EXPECT_EQ(read_mailbox("a@" + std::string(256, 'b')),
            std::unexpected(PathError::domain_too_long));
  EXPECT_EQ(read_mailbox("a"), std::unexpected(PathError::outside_grammar));
}

// RFC 5321 section 4.1.3, with the bounds that its comments state.
TEST(SmtpPath, address_literals) {
  for (const std::string_view good :
       {"[0.0.0.0]", "[255.255.255.255]", "[001.02.3.4]", "[IPv6:::]",
        "[ipv6:1:2:3:4:5:6:7:8]", "[IPv6:1::2:3:4:5:6]", "[IPv6:1:2:3:4:5:6::]",
        "[IPv6:::ffff:192.0.2.1]", "[IPv6:1:2:3:4:5:6:192.0.2.1]",
        "[IPv6:1:2:3:4::192.0.2.1]"}) {
    EXPECT_TRUE(read_mailbox("a@" + std::string{good})) << good;
  }
  for (const std::string_view bad :
       {"[]", "[256.0.0.0]", "[1.2.3]", "[1.2.3.4.5]", "[IPv6:]",
        "[IPv6:1:2:3:4:5:6:7:8:9]", "[IPv6:1:2:3:4:5:6::7]", "[IPv6:1::2::3]",
        "[IPv6:12345::]", "[2001:db8::1]", "[x:y]",
        "[IPv6:1:2:3:4:5::192.0.2.1]"}) {
    EXPECT_FALSE(read_mailbox("a@" + std::string{bad})) << bad;
  }
}

TEST(SmtpParameter, law_on_all_short_values) {
  for (const std::string_view keyword :
       {"SIZE", "size=", "BODY=", "RET=", "ENVID=", "AUTH=", "NOTIFY=",
        "ORCPT=r;", "SMTPUTF8", "X"}) {
    for_all("+2Fa;,=<\x80\xC3", 4, [&](const std::string& text) {
      ASSERT_TRUE(
          law_parameter_agrees_with_grammar(std::string{keyword} + text))
          << keyword << text;
    });
  }
}

TEST(SmtpSaslLine, law_on_all_short_lines) {
  for_all("A9+=*\r\n", 6, [&](const std::string& text) {
    ASSERT_TRUE(law_sasl_line_agrees_with_grammar(text)) << text;
  });
  for_all("Qg+/=", 6, [&](const std::string& text) {
    ASSERT_TRUE(law_sasl_line_agrees_with_grammar(text + "\r\n")) << text;
  });
}

// RFC 4648 section 10.
TEST(SmtpSaslLine, known_answers) {
  const std::array<std::pair<std::string_view, std::string_view>, 7> examples{{
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
  }};
  for (const auto& [text, base64] : examples) {
    EXPECT_EQ(write_base64(octets(text)), base64);
    const auto read = read_sasl_line(std::string{base64} + "\r\n");
    ASSERT_TRUE(read);
    EXPECT_EQ(read->octets, bytes(text));
  }
}

TEST(SmtpNames, every_enumerator_has_one) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(Verb::http); ++i) {
    names.insert(name(static_cast<Verb>(i)));
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(Verb::http) + 1);
  names.clear();
  for (int i = 0; i <= static_cast<int>(LineError::nul); ++i) {
    names.insert(name(static_cast<LineError>(i)));
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(LineError::nul) + 1);
  names.clear();
  for (int i = 0; i <= static_cast<int>(PathError::domain_too_long); ++i) {
    names.insert(name(static_cast<PathError>(i)));
  }
  for (int i = 0; i <= static_cast<int>(ParameterError::value_too_long); ++i) {
    names.insert(name(static_cast<ParameterError>(i)));
  }
  EXPECT_EQ(names.size(), 7U);
  names.clear();
  for (int i = 0; i <= static_cast<int>(CommandFault::nul); ++i) {
    names.insert(name(static_cast<CommandFault>(i)));
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(CommandFault::nul) + 1);
}

}  // namespace
