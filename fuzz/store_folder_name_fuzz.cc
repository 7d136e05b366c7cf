// The laws of store/folder_name.h on mutated octets. Seeds:
// corpus/store_folder_name.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "store/folder_name_laws.h"

using namespace postkeep;
using namespace postkeep::store;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view name(reinterpret_cast<const char*>(data), size);
  PK_CHECK(law_mailboxes_have_one_directory(name));
  PK_CHECK(law_directories_are_one_mailbox(name));
  PK_CHECK(law_canonical_is_canonical(name));
  return 0;
}
