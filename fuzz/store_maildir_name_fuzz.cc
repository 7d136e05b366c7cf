// The laws of store/maildir_name.h on mutated octets. Seeds:
// corpus/store_maildir_name.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "store/maildir_name_laws.h"

using namespace postkeep;
using namespace postkeep::store;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view name(reinterpret_cast<const char*>(data), size);
  PK_CHECK(law_maildir_reader_agrees_with_grammar(name));
  PK_CHECK(law_own_names_are_found_again(name));
  PK_CHECK(law_maildir_reader_starts_anew(name, name.substr(size / 2)));
  const auto read = MaildirNameReader().read(name);
  if (read && read->own) {
    const Info info = read->info.value_or(Info{});
    PK_CHECK(law_written_maildir_names_are_read_back(*read->own, info));
    PK_CHECK(law_flags_change_only_their_letters(info, {flag_seen, 5}));
  }
  return 0;
}
