// The laws of imap/session.h on mutated scripts (tests/imap/session_script.h).
// Seeds: corpus/imap_session.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "imap/session_laws.h"

using namespace postkeep;
using namespace postkeep::imap;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const Script script = read_script({data, size});
  const Outcome outcome = run_script(script, {});
  PK_CHECK(law_answers_are_responses(outcome));
  PK_CHECK(law_numbers_make_sense(outcome));
  PK_CHECK(law_each_command_is_answered_once(outcome));
  PK_CHECK(law_stores_are_flushed_first(outcome));
  PK_CHECK(law_cuts_do_not_matter(script));
  return 0;
}
