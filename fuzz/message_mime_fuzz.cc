// The laws of message/mime.h, message_id.h and received.h on mutated octets.
// Seeds: corpus/message_mime.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "message/mime_laws.h"

using namespace postkeep;
using namespace postkeep::message;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const Octets input{data, size};
  PK_CHECK(law_mime_readers_agree_with_grammar(input));
  PK_CHECK(law_parameters_are_clean(input));
  PK_CHECK(law_message_ids_agree_with_grammar(input));
  PK_CHECK(law_message_ids_are_one_word(input));
  PK_CHECK(law_received_agrees_with_grammar(input));
  return 0;
}
