// The laws of spool/entry.h and spool/record.h on mutated octets. The first
// octet says what the rest is. Seeds: corpus/spool_record.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "spool/record_laws.h"

using namespace postkeep;
using namespace postkeep::spool;

namespace {

constexpr Key key{1, 2, 3};

// The octets as a header with the right hash at its end, so that what is
// behind the hash is reached.
template <std::size_t count>
std::array<Octet, count> with_hash(Octets input, const Key& under) {
  std::array<Octet, count> octets{};
  std::copy_n(input.begin(), std::min(input.size(), count - 8), octets.begin());
  const Octets hashed = Octets{octets}.first(count - 8);
  const std::uint64_t hash = sip_hash(under, {&hashed, 1});
  for (std::size_t i = 0; i < 8; ++i) {
    octets[count - 8 + i] = static_cast<Octet>(hash >> (8 * i));
  }
  return octets;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0) return 0;
  const Octets input{data + 1, size - 1};
  switch (data[0] % 4) {
    case 0: PK_CHECK(law_entry_has_one_form(input)); break;
    case 1:
      PK_CHECK(law_segment_header_has_one_form(input));
      PK_CHECK(law_segment_header_has_one_form(
          with_hash<segment_header_octets>(input, Key{})));
      break;
    case 2:
      PK_CHECK(law_record_header_has_one_form(input, key));
      PK_CHECK(law_record_header_has_one_form(
          with_hash<record_header_octets>(input, key), key));
      PK_CHECK(law_hash_ignores_cuts(key, input, size / 3));
      break;
    default:
      PK_CHECK(law_outcome_has_one_form(input));
      PK_CHECK(law_message_payload_is_its_parts(input));
      break;
  }
  return 0;
}
