// The laws of smtp/command.h and its parts on generated values.
#include <rapidcheck.h>

#include <string>
#include <vector>

#include "smtp/command_laws.h"

using namespace postkeep;
using namespace postkeep::smtp;

namespace {

rc::Gen<std::string> piece() {
  return rc::gen::elementOf(
      std::vector<std::string>{"EHLO ",       "LHLO ",
                               "HELO ",       "MAIL FROM:",
                               "RCPT TO:",    "DATA",
                               "RSET",        "VRFY ",
                               "EXPN ",       "HELP",
                               "NOOP ",       "QUIT",
                               "BDAT ",       "STARTTLS",
                               "AUTH ",       "PLAIN",
                               "<",           ">",
                               "@",           ".",
                               "\"",          "\\",
                               ":",           ",",
                               "[",           "]",
                               "IPv6:",       "::1",
                               "192.0.2.1",   "a",
                               "example.org", "postmaster",
                               " SIZE=",      "12",
                               " BODY=",      "8BITMIME",
                               " SMTPUTF8",   " RET=FULL",
                               " ENVID=",     "+2B",
                               " AUTH=",      "<>",
                               " NOTIFY=",    "NEVER",
                               "SUCCESS",     " ORCPT=rfc822;",
                               " LAST",       "AGEAYg==",
                               " ",           "\t",
                               "\r\n",        "\r",
                               "\n",          std::string(1, '\0'),
                               "\xC3\xB6",    "\xFF",
                               "=",           "*",
                               "-",           "_"});
}

rc::Gen<std::string> joined(rc::Gen<std::string> part) {
  return rc::gen::map(
      rc::gen::container<std::vector<std::string>>(std::move(part)),
      [](const std::vector<std::string>& parts) {
        std::string all;
        for (const std::string& each : parts) all += each;
        return all;
      });
}

// A line that often is a command.
rc::Gen<std::string> near_command() {
  return rc::gen::map(
      rc::gen::tuple(
          rc::gen::elementOf(std::vector<std::string>{
              "MAIL FROM:<", "RCPT TO:<", "EHLO ", "AUTH PLAIN ", "BDAT "}),
          joined(piece()),
          rc::gen::elementOf(std::vector<std::string>{
              ">\r\n", "@a.example>\r\n", "\r\n", "> SIZE=1\r\n"})),
      [](const auto& parts) {
        return std::get<0>(parts) + std::get<1>(parts) + std::get<2>(parts);
      });
}

}  // namespace

int main() {
  bool held = true;
  held &= rc::check("cuts do not matter", [] {
    RC_ASSERT(law_command_cuts_do_not_matter(octets(*joined(piece()))));
  });
  held &= rc::check("commands agree with the grammar", [] {
    RC_ASSERT(law_command_agrees_with_grammar(octets(*joined(piece()))));
    RC_ASSERT(law_command_agrees_with_grammar(octets(*near_command())));
  });
  held &= rc::check("errors stick or pass", [] {
    RC_ASSERT(law_command_errors_stick_or_pass(octets(*joined(piece()))));
  });
  held &= rc::check("a mailbox is read back", [] {
    RC_ASSERT(law_mailbox_write_then_read_is_identity(*joined(piece())));
    const auto local =
        *rc::gen::container<std::string>(rc::gen::inRange(' ', '\x7f'));
    std::string quoted = "\"";
    for (const char c : local) (quoted += '\\') += c;
    RC_ASSERT(law_mailbox_write_then_read_is_identity(quoted + "\"@a.example"));
  });
  held &= rc::check("parameters agree with the grammar", [] {
    RC_ASSERT(law_parameter_agrees_with_grammar(*joined(piece())));
  });
  held &= rc::check("SASL lines agree with the grammar", [] {
    RC_ASSERT(law_sasl_line_agrees_with_grammar(*joined(piece())));
    const auto octets = *rc::gen::arbitrary<std::vector<Octet>>();
    const auto read = read_sasl_line(write_base64(octets) + "\r\n");
    RC_ASSERT(read && read->octets == octets && !read->cancelled);
  });
  return held ? 0 : 1;
}
