// The law of store/index.h under mutated damage. Seeds: corpus/store_index.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "store/index_laws.h"

using namespace postkeep;
using namespace postkeep::store;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  PK_CHECK(law_a_damaged_index_costs_no_mail(
      {data, std::min<std::size_t>(size, 500)}));
  return 0;
}
