// The laws of smtp/capability.h and smtp/enhanced_code.h on generated lines.
#include <rapidcheck.h>

#include <string>
#include <vector>

#include "smtp/capability_laws.h"

using namespace postkeep;
using namespace postkeep::smtp;

namespace {

rc::Gen<std::string> word() {
  return rc::gen::weightedOneOf<std::string>(
      {{4, rc::gen::element<std::string>(
               "SIZE", "AUTH", "8BITMIME", "PIPELINING", "LIMITS", "PLAIN",
               "RCPTMAX=5", "0", "99999999999999999999999", "DELIVERBY",
               "5.1.1", "2.0.0", "4.999.0", "5.1.1000")},
       {2, rc::gen::container<std::string>(rc::gen::inRange('!', '\x7f'))},
       {1, rc::gen::arbitrary<std::string>()}});
}

rc::Gen<std::string> line() {
  return rc::gen::map(
      rc::gen::pair(rc::gen::container<std::vector<std::string>>(word()),
                    rc::gen::inRange(1, 3)),
      [](const std::pair<std::vector<std::string>, int>& made) {
        std::string text;
        for (const std::string& each : made.first) {
          text +=
              each + std::string(static_cast<std::size_t>(made.second), ' ');
        }
        if (made.second == 1 && !text.empty()) text.pop_back();
        return text;
      });
}

}  // namespace

int main() {
  bool held = true;
  held &= rc::check("the reader of EHLO lines agrees with the grammar", [] {
    const std::string text = *line();
    RC_ASSERT(law_ehlo_reader_agrees_with_grammar(octets(text)));
    RC_ASSERT(law_ehlo_line_is_its_words(octets(text)));
  });
  held &= rc::check("unknown lines offer nothing", [] {
    Reply reply{250, {"host"}};
    for (const auto& each :
         *rc::gen::container<std::vector<std::string>>(line())) {
      reply.lines.push_back(each);
    }
    RC_ASSERT(law_unknown_lines_offer_nothing(reply));
  });
  held &= rc::check("the reader of status codes agrees with the grammar", [] {
    const std::string text = *line();
    RC_ASSERT(law_status_reader_agrees_with_grammar(octets(text)));
    RC_ASSERT(law_status_written_then_read_is_identity(octets(text)));
  });
  return held ? 0 : 1;
}
