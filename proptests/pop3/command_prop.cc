// Generated lines and commands: the laws of pop3/command_laws.h.
#include <rapidcheck.h>

#include "pop3/command_laws.h"

using namespace postkeep;
using namespace postkeep::pop3;

namespace {

rc::Gen<std::string> words() {
  return rc::gen::weightedElement<std::string>({
      {1, "STAT"},
      {1, "list"},
      {1, "LIST "},
      {1, "RETR "},
      {1, "DELE "},
      {1, "TOP "},
      {1, "UIDL "},
      {1, "USER "},
      {1, "PASS "},
      {1, "AUTH "},
      {1, "PLAIN"},
      {1, "CAPA"},
      {1, "STLS"},
      {1, "UTF8"},
      {1, "LANG "},
      {1, "QUIT"},
      {1, "NOOP"},
      {1, "RSET"},
      {3, " "},
      {2, "1"},
      {2, "23"},
      {1, "-1"},
      {1, "4294967296"},
      {1, "="},
      {1, "AAAA"},
      {1, "*"},
      {1, "en-GB"},
      {1, "\xC3\xBC"},
      {1, "\xC3"},
      {3, "\r\n"},
      {1, "\r"},
      {1, "\n"},
      {1, std::string(1, '\0')},
      {1, std::string(600, 'x')},
  });
}

rc::Gen<std::string> said() {
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(words()),
                      [](const std::vector<std::string>& parts) {
                        std::string all;
                        for (const std::string& part : parts) all += part;
                        return all;
                      });
}

}  // namespace

int main() {
  bool held = true;
  held &= rc::check("lines: cuts, grammar, errors", [] {
    const std::string octets_said = *said();
    RC_ASSERT(law_line_cuts_do_not_matter(octets(octets_said)));
    RC_ASSERT(law_line_agrees_with_grammar(octets(octets_said)));
    RC_ASSERT(law_line_errors_stick_or_pass(octets(octets_said)));
  });
  held &= rc::check("commands: the grammar's, and read as written", [] {
    const std::string octets_said = *said();
    const std::string line = octets_said.substr(0, octets_said.find("\r\n"));
    RC_ASSERT(law_command_agrees_with_grammar(line));
    if (const auto command = read_command(line)) {
      RC_ASSERT(law_command_write_then_read_is_identity(*command));
    }
  });
  return held ? 0 : 1;
}
