// The laws of store/foreign_line.h on lines that are nearly theirs.
#include <rapidcheck.h>

#include <array>
#include <cstddef>
#include <string>

#include "store/foreign_line_laws.h"

using namespace postkeep;
using namespace postkeep::store;

namespace {

const std::array<std::string, 13> lines{
    "3 V1795327002 N3 G3164b11e1884026b151a000083ecc375",
    "3 N25022 V1275660208",
    "1 795327025 3",
    "25006 :1276528487.M364837P9451.kurkku,S=1355,W=1394:2,",
    "25017 W2481 P1.2 :1276533073.M242911P3632.kurkku:2,F",
    "2 1795327025.M86591P6861V00I00_1.vm,S=18",
    "0 $Junk",
    "$Forwarded",
    "1795327023.M866727P6861V00I00_0.vm,S=18:1 0 25",
    ".5984424.1795327025.M86591P6861V00I00_1.vm,S=18",
    "V\t2",
    "Lists\tc++\tEntw&APw-rfe",
    "INBOX.Entw\xc3\xbcrfe"};

// One of them with octets replaced, cut off, put in, or another behind it.
rc::Gen<std::string> near_line() {
  return rc::gen::apply(
      [](std::size_t which, std::size_t other, std::size_t at, char octet,
         int how) {
        std::string text = lines.at(which);
        if (how == 0) text[at % text.size()] = octet;
        if (how == 1) text.resize(at % text.size());
        if (how == 2) text.insert(at % text.size(), 1, octet);
        if (how == 3) text.insert(at % text.size(), lines.at(other));
        if (how == 4) text.insert(at % text.size(), 1, " :.,\t0"[at % 6]);
        return text;
      },
      rc::gen::inRange<std::size_t>(0, lines.size()),
      rc::gen::inRange<std::size_t>(0, lines.size()),
      rc::gen::arbitrary<std::size_t>(), rc::gen::arbitrary<char>(),
      rc::gen::inRange(0, 6));
}

}  // namespace

int main() {
  bool held = true;
  held &= rc::check("lines near theirs", [] {
    RC_ASSERT(laws_of_foreign_lines_hold(*near_line()));
  });
  held &= rc::check("any octets", [] {
    RC_ASSERT(laws_of_foreign_lines_hold(*rc::gen::arbitrary<std::string>()));
  });
  held &= rc::check("the reader starts anew", [] {
    RC_ASSERT(law_foreign_line_reader_starts_anew(*near_line(), *near_line()));
  });
  return held ? 0 : 1;
}
