// The laws of address.h on generated values.
#include <rapidcheck.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "message/address_laws.h"

using namespace postkeep;
using namespace postkeep::message;

namespace {

rc::Gen<std::string> text_of_any_octets() {
  return rc::gen::container<std::string>(rc::gen::arbitrary<char>());
}

// Texts that can be written: no control characters, no line ends.
rc::Gen<std::string> printable(std::size_t octets_min) {
  return rc::gen::suchThat(
      rc::gen::container<std::string>(rc::gen::inRange<char>(' ', '~')),
      [=](const std::string& text) {
        return text.size() >= octets_min && !text.starts_with(' ') &&
               !text.ends_with(' ');
      });
}

rc::Gen<std::string> domain() {
  return rc::gen::element<std::string>("a.test", "x-y.example", "[192.0.2.1]",
                                       "[IPv6:::1]", "\xC3\xB6.test");
}

rc::Gen<Address> mailbox(const rc::Gen<std::string>& text) {
  return rc::gen::apply(
      [](std::string name, std::string local_part, std::string domain_name) {
        return Address{AddressKind::mailbox, std::move(name), "",
                       std::move(local_part), std::move(domain_name)};
      },
      text, text, domain());
}

// Octets that look like a list, with one of them replaced, or cut off.
rc::Gen<std::string> near_list() {
  return rc::gen::apply(
      [](const std::vector<Address>& list, std::size_t at, char octet,
         bool cut) {
        std::string text = write(list) + ' ';
        at %= text.size();
        text[at] = octet;
        return cut ? text.substr(0, at) : text;
      },
      rc::gen::container<std::vector<Address>>(mailbox(printable(0))),
      rc::gen::arbitrary<std::size_t>(),
      rc::gen::elementOf(std::string{"a@<>,;:\"()[]\\ .\r\n\x80"}),
      rc::gen::arbitrary<bool>());
}

}  // namespace

int main() {
  bool held = true;
  held &= rc::check("a written mailbox is one mailbox, whatever its texts", [] {
    RC_ASSERT(
        law_written_mailbox_is_one_mailbox(*mailbox(text_of_any_octets())));
  });
  held &= rc::check("write then read is the identity", [] {
    RC_ASSERT(law_write_then_read_is_identity(
        *rc::gen::container<std::vector<Address>>(mailbox(printable(1)))));
  });
  held &= rc::check("the reader agrees with the grammar", [] {
    const std::string text = *near_list();
    RC_ASSERT(law_address_reader_agrees_with_grammar(octets(text)));
    RC_ASSERT(law_cutter_agrees_with_grammar(octets(text)));
  });
  held &= rc::check("what is read is clean", [] {
    const std::string text = *near_list();
    RC_ASSERT(law_addresses_are_clean(octets(text)));
    RC_ASSERT(law_recovery_keeps_what_is_read(octets(text)));
  });
  return held ? 0 : 1;
}
