// The laws of message/modified_utf_7.h on mutated octets. Seeds:
// corpus/message_modified_utf_7.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "message/modified_utf_7_laws.h"

using namespace postkeep;
using namespace postkeep::message;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  PK_CHECK(laws_of_modified_utf_7_hold({data, size}));
  return 0;
}
