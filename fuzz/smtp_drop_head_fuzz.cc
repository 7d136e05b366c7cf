// The laws of smtp/drop_head.h on mutated octets. Seeds: corpus/smtp_drop_head.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "smtp/drop_head_laws.h"

using namespace postkeep;
using namespace postkeep::smtp;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const Octets input{data, size};
  PK_CHECK(law_drop_head_cuts_do_not_matter(input));
  PK_CHECK(law_drop_head_agrees_with_grammar(input));
  PK_CHECK(law_drop_head_faults_stick(input));
  if (const auto outcome = read_drop_head(input, size + 1); outcome.head) {
    OutgoingMail mail;
    mail.reverse_path = outcome.head->mail.reverse_path;
    mail.content.octets = outcome.head->message_octets;
    for (const Rcpt& one : outcome.head->recipients) {
      mail.recipients.push_back({one.forward_path, one.parameters});
    }
    PK_CHECK(law_drop_head_write_then_read(mail));
  }
  return 0;
}
