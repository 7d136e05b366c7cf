// The laws of smtp/client_session.h on mutated octets of a peer: the first two
// choose the session, and what else happens to it and when. Seeds:
// corpus/smtp_client_session.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "smtp/client_session_laws.h"

using namespace postkeep;
using namespace postkeep::smtp;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const ClientRuns runs = run_against_octets({data, size});
  PK_CHECK(runs.kept);
  PK_CHECK(law_client_cuts_do_not_matter(runs));
  return 0;
}
