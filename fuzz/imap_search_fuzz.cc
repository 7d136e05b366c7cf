// The laws of search programs on mutated octets; NUL stands for a literal.
// Seeds: corpus/imap_search.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "imap/search_laws.h"

using namespace postkeep;
using namespace postkeep::imap;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view program{reinterpret_cast<const char*>(data), size};
  PK_CHECK(law_search_takes_what_is_nested_twice(program));
  const auto keys = read_search_program(program);
  if (keys) PK_CHECK(law_search_tree_is_well_formed(*keys));
  return 0;
}
