// The laws of message/modified_utf_7.h on generated names.
#include <rapidcheck.h>

#include <string>
#include <vector>

#include "message/modified_utf_7_laws.h"

using namespace postkeep;
using namespace postkeep::message;

namespace {

// UTF-8 of any length of sequence, one character after the other.
rc::Gen<std::string> utf_8() {
  const auto character = rc::gen::element<std::string>(
      "a", "&", "-", "/", ".", "~", "+", ",", "\u00e9", "\u0660", "\u53f0",
      "\u5317", "\u263a", "\ufffd", "\U0001f600", "\U0010ffff");
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(character),
                      [](const std::vector<std::string>& characters) {
                        std::string text;
                        for (const std::string& c : characters) text += c;
                        return text;
                      });
}

rc::Gen<NameLevels> levels() {
  return rc::gen::element(NameLevels::as_they_are, NameLevels::dots);
}

// A name with one octet replaced.
rc::Gen<std::string> near_name() {
  return rc::gen::apply(
      [](const std::string& text, NameLevels how, std::size_t at, char c) {
        std::string wire = write_modified_utf_7(octets(text), how) + "a";
        wire[at % wire.size()] = c;
        return wire;
      },
      utf_8(), levels(), rc::gen::arbitrary<std::size_t>(),
      rc::gen::oneOf(rc::gen::arbitrary<char>(),
                     rc::gen::element('&', '-', 'A', ',', '+', 'Q', '.')));
}

}  // namespace

int main() {
  bool held = true;
  held &= rc::check("every name comes back", [] {
    const std::string text = *utf_8();
    RC_ASSERT(
        law_modified_utf_7_is_written_in_grammar(octets(text), *levels()));
  });
  held &= rc::check("two names are not written as one", [] {
    const std::string a = *utf_8();
    const std::string b = *utf_8();
    const NameLevels how = *levels();
    RC_ASSERT((a == b) == (write_modified_utf_7(octets(a), how) ==
                           write_modified_utf_7(octets(b), how)));
  });
  held &= rc::check("near a name the laws hold", [] {
    RC_ASSERT(laws_of_modified_utf_7_hold(octets(*near_name())));
  });
  held &= rc::check("whatever the octets the laws hold", [] {
    RC_ASSERT(laws_of_modified_utf_7_hold(
        octets(*rc::gen::arbitrary<std::string>())));
  });
  return held ? 0 : 1;
}
