// The laws of smtp/server_session.h on mutated octets; the first one chooses
// the service. Seeds: corpus/smtp_server_session.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "smtp/server_session_laws.h"

using namespace postkeep;
using namespace postkeep::smtp;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0) return 0;
  const auto service = static_cast<Service>(data[0] % 4);
  const Octets input{data + 1, size - 1};
  const SessionRuns runs = run_both(input, service);
  PK_CHECK(law_all_that_is_sent_is_replies(runs.whole));
  PK_CHECK(law_offers_are_sound(runs.whole));
  PK_CHECK(law_offers_are_sound(runs.cut));
  PK_CHECK(law_session_cuts_do_not_matter(runs));
  return 0;
}
