// The laws of auth/account.h on generated files and questions.
#include <rapidcheck.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "auth/account_laws.h"
#include "auth/accounts.h"

using namespace postkeep;
using namespace postkeep::auth;

namespace {

// A small world, so that lines meet.
rc::Gen<std::string> address() {
  return rc::gen::map(
      rc::gen::tuple(
          rc::gen::element<std::string>("a", "B", "c", "a+x", "postmaster",
                                        "d.e"),
          rc::gen::element<std::string>("x.example", "Y.example", "z.example")),
      [](const std::tuple<std::string, std::string>& parts) {
        return std::get<0>(parts) + "@" + std::get<1>(parts);
      });
}

rc::Gen<std::string> line() {
  return rc::gen::oneOf(
      rc::gen::element<std::string>("# remark", "", "@x.example", "@y.example",
                                    "*\tseparators=+",
                                    "*\tseparators=\tpostmaster=a@x.example"),
      rc::gen::map(address(),
                   [](const std::string& one) { return one + "\tpassword=!"; }),
      rc::gen::map(address(),
                   [](const std::string& one) {
                     return one + "\tpassword=!\tmbox=" +
                            one.substr(0, one.find_first_of("+@"));
                   }),
      rc::gen::map(
          rc::gen::tuple(
              address(),
              rc::gen::nonEmpty(
                  rc::gen::container<std::vector<std::string>>(address()))),
          [](const std::tuple<std::string, std::vector<std::string>>& parts) {
            std::string text = std::get<0>(parts) + "\tto=";
            for (std::size_t i = 0; i < std::get<1>(parts).size(); ++i)
              text += (i == 0 ? "" : ",") + std::get<1>(parts)[i];
            return text;
          }));
}

rc::Gen<std::string> file() {
  return rc::gen::map(
      rc::gen::container<std::vector<std::string>>(line()),
      [](const std::vector<std::string>& lines) {
        std::string text = "@x.example\n@z.example\n";
        std::set<std::string> subjects;
        for (const std::string& one : lines) {
          // Two for one address are tried elsewhere.
          const auto end = std::min(one.find('\t'), one.size());
          if (subjects.insert(folded(one.substr(0, end))).second)
            text += one + "\n";
        }
        return text;
      });
}

// A line with one octet replaced.
rc::Gen<std::string> near_line() {
  return rc::gen::map(
      rc::gen::tuple(line(), rc::gen::arbitrary<std::size_t>(),
                     rc::gen::arbitrary<char>()),
      [](const std::tuple<std::string, std::size_t, char>& made) {
        auto [text, at, octet] = made;
        if (!text.empty()) text[at % text.size()] = octet;
        return text;
      });
}

}  // namespace

int main() {
  bool held = true;
  held &= rc::check("lines agree with the grammar", [] {
    RC_ASSERT(law_line_agrees_with_grammar(octets(*near_line())));
  });
  held &= rc::check("a file is written as it stood", [] {
    const std::string text = *file();
    RC_ASSERT(law_file_is_written_again(octets(text)));
    RC_ASSERT(law_error_has_its_line(octets(text)));
  });
  held &= rc::check("what is taken may be asked", [] {
    const std::string text = *file();
    const auto table = AccountTable::read(octets(text));
    RC_CLASSIFY(table.has_value());
    if (!table) return;
    for (int i = 0; i < 20; ++i) {
      const std::string mailbox = *address();
      RC_ASSERT(law_resolution_is_bounded(*table, mailbox));
      RC_ASSERT(law_case_does_not_matter(*table, mailbox));
    }
    RC_ASSERT(law_resolution_is_bounded(*table, "postmaster"));
  });
  held &= rc::check("nothing asked breaks a table", [] {
    static const auto table = some_table();
    const auto mailbox = *rc::gen::arbitrary<std::string>();
    RC_ASSERT(law_resolution_is_bounded(*table, mailbox));
    RC_ASSERT(law_resolution_is_bounded(*table, mailbox + "@example.org"));
    RC_ASSERT(law_case_does_not_matter(*table, mailbox + "@Example.org"));
  });
  return held ? 0 : 1;
}
