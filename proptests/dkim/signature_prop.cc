// The laws of signatures and bodies on generated messages.
#include <rapidcheck.h>

#include <string>
#include <vector>

#include "dkim/signature_laws.h"

using namespace postkeep;
using namespace postkeep::dkim;

namespace {

using Texts = std::vector<std::string>;

rc::Gen<std::string> joined(const rc::Gen<std::string>& one) {
  return rc::gen::map(rc::gen::container<Texts>(one), [](const Texts& texts) {
    std::string text;
    for (const std::string& each : texts) text += each;
    return text;
  });
}

rc::Gen<std::string> body() {
  return joined(rc::gen::elementOf(Texts{"\r\n", "\r\n", " ", "\t", "a", "b c",
                                         "\r", "\n", "\r\n\r\n", "\xff", ""}));
}

rc::Gen<std::string> value() {
  return joined(rc::gen::elementOf(
      Texts{" ", "\t", "\r\n ", "\r\n\t", "a", "word", "=?x?=", ":", ";"}));
}

rc::Gen<std::string> field() {
  return rc::gen::apply(
      [](const std::string& name, const std::string& text) {
        return name + text + "\r\n";
      },
      rc::gen::elementOf(
          Texts{"Subject:", "subject :", "From:", "TO:", "X-A:", "Received:",
                "Reply-To\t:", "Content-Type:", "References:"}),
      value());
}

rc::Gen<std::string> signed_message() {
  return rc::gen::apply(
      [](const std::string& fields, const std::string& text) {
        return "From: ann@example.org\r\n" + fields + "\r\n" + text;
      },
      joined(field()), body());
}

rc::Gen<Form> form() { return rc::gen::element(Form::simple, Form::relaxed); }

SigningForms forms() { return {.header = *form(), .body = *form()}; }

SigningKey key() {
  return {.algorithm = *rc::gen::element(Algorithm::rsa_sha256,
                                         Algorithm::ed25519_sha256),
          .domain = *rc::gen::elementOf(Texts{"example.org", "a.b-c.example",
                                              "x", "-a.b", "a..b", "a.b\r\n",
                                              std::string(64, 'a') + ".b"}),
          .selector = *rc::gen::elementOf(
              Texts{"s", "2026-11.mail", "", "a;b", "S1", "s_1"})};
}

}  // namespace

int main() {
  bool held = true;
  held &= rc::check("bodies are as the RFC says, cut anywhere", [] {
    const std::string text = *body();
    RC_ASSERT(law_body_is_as_the_rfc_says(
        octets(text), *rc::gen::inRange<std::size_t>(1, 9)));
    RC_ASSERT(law_canonical_is_for_good(octets(text)));
  });
  held &= rc::check("a signature is one field of the grammar", [] {
    const auto octets_signed =
        *rc::gen::nonEmpty(rc::gen::arbitrary<std::vector<Octet>>());
    RC_ASSERT(law_signature_is_one_field(key(), forms(), *signed_message(),
                                         octets_signed));
  });
  held &= rc::check("a field that is added is seen", [] {
    const SigningKey fixed{.domain = "example.org", .selector = "s"};
    RC_ASSERT(law_second_from_is_seen(fixed, forms(), *signed_message()));
  });
  held &= rc::check("relaxed fields are relaxed for good", [] {
    RC_ASSERT(law_relaxed_fields_are_for_good(*field()));
  });
  held &= rc::check("a key's record is in the grammar", [] {
    const auto public_key =
        *rc::gen::nonEmpty(rc::gen::arbitrary<std::vector<Octet>>());
    RC_ASSERT(law_key_record_is_in_the_grammar(
        *rc::gen::element(Algorithm::rsa_sha256, Algorithm::ed25519_sha256),
        public_key));
  });
  return held ? 0 : 1;
}
