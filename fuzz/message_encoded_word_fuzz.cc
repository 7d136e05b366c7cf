// The laws of message/encoded_word.h and decode.h on mutated octets. Seeds:
// corpus/message_encoded_word.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "message/text_laws.h"

using namespace postkeep;
using namespace postkeep::message;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const Octets input{data, size};
  PK_CHECK(law_encoded_word_agrees_with_grammar(input));
  PK_CHECK(law_decoded_words_are_utf8(input));
  PK_CHECK(law_encoded_words_decode_to_the_text(std::string{as_text(input)}));
  PK_CHECK(law_decoders_do_not_grow(input));
  PK_CHECK(law_base64_decodes_to_the_octets(input));
  return 0;
}
