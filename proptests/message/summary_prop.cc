// The laws of structure.h and summary.h on generated values.
#include <rapidcheck.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "message/summary_laws.h"

using namespace postkeep;
using namespace postkeep::message;

namespace {

// Lines that make MIME messages, in any order.
rc::Gen<std::string> message_text() {
  const auto line = rc::gen::element<std::string>(
      "Content-Type: multipart/mixed; boundary=a\r\n",
      "Content-Type: multipart/digest; boundary=b\n",
      "Content-Type: multipart/mixed; boundary=\"a b\"\r\n",
      "Content-Type: message/rfc822\r\n", "Content-Type: text/html\r\n",
      "Content-Transfer-Encoding: base64\r\n", "From: x <a@b.test>\r\n",
      "To: G: c@d.test;\r\n", "Subject: s\r\n t\r\n", "\r\n", "\r\n", "\n",
      "--a\r\n", "--a \r\n", "--a--\r\n", "--b\n", "--b--\n", "--a b\r\n",
      "text\r\n", "\r", "w6k=\r\n");
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(line),
                      [](const std::vector<std::string>& lines) {
                        std::string text;
                        for (const std::string& one : lines) text += one;
                        return text;
                      });
}

}  // namespace

int main() {
  bool held = true;
  held &= rc::check("parts are a tree, inside each other", [] {
    const std::string text = *message_text();
    RC_ASSERT(law_parts_are_a_tree(octets(text)));
    RC_ASSERT(law_parts_lie_inside_each_other(octets(text)));
  });
  held &= rc::check("lines are those of the body", [] {
    RC_ASSERT(law_lines_are_those_of_the_body(octets(*message_text())));
  });
  held &= rc::check("parts are found by their numbers", [] {
    const std::string text = *message_text();
    RC_ASSERT(law_parts_are_found_by_their_numbers(octets(text)));
    RC_ASSERT(law_decoded_text_is_utf8(octets(text)));
  });
  held &= rc::check("the codec is the identity", [] {
    const std::string text = *message_text();
    RC_ASSERT(law_codec_is_the_identity(read_summary(octets(text))));
  });
  held &= rc::check("the codec has one form", [] {
    const std::string text = *message_text();
    std::string written = write_octets(read_summary(octets(text)));
    written[*rc::gen::inRange<std::size_t>(0, written.size())] =
        *rc::gen::arbitrary<char>();
    RC_ASSERT(law_codec_has_one_form(octets(written)));
  });
  return held ? 0 : 1;
}
