#include <rapidcheck.h>

#include "imap/mailbox_name_laws.h"

using namespace postkeep;
using namespace postkeep::imap;

namespace {

// UTF-8 of any length of sequence, one character after the other.
rc::Gen<std::string> utf_8() {
  const auto character = rc::gen::element<std::string>(
      "a", "&", "-", "/", "~", "+", ",", "\u00e9", "\u0660", "\u53f0", "\u5317",
      "\u263a", "\ufffd", "\U0001f600", "\U0010ffff");
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(character),
                      [](const std::vector<std::string>& characters) {
                        std::string text;
                        for (const std::string& c : characters) text += c;
                        return text;
                      });
}

// A name in modified UTF-7 with one octet replaced.
rc::Gen<std::string> near_name() {
  return rc::gen::apply(
      [](const std::string& text, std::size_t at, char c) {
        std::string wire =
            write_mailbox_name(text, MailboxNameForm::modified_utf_7) + "a";
        wire[at % wire.size()] = c;
        return wire;
      },
      utf_8(), rc::gen::arbitrary<std::size_t>(),
      rc::gen::oneOf(rc::gen::arbitrary<char>(),
                     rc::gen::element('&', '-', 'A', ',', '+', 'Q')));
}

}  // namespace

int main() {
  bool held = true;
  held &= rc::check("every name comes back", [] {
    RC_ASSERT(law_name_write_then_read_is_identity(*utf_8()));
  });
  held &= rc::check("two names are not written as one", [] {
    const std::string a = *utf_8();
    const std::string b = *utf_8();
    const auto form = MailboxNameForm::modified_utf_7;
    RC_ASSERT((a == b) ==
              (write_mailbox_name(a, form) == write_mailbox_name(b, form)));
  });
  held &= rc::check("the reader agrees with the grammar, and has one form", [] {
    const std::string wire = *near_name();
    RC_ASSERT(law_name_reader_agrees_with_grammar(octets(wire)));
    RC_ASSERT(law_name_read_then_write_is_identity(
        octets(wire), MailboxNameForm::modified_utf_7));
    RC_ASSERT(
        law_names_with_dots_come_back(octets(wire), MailboxNameForm::utf_8));
    RC_ASSERT(law_name_read_then_write_is_identity(octets(wire),
                                                   MailboxNameForm::utf_8));
  });
  held &= rc::check("whatever is written is in the grammar", [] {
    const auto any = *rc::gen::arbitrary<std::string>();
    RC_ASSERT(law_written_name_is_in_the_grammar(octets(any)));
  });
  return held ? 0 : 1;
}
