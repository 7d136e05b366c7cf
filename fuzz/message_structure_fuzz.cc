// The laws of message/structure.h and summary.h on mutated octets. Seeds:
// corpus/message_structure.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "message/summary_laws.h"

using namespace postkeep;
using namespace postkeep::message;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const Octets input{data, size};
  PK_CHECK(law_parts_are_a_tree(input));
  PK_CHECK(law_parts_lie_inside_each_other(input));
  PK_CHECK(law_lines_are_those_of_the_body(input));
  PK_CHECK(law_parts_are_found_by_their_numbers(input));
  PK_CHECK(law_decoded_text_is_utf8(input));
  PK_CHECK(law_codec_is_the_identity(read_summary(input)));
  return 0;
}
