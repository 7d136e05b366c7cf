// The laws of message/charset.h on mutated octets. Seeds:
// corpus/message_utf8.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "message/text_laws.h"

using namespace postkeep;
using namespace postkeep::message;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const Octets input{data, size};
  PK_CHECK(law_utf8_agrees_with_grammar(input));
  PK_CHECK(law_replaced_text_is_utf8(input));
  PK_CHECK(law_every_charset_gives_utf8(input));
  return 0;
}
