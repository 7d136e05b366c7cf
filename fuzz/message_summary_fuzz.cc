// The laws of message/summary.h's codec on mutated octets. Seeds:
// corpus/message_summary.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "message/summary_laws.h"

using namespace postkeep;
using namespace postkeep::message;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const Octets input{data, size};
  PK_CHECK(law_codec_has_one_form(input));
  return 0;
}
