// The laws of submission/mending.h on mutated octets. Seeds:
// corpus/submission_mending.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "submission/mending_laws.h"

using namespace postkeep;
using namespace postkeep::submission;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const Octets input{data, size};
  PK_CHECK(law_pieces_do_not_matter(input, 5));
  PK_CHECK(law_mending_twice_is_mending_once(input));
  PK_CHECK(law_the_rest_stays_as_it_is(input));
  PK_CHECK(law_what_goes_on_is_whole(input));
  return 0;
}
