// The laws of smtp/command.h and its parts on mutated octets. Seeds:
// corpus/smtp_command.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "smtp/command_laws.h"

using namespace postkeep;
using namespace postkeep::smtp;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const Octets input{data, size};
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  PK_CHECK(law_command_cuts_do_not_matter(input));
  PK_CHECK(law_command_agrees_with_grammar(input));
  PK_CHECK(law_command_errors_stick_or_pass(input));
  PK_CHECK(law_mailbox_write_then_read_is_identity(text));
  PK_CHECK(law_parameter_agrees_with_grammar(text));
  PK_CHECK(law_sasl_line_agrees_with_grammar(text));
  return 0;
}
