// The laws of smtp/trace.h on generated values.
#include <rapidcheck.h>

#include <string>

#include "smtp/trace_laws.h"

using namespace postkeep;
using namespace postkeep::smtp;

int main() {
  bool held = true;
  held &= rc::check("one Received field, whatever the client's name", [] {
    Envelope envelope;
    envelope.client =
        *rc::gen::oneOf(rc::gen::arbitrary<std::string>(),
                        rc::gen::element<std::string>(
                            "a.example", "MY_PC", "x.", "[1.2.3.4]", "",
                            "\xC3\xB6", "-", "[x]", "a)\r\nB: c"));
    envelope.peer.address =
        *rc::gen::element<std::string>("", "192.0.2.1", "IPv6:2001:db8::1");
    envelope.extended = *rc::gen::arbitrary<bool>();
    envelope.parameters.smtputf8 = *rc::gen::arbitrary<bool>();
    envelope.login = *rc::gen::arbitrary<std::string>();
    if (*rc::gen::arbitrary<bool>()) {
      envelope.tls = TlsFacts{*rc::gen::arbitrary<std::string>(),
                              *rc::gen::arbitrary<std::string>(), 256};
    }
    const auto recipients = *rc::gen::inRange(0, 3);
    for (int i = 0; i < recipients; ++i) {
      envelope.recipients.push_back(
          {read_mailbox("\"a b\"@example.org").value_or(Mailbox::postmaster()),
           {},
           {}});
    }
    const WallTime when{std::chrono::seconds{*rc::gen::arbitrary<int>()}};
    RC_ASSERT(law_received_is_one_field(
        envelope, "mx.example.org", *rc::gen::arbitrary<std::string>(), when));
  });
  held &= rc::check("one Return-Path field, whatever the path", [] {
    RC_ASSERT(law_return_path_is_one_field(*rc::gen::arbitrary<std::string>()));
  });
  return held ? 0 : 1;
}
