// The laws of smtp/data.h, text_check.h and hop_count.h on mutated octets.
// Seeds: corpus/smtp_data.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "smtp/data_laws.h"

using namespace postkeep;
using namespace postkeep::smtp;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const Octets input{data, size};
  PK_CHECK(law_data_cuts_do_not_matter(input));
  PK_CHECK(law_data_agrees_with_search(input));
  PK_CHECK(law_data_agrees_with_grammar(input));
  PK_CHECK(law_stuffed_text_is_read_back(text_of(input)));
  PK_CHECK(law_text_check_agrees_with_grammar(input));
  PK_CHECK(law_hop_count_agrees_with_search(input));
  return 0;
}
