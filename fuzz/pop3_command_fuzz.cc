// The laws of pop3/line.h and pop3/command.h on mutated octets. Seeds:
// corpus/pop3_command.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "pop3/command_laws.h"

using namespace postkeep;
using namespace postkeep::pop3;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const Octets input{data, size};
  PK_CHECK(law_line_cuts_do_not_matter(input));
  PK_CHECK(law_line_agrees_with_grammar(input));
  PK_CHECK(law_line_errors_stick_or_pass(input));
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string_view line = text.substr(0, text.find("\r\n"));
  PK_CHECK(law_command_agrees_with_grammar(line));
  if (const auto command = read_command(line)) {
    PK_CHECK(law_command_write_then_read_is_identity(*command));
  }
  return 0;
}
