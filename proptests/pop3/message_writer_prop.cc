// Generated texts: the laws of pop3/message_writer_laws.h.
#include <rapidcheck.h>

#include "pop3/message_writer_laws.h"

using namespace postkeep;
using namespace postkeep::pop3;

int main() {
  const bool held = rc::check("a message is written as RFC 1939 says", [] {
    const auto pieces = *rc::gen::container<std::vector<std::string>>(
        rc::gen::weightedElement<std::string>({{4, "\r\n"},
                                               {2, "\n"},
                                               {1, "\r"},
                                               {3, "."},
                                               {2, "text"},
                                               {1, "\xC3\xBC"},
                                               {1, std::string(1, '\0')}}));
    std::string text;
    for (const std::string& piece : pieces) text += piece;
    RC_ASSERT(writer_laws_hold(octets(text)));
  });
  return held ? 0 : 1;
}
