// The laws of imap/sequence_set.h on mutated octets. Seeds:
// corpus/imap_sequence_set.
#include <array>
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "imap/sequence_set_laws.h"

using namespace postkeep;
using namespace postkeep::imap;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const Octets input{data, size};
  PK_CHECK(law_set_reader_agrees_with_grammar(input));
  const auto set = read_sequence_set(input);
  if (!set) return 0;
  PK_CHECK(law_set_write_then_read_is_identity(*set));
  const std::array<std::uint32_t, 5> numbers{1, 2, 1'000, 4'294'967'294,
                                             4'294'967'295};
  for (const std::uint32_t largest : {0U, 1U, 1'000U, 4'294'967'295U}) {
    PK_CHECK(law_resolved_is_normal(*set, largest));
    for (const std::uint32_t number : numbers)
      PK_CHECK(law_resolved_has_the_same(*set, largest, number));
  }
  return 0;
}
