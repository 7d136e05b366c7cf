// The laws of pop3/login_session.h on mutated scripts
// (tests/imap/login_script.h). Seeds: corpus/pop3_login_session.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "pop3/login_session_laws.h"

using namespace postkeep;
using namespace postkeep::pop3;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const imap::LoginScript script = imap::read_login_script({data, size});
  PK_CHECK(login_laws_hold(script, false));
  PK_CHECK(login_laws_hold(script, true));
  return 0;
}
