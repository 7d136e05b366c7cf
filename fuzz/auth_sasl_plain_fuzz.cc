// The laws of auth/plain.h on mutated octets, and a whole exchange over them.
// Seeds: corpus/auth_sasl_plain.
#include <cstddef>
#include <cstdint>
#include <string>

#include "auth/accounts.h"
#include "auth/plain_laws.h"
#include "auth/sasl_laws.h"
#include "base/check.h"

using namespace postkeep;
using namespace postkeep::auth;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static const auto table = some_table();
  const Octets input{data, size};
  PK_CHECK(law_plain_agrees_with_grammar(input));
  PK_CHECK(law_plain_loses_nothing(input));
  PK_CHECK(law_plain_parts_are_prepared(input));
  const std::string text(input.begin(), input.end());
  PK_CHECK(law_nobody_gets_in(Mechanism::plain, {}, table, {text}));
  PK_CHECK(law_existence_stays_unknown(Mechanism::plain, {}, table, {text}));
  PK_CHECK(law_nobody_gets_in(Mechanism::login, {}, table, {text, text}));
  PK_CHECK(
      law_existence_stays_unknown(Mechanism::login, {}, table, {text, text}));
  return 0;
}
