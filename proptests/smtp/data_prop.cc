// The laws of smtp/data.h, text_check.h and hop_count.h on generated values.
#include <rapidcheck.h>

#include <string>
#include <vector>

#include "smtp/data_laws.h"

using namespace postkeep;
using namespace postkeep::smtp;

namespace {

rc::Gen<std::string> octet_stream() {
  return rc::gen::map(
      rc::gen::container<std::vector<std::string>>(
          rc::gen::elementOf(std::vector<std::string>{
              "\r\n", "\r\n", "\r", "\n", ".", ".", "\r\n.\r\n", "text", "a",
              "Received: x", "received :", ":", " ", std::string(1, '\0'),
              std::string(100, 'b'), "\xFF"})),
      [](const std::vector<std::string>& parts) {
        std::string all;
        for (const std::string& each : parts) all += each;
        return all;
      });
}

}  // namespace

int main() {
  bool held = true;
  held &= rc::check("cuts do not matter", [] {
    RC_ASSERT(law_data_cuts_do_not_matter(octets(*octet_stream())));
  });
  held &= rc::check("data agrees with a search", [] {
    RC_ASSERT(law_data_agrees_with_search(octets(*octet_stream())));
  });
  held &= rc::check("data agrees with the grammar", [] {
    RC_ASSERT(law_data_agrees_with_grammar(octets(*octet_stream())));
  });
  held &= rc::check("stuffed text is read back", [] {
    RC_ASSERT(law_stuffed_text_is_read_back(*octet_stream()));
  });
  held &= rc::check("the text check agrees with the grammar", [] {
    RC_ASSERT(law_text_check_agrees_with_grammar(octets(*octet_stream())));
  });
  held &= rc::check("hops are counted as a search counts them", [] {
    RC_ASSERT(law_hop_count_agrees_with_search(octets(*octet_stream())));
  });
  return held ? 0 : 1;
}
