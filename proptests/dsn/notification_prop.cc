#include <rapidcheck.h>

#include <array>

#include "dsn/notification_laws.h"

using namespace postkeep;
using namespace postkeep::dsn;

namespace {

// Any octets, and those that could end a line or a field oftener.
rc::Gen<std::string> hostile(std::size_t octets_max) {
  return rc::gen::mapcat(
      rc::gen::inRange<std::size_t>(0, octets_max + 1), [](std::size_t count) {
        return rc::gen::container<std::string>(
            count, rc::gen::oneOf(
                       rc::gen::arbitrary<char>(),
                       rc::gen::elementOf(std::string("\r\n\0 ;:<>@.\x7f", 11)),
                       rc::gen::inRange('a', 'z')));
      });
}

rc::Gen<RecipientStatus> recipient(Action action) {
  return rc::gen::build<RecipientStatus>(
      rc::gen::set(&RecipientStatus::final_recipient, hostile(80)),
      rc::gen::set(
          &RecipientStatus::original_recipient,
          rc::gen::oneOf(hostile(60), rc::gen::map(hostile(40),
                                                   [](const std::string& text) {
                                                     return "rfc822;" + text;
                                                   }))),
      rc::gen::set(&RecipientStatus::action, rc::gen::just(action)),
      rc::gen::set(
          &RecipientStatus::status,
          rc::gen::oneOf(hostile(6), rc::gen::just(std::string("5.1.1")))),
      rc::gen::set(&RecipientStatus::remote_host, hostile(30)),
      rc::gen::set(&RecipientStatus::diagnostic, hostile(300)));
}

rc::Gen<Notice> notice() {
  return rc::gen::mapcat(
      rc::gen::element(Action::failed, Action::delayed, Action::delivered,
                       Action::relayed),
      [](Action action) {
        return rc::gen::build<Notice>(
            rc::gen::set(&Notice::host, hostile(20)),
            rc::gen::set(&Notice::queue_id,
                         rc::gen::just(std::string("0123456789abc"))),
            rc::gen::set(&Notice::sender,
                         rc::gen::map(hostile(40),
                                      [](const std::string& text) {
                                        return "a" + text;
                                      })),
            rc::gen::set(&Notice::envelope_id, hostile(40)),
            rc::gen::set(&Notice::arrival, rc::gen::arbitrary<std::int32_t>()),
            rc::gen::set(&Notice::now, rc::gen::arbitrary<std::int32_t>()),
            rc::gen::set(&Notice::returned,
                         rc::gen::element(Returned::unsaid, Returned::full,
                                          Returned::headers)),
            rc::gen::set(&Notice::smtputf8, rc::gen::arbitrary<bool>()),
            rc::gen::set(&Notice::binary, rc::gen::arbitrary<bool>()),
            rc::gen::set(&Notice::recipients,
                         rc::gen::nonEmpty(
                             rc::gen::container<std::vector<RecipientStatus>>(
                                 recipient(action)))));
      });
}

}  // namespace

int main() {
  bool held = true;
  held &= rc::check("the part for programs is in the grammar", [] {
    const Notice one = *notice();
    RC_ASSERT(law_status_is_in_the_grammar(one));
    RC_ASSERT(law_each_recipient_has_its_fields(one));
  });
  held &= rc::check("there are three parts, and every line is ours", [] {
    const Notice one = *notice();
    const std::string original = *hostile(400);
    const std::array pieces{octets(std::string_view("Received: x\r\n")),
                            octets(std::string_view(original))};
    RC_ASSERT(law_notification_has_three_parts(one, pieces));
    RC_ASSERT(law_eight_bits_are_marked(one, pieces));
  });
  return held ? 0 : 1;
}
