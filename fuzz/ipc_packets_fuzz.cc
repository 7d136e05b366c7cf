// The laws of packets on mutated octets.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "ipc/packets_laws.h"

using namespace postkeep;
using namespace postkeep::ipc;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const Octets input{data, size};
  PK_CHECK(law_nonsense_is_bounded(input));
  PK_CHECK(law_sent_is_assembled(Kind::deliver, input));
  return 0;
}
