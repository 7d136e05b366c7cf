// The laws of store/rename_record.h on mutated octets, also behind a checksum
// that is right. Seeds: corpus/store_rename_record.
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/check.h"
#include "base/checksum.h"
#include "store/rename_record_laws.h"

using namespace postkeep;
using namespace postkeep::store;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const Octets input(data, size);
  PK_CHECK(law_renames_are_written_back(input));
  std::vector<Octet> whole(input.begin(), input.end());
  const std::uint32_t checksum = crc32c(whole);
  for (int shift = 0; shift < 32; shift += 8) {
    whole.push_back(static_cast<Octet>(checksum >> shift));
  }
  PK_CHECK(law_renames_are_written_back(whole));
  if (const auto renames = read_rename_record(whole)) {
    PK_CHECK(law_renames_are_read_back(*renames));
  }
  return 0;
}
