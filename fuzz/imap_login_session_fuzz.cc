// The laws of imap/login_session.h on mutated scripts
// (tests/imap/login_script.h). Seeds: corpus/imap_login_session.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "imap/login_session_laws.h"

using namespace postkeep;
using namespace postkeep::imap;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const LoginScript script = read_login_script({data, size});
  for (const bool tls : {false, true}) {
    login::Configuration configuration;
    configuration.tls = tls;
    const LoginOutcome outcome =
        run_login_script(configuration, script, std::size_t{1} << 20);
    PK_CHECK(law_one_question_at_a_time(outcome));
    PK_CHECK(law_the_end_is_the_end(outcome));
    PK_CHECK(law_tls_before_passwords(outcome, tls));
    PK_CHECK(law_login_answers_are_responses(outcome));
    PK_CHECK(law_login_cuts_do_not_matter(configuration, script));
  }
  return 0;
}
