// The laws of message/header.h on mutated octets. Seeds:
// corpus/message_header.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "message/header_laws.h"

using namespace postkeep;
using namespace postkeep::message;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const Octets input{data, size};
  PK_CHECK(law_header_agrees_with_grammar(input));
  PK_CHECK(law_fields_are_pieces_of_the_block(input));
  PK_CHECK(law_unfolded_is_one_line(input));
  PK_CHECK(law_written_field_is_one_field(std::string{as_text(input)}));
  return 0;
}
