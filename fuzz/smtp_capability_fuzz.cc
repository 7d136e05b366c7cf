// The laws of smtp/capability.h and smtp/enhanced_code.h on mutated octets: a
// line for each LF. Seeds: corpus/smtp_capability.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "smtp/capability_laws.h"

using namespace postkeep;
using namespace postkeep::smtp;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  std::string_view rest = line_of({data, size});
  Reply reply{250, {"host"}};
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const Octets line = octets(rest.substr(0, end));
    PK_CHECK(law_ehlo_reader_agrees_with_grammar(line));
    PK_CHECK(law_ehlo_line_is_its_words(line));
    PK_CHECK(law_status_reader_agrees_with_grammar(line));
    PK_CHECK(law_status_written_then_read_is_identity(line));
    reply.lines.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  PK_CHECK(law_unknown_lines_offer_nothing(reply));
  PK_CHECK(read_capabilities(reply).auth_mechanisms.size() <=
           auth_mechanisms_max);
  return 0;
}
