// The laws of dkim/body.h on mutated octets. Seeds: corpus/dkim_body.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "dkim/body_laws.h"

using namespace postkeep;
using namespace postkeep::dkim;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const Octets input{data, size};
  PK_CHECK(law_body_is_as_the_rfc_says(input, 1));
  PK_CHECK(law_body_is_as_the_rfc_says(input, 5));
  PK_CHECK(law_body_is_as_the_rfc_says(input, size + 1));
  PK_CHECK(law_canonical_is_for_good(input));
  return 0;
}
