// The laws of auth/scram.h on mutated octets, and whole exchanges over them:
// the client's messages stand one to a line. Seeds: corpus/auth_scram.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "auth/accounts.h"
#include "auth/sasl_laws.h"
#include "auth/scram_laws.h"
#include "auth/verifier_laws.h"
#include "base/check.h"

using namespace postkeep;
using namespace postkeep::auth;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static const auto table = some_table();
  const std::string text(data, data + size);
  std::vector<std::string> messages(1);
  for (const char c : text) {
    if (c == '\n' && messages.size() < 4) {
      messages.emplace_back();
    } else {
      messages.back() += c;
    }
  }
  for (const std::string& one : messages) {
    PK_CHECK(law_client_first_agrees_with_grammar(octets(one)));
    PK_CHECK(law_client_first_loses_nothing(octets(one)));
    PK_CHECK(law_client_final_agrees_with_grammar(octets(one)));
    PK_CHECK(law_client_final_loses_nothing(octets(one)));
    PK_CHECK(law_scram_record_agrees_with_grammar(octets(one)));
    PK_CHECK(law_password_record_agrees_with_grammar(one));
    PK_CHECK(law_password_record_is_written_again(one));
  }
  for (const Mechanism mechanism :
       {Mechanism::scram_sha_256, Mechanism::scram_sha_256_plus}) {
    const Binding binding{{1, 2, 3}, {}};
    PK_CHECK(law_nobody_gets_in(mechanism, binding, table, messages));
    PK_CHECK(law_existence_stays_unknown(mechanism, binding, table, messages));
  }
  return 0;
}
