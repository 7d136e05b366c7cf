// The laws of smtp/server_session.h where chunks begin: a transaction is open,
// what follows is mutated. Seeds: corpus/smtp_bdat.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "smtp/server_session_laws.h"

using namespace postkeep;
using namespace postkeep::smtp;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  // "EHLO" is alone in its group, so only single octets may be fed.
  const std::string stream = "EHLO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n" +
                             std::string(data, data + size);
  const SessionRun run =
      run_session(octets(stream), 1, law_options(Service::mx));
  PK_CHECK(law_offers_are_sound(run));
  PK_CHECK(law_all_that_is_sent_is_replies(run));
  return 0;
}
