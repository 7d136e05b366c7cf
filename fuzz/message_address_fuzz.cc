// The laws of message/address.h on mutated octets. Seeds:
// corpus/message_address.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "message/address_laws.h"

using namespace postkeep;
using namespace postkeep::message;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const Octets input{data, size};
  PK_CHECK(law_address_reader_agrees_with_grammar(input));
  PK_CHECK(law_cutter_agrees_with_grammar(input));
  PK_CHECK(law_addresses_are_clean(input));
  PK_CHECK(law_recovery_keeps_what_is_read(input));
  for (const Address& address : recover_address_list(as_text(input))) {
    if (address.kind != AddressKind::mailbox) continue;
    PK_CHECK(law_written_mailbox_is_one_mailbox(address));
  }
  return 0;
}
