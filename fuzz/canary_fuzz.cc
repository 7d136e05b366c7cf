// Must crash: shows that the fuzzing itself finds what it should.
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  PK_CHECK(size < 4 || std::memcmp(data, "MAIL", 4) != 0);
  return 0;
}
