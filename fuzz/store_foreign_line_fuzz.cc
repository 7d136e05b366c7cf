// The laws of store/foreign_line.h on mutated octets: one input is a line of
// each of the files. Seeds: corpus/store_foreign_line.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "store/foreign_line_laws.h"

using namespace postkeep;
using namespace postkeep::store;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  PK_CHECK(laws_of_foreign_lines_hold(line));
  PK_CHECK(law_foreign_line_reader_starts_anew(line, line.substr(size / 2)));
  return 0;
}
