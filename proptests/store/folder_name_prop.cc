// The laws of store/folder_name.h on generated values.
#include <rapidcheck.h>

#include <string>

#include "store/folder_name_laws.h"

using namespace postkeep::store;

namespace {

rc::Gen<std::string> text_of(const std::string& alphabet) {
  return rc::gen::container<std::string>(rc::gen::elementOf(alphabet));
}

// Pieces at which the codec turns: levels, escapes, runs, planes of Unicode.
rc::Gen<std::string> mailbox() {
  const auto piece = rc::gen::element<std::string>(
      "/", ".", "&", "-", "a", "INBOX", "inbox", " ", "+", ",", "~", "ä", "€",
      "\xF0\x9F\x93\xAC", "\xEF\xBF\xBF", "\xC2\xA0", "\x7F", "\xC2\x80",
      "\xE2\x80\xA8", "\xED\xA0\x80", "\xC0\xAF", "\xFF", "..", "&AGE-");
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece),
                      [](const std::vector<std::string>& pieces) {
                        std::string name;
                        for (const std::string& one : pieces) name += one;
                        return name;
                      });
}

}  // namespace

int main() {
  bool held = true;
  held &= rc::check("a mailbox has one directory", [] {
    RC_ASSERT(law_mailboxes_have_one_directory(*mailbox()));
  });
  held &= rc::check("a directory is one mailbox", [] {
    RC_ASSERT(law_directories_are_one_mailbox("." + *text_of("&AEac.-,/")));
  });
  held &= rc::check("any octets", [] {
    const auto any = *rc::gen::arbitrary<std::string>();
    RC_ASSERT(law_mailboxes_have_one_directory(any));
    RC_ASSERT(law_directories_are_one_mailbox(any));
    RC_ASSERT(law_canonical_is_canonical(any));
  });
  held &= rc::check("canonical names",
                    [] { RC_ASSERT(law_canonical_is_canonical(*mailbox())); });
  return held ? 0 : 1;
}
