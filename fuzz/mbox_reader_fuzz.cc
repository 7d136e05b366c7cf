// The laws of the room mbox on mutated octets. Seeds: corpus/mbox_reader.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "mbox/mbox_laws.h"

using namespace postkeep;
using namespace postkeep::mbox;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const Octets input{data, size};
  PK_CHECK(law_from_line_agrees_with_grammar(input));
  PK_CHECK(law_status_field_agrees_with_grammar(input));
  PK_CHECK(law_cuts_do_not_matter(input, 100));
  PK_CHECK(law_import_then_export_is_stable(input));
  return 0;
}
