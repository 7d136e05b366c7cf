// The laws of the notes of mbox/spool_file.h on mutated octets. The first octet
// says whether the rest is made a slot with a right checksum, so that mutations
// get past it. Seeds: corpus/mbox_drop_note.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/check.h"
#include "base/checksum.h"
#include "mbox/drop_note_laws.h"

using namespace postkeep;
using namespace postkeep::mbox;

namespace {

constexpr unsigned mend = 2;
constexpr unsigned as_it_is = 4;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0) return 0;
  std::vector<Octet> slot(data + 1, data + size);
  if ((data[0] & as_it_is) == 0) slot.resize(drop_slot_octets);
  if ((data[0] & mend) != 0 && slot.size() == drop_slot_octets) {
    const Octets all(slot);
    const std::uint32_t checksum = crc32c(all.first(drop_slot_octets - 4));
    for (std::size_t n = 0; n < 4; ++n) {
      slot[drop_slot_octets - 4 + n] = static_cast<Octet>(checksum >> (8 * n));
    }
  }
  PK_CHECK(law_note_is_written_back(slot));
  PK_CHECK(law_changed_note_is_none(slot, size));
  return 0;
}
