// The laws of pop3/session.h on mutated scripts
// (tests/pop3/session_script.h). Seeds: corpus/pop3_session.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "pop3/session_laws.h"

using namespace postkeep;
using namespace postkeep::pop3;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const Script script = read_script({data, size});
  const Outcome outcome = run_script(script, {});
  PK_CHECK(law_the_session_is_the_model(outcome));
  PK_CHECK(law_answers_are_responses(outcome));
  PK_CHECK(law_cuts_do_not_matter(script));
  return 0;
}
