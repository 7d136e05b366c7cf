// The laws of auth/sasl.h and of the messages, on generated conversations.
#include <rapidcheck.h>

#include <string>
#include <vector>

#include "auth/accounts.h"
#include "auth/plain_laws.h"
#include "auth/sasl_laws.h"
#include "auth/scram_laws.h"
#include "auth/verifier_laws.h"

using namespace postkeep;
using namespace postkeep::auth;

namespace {

rc::Gen<std::string> user() {
  return rc::gen::element<std::string>("user@example.com", "alice@example.org",
                                       "nobody@example.org", "x");
}

// Messages of all mechanisms, whole or with an octet replaced.
rc::Gen<std::string> message() {
  const auto whole = rc::gen::map(
      rc::gen::tuple(
          user(), user(), rc::gen::inRange(0, 7),
          rc::gen::element<std::string>("n,,", "y,,", "p=tls-exporter,,")),
      [](const std::tuple<std::string, std::string, int, std::string>& made) {
        const auto& [one, other, kind, header] = made;
        const std::string nul(1, '\0');
        switch (kind) {
          case 0: return nul + one + nul + "password";
          case 1: return one + nul + other + nul + "password";
          case 2: return header + "n=" + one + ",r=nonce";
          case 3: return header + "n=" + one + ",r=nonce,x=extension";
          case 4: return std::string("c=biws,r=nonce,p=AAAA");
          case 5: return std::string("c=biws,r=nonce,x=y,p=");
          default: return one;
        }
      });
  const auto spoilt =
      rc::gen::map(rc::gen::tuple(whole, rc::gen::arbitrary<std::size_t>(),
                                  rc::gen::arbitrary<char>()),
                   [](const std::tuple<std::string, std::size_t, char>& made) {
                     auto [text, at, octet] = made;
                     text[at % text.size()] = octet;
                     return text;
                   });
  return rc::gen::oneOf(whole, spoilt);
}

rc::Gen<Mechanism> mechanism() {
  return rc::gen::element(Mechanism::plain, Mechanism::login,
                          Mechanism::scram_sha_256,
                          Mechanism::scram_sha_256_plus);
}

}  // namespace

int main() {
  bool held = true;
  held &= rc::check("messages agree with their grammars", [] {
    const std::string text = *message();
    RC_ASSERT(law_plain_agrees_with_grammar(octets(text)));
    RC_ASSERT(law_plain_loses_nothing(octets(text)));
    RC_ASSERT(law_plain_parts_are_prepared(octets(text)));
    RC_ASSERT(law_client_first_agrees_with_grammar(octets(text)));
    RC_ASSERT(law_client_first_loses_nothing(octets(text)));
    RC_ASSERT(law_client_final_agrees_with_grammar(octets(text)));
    RC_ASSERT(law_client_final_loses_nothing(octets(text)));
  });
  held &= rc::check("nobody gets in, and who exists stays unknown", [] {
    static const auto table = some_table();
    const Mechanism chosen = *mechanism();
    const Binding binding =
        *rc::gen::arbitrary<bool>() ? Binding{{1}, {2}} : Binding{};
    const auto messages =
        *rc::gen::container<std::vector<std::string>>(message());
    RC_ASSERT(law_nobody_gets_in(chosen, binding, table, messages));
    RC_ASSERT(law_existence_stays_unknown(chosen, binding, table, messages));
  });
  held &= rc::check("verifiers are read as they are written", [] {
    const auto salt = *rc::gen::nonEmpty(
        rc::gen::container<std::vector<Octet>>(rc::gen::arbitrary<Octet>()));
    RC_ASSERT(law_scram_record_is_read_again(verifier_of(
        octets("p"), salt, *rc::gen::inRange<std::uint32_t>(1, 9))));
  });
  held &= rc::check("password records are read as they are written", [] {
    std::string text = cheap_record("p");
    const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
    text[at] = *rc::gen::oneOf(rc::gen::arbitrary<char>(),
                               rc::gen::element('$', '=', ',', '0', 'A'));
    RC_ASSERT(law_password_record_agrees_with_grammar(text));
    RC_ASSERT(law_password_record_is_written_again(text));
    RC_ASSERT(law_scram_record_agrees_with_grammar(octets(text)));
  });
  return held ? 0 : 1;
}
