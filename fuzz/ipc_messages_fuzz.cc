// The laws of messages on mutated octets; the first octet names the message.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "ipc/message_laws.h"

using namespace postkeep;
using namespace postkeep::ipc;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0) return 0;
  const Octets input{data + 1, size - 1};
  PK_CHECK(with_message(data[0] % messages_count, [&](auto type) {
    return law_read_then_write_is_identity<typename decltype(type)::type>(
        input);
  }));
  return 0;
}
