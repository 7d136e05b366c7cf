// The laws of pop3/message_writer.h on mutated messages. Seeds:
// corpus/pop3_message_writer.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "pop3/message_writer_laws.h"

using namespace postkeep;
using namespace postkeep::pop3;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  PK_CHECK(writer_laws_hold({data, size}));
  return 0;
}
