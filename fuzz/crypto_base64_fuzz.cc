// The laws of crypto/base64.h on mutated octets. Seeds: corpus/crypto_base64.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "crypto/base64_laws.h"

using namespace postkeep;
using namespace postkeep::crypto;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const Octets input{data, size};
  PK_CHECK(law_reader_agrees_with_grammar(input));
  PK_CHECK(law_read_then_write_is_identity(input));
  PK_CHECK(law_write_then_read_is_identity(input));
  PK_CHECK(law_bound_is_exact(input));
  return 0;
}
