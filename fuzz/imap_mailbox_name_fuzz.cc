// The laws of imap/mailbox_name.h on mutated octets. Seeds:
// corpus/imap_mailbox_name.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "imap/mailbox_name_laws.h"

using namespace postkeep;
using namespace postkeep::imap;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const Octets input{data, size};
  PK_CHECK(law_name_reader_agrees_with_grammar(input));
  PK_CHECK(law_name_read_then_write_is_identity(
      input, MailboxNameForm::modified_utf_7));
  PK_CHECK(law_name_read_then_write_is_identity(input, MailboxNameForm::utf_8));
  PK_CHECK(law_names_with_dots_come_back(input, MailboxNameForm::utf_8));
  PK_CHECK(
      law_names_with_dots_come_back(input, MailboxNameForm::modified_utf_7));
  PK_CHECK(law_name_write_then_read_is_identity(
      std::string(reinterpret_cast<const char*>(data), size)));
  PK_CHECK(law_written_name_is_in_the_grammar(input));
  return 0;
}
