#include <rapidcheck.h>

#include "mbox/mbox_laws.h"

using namespace postkeep;
using namespace postkeep::mbox;

namespace {

// Pieces at which quoting, line ends and From_ lines turn.
rc::Gen<std::string> piece() {
  return rc::gen::elementOf(std::vector<std::string>{
      "From ",
      ">From ",
      ">>From a",
      "From a Thu Jan  1 00:00:00 1970\n",
      "From a Thu Jan  1 00:00:00 1970",
      "\n",
      "\r\n",
      "\r",
      "\n\n",
      "a",
      "> ",
      "Status: RO\n",
      "X-Status: AF\r\n",
      "X-Keywords: a b\n",
      "X-IMAP: 1\n",
      "X-Mozilla-Status: 000f\n",
      "X-Postkeep-Text: crlf 3\nStatus: O\nX-Status: \nX-Keywords:\n",
      "Subject: x\r\n\r\n",
      std::string(1, '\0'),
      "\xFF"});
}

rc::Gen<std::string> near_mbox() {
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece()),
                      [](const std::vector<std::string>& pieces) {
                        std::string all;
                        for (const std::string& one : pieces) all += one;
                        return all;
                      });
}

rc::Gen<Stored> stored() {
  return rc::gen::apply(
      [](const std::string& text, std::int64_t date, std::uint8_t flags,
         std::vector<std::string> keywords) {
        Stored one;
        one.date = date;
        one.flags = flags;
        one.keywords = std::move(keywords);
        one.text.assign(text.begin(), text.end());
        return one;
      },
      near_mbox(), rc::gen::inRange<std::int64_t>(0, from_line_seconds_max),
      rc::gen::inRange<std::uint8_t>(0, 32),
      rc::gen::container<std::vector<std::string>>(rc::gen::nonEmpty(
          rc::gen::container<std::string>(rc::gen::inRange<char>('!', '~')))));
}

}  // namespace

int main() {
  bool held = true;
  held &= rc::check("what is written is read again", [] {
    RC_ASSERT(law_write_then_read_is_identity(
        *rc::gen::container<std::vector<Stored>>(stored())));
  });
  held &= rc::check("cuts do not matter", [] {
    RC_ASSERT(law_cuts_do_not_matter(octets(*near_mbox()),
                                     *rc::gen::inRange<std::size_t>(1, 100)));
  });
  held &= rc::check("an import exported is the same again", [] {
    RC_ASSERT(law_import_then_export_is_stable(
        octets("From a Thu Jan  1 00:00:00 1970\n" + *near_mbox())));
  });
  held &= rc::check("From_ lines", [] {
    RC_ASSERT(
        law_from_line_write_then_read(*rc::gen::arbitrary<std::string>(),
                                      *rc::gen::arbitrary<std::int64_t>()));
  });
  return held ? 0 : 1;
}
