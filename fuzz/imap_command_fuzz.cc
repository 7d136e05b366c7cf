// The laws of imap/command.h on mutated octets: lines as the framer cuts them.
// Seeds: corpus/imap_command.
#include <cstddef>
#include <cstdint>
#include <variant>

#include "base/check.h"
#include "imap/command_laws.h"
#include "imap/framer.h"

using namespace postkeep;
using namespace postkeep::imap;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  Framer framer(limits_after_login(1 << 20));
  Octets input{data, size};
  while (true) {
    const auto event = framer.read(input);
    if (!event || !*event) return 0;
    if (const auto* const frame = std::get_if<Frame>(&**event)) {
      PK_CHECK(law_command_reader_agrees_with_grammar(*frame));
      PK_CHECK(law_command_reader_is_the_whole_grammar(*frame));
      PK_CHECK(law_tag_is_what_was_sent(*frame));
      PK_CHECK(law_command_read_then_write_is_identity(*frame));
      if (frame->text.size() < 64)
        PK_CHECK(law_beginnings_can_become_commands(*frame));
    }
  }
}
