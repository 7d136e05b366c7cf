// The laws of imap/framer.h on mutated octets. The first octet chooses the
// limits and how often a literal is refused. Seeds: corpus/imap_framer.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "imap/framer_laws.h"

using namespace postkeep;
using namespace postkeep::imap;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0) return 0;
  const FramerLimits limits =
      (data[0] & 1) != 0 ? small_limits() : limits_after_login(1 << 16);
  const std::size_t refused = data[0] >> 1 & 3;
  const Octets input{data + 1, size - 1};
  PK_CHECK(law_framer_cuts_do_not_matter(input, limits, refused));
  PK_CHECK(law_framer_holds_within_limits(input, limits));
  PK_CHECK(law_frames_end_where_they_end(input, limits));
  PK_CHECK(law_framer_errors_stick(input, limits));
  return 0;
}
