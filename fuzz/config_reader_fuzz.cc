// Whatever stands in a configuration file, it is read or every mistake has a
// text; what is read is written and read again.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "config/reader.h"
#include "config/reference.h"

using namespace postkeep;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto config = config::read(text);
  if (!config) {
    PK_CHECK(!config.error().empty());
    for (const auto& mistake : config.error()) PK_CHECK(!mistake.text.empty());
    return 0;
  }
  const auto again = config::read(config::annotated_file(*config));
  PK_CHECK(again.has_value());
  PK_CHECK(config::annotated_file(*again) == config::annotated_file(*config));
  return 0;
}
