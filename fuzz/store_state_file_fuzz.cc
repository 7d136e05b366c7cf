// The laws of store/state_file.h on mutated octets. Seeds:
// corpus/store_state_file. So that mutations get past the checksum, the last
// octet of the input says whether the checksums are made right first.
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/check.h"
#include "base/checksum.h"
#include "store/state_file_laws.h"

using namespace postkeep;
using namespace postkeep::store;

namespace {

void mend_checksum(std::span<Octet> slot) {
  if (slot.size() < 10) return;
  const std::size_t length = slot[8] | std::size_t{slot[9]} << 8;
  if (length < 14 || length > slot.size()) return;
  const std::uint32_t checksum = crc32c(Octets{slot}.first(length - 4));
  for (std::size_t n = 0; n < 4; ++n) {
    slot[length - 4 + n] = static_cast<Octet>(checksum >> (8 * n));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0 || size > 3 * state_slot_octets + 1) return 0;
  std::vector<Octet> file(data, data + size - 1);
  if (data[size - 1] % 2 == 1) {
    for (std::size_t at = 0; at < file.size(); at += state_slot_octets) {
      mend_checksum(std::span(file).subspan(
          at, std::min(state_slot_octets, file.size() - at)));
    }
  }
  PK_CHECK(law_state_is_written_back(
      Octets{file}.first(std::min(state_slot_octets, file.size()))));
  PK_CHECK(law_damage_never_counts_back(file));
  return 0;
}
