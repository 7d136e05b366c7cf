// The laws of auth/account.h on mutated files. Seeds: corpus/auth_account_file.
#include <cstddef>
#include <cstdint>
#include <string>

#include "auth/account_laws.h"
#include "base/check.h"

using namespace postkeep;
using namespace postkeep::auth;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const Octets input{data, size};
  const std::string text(input.begin(), input.end());
  PK_CHECK(law_line_agrees_with_grammar(input));
  PK_CHECK(law_address_agrees_with_grammar(text));
  PK_CHECK(law_file_is_written_again(input));
  PK_CHECK(law_error_has_its_line(input));
  const auto table = AccountTable::read(input);
  if (!table) return 0;
  PK_CHECK(law_resolution_is_bounded(*table, "postmaster"));
  for (const Account& account : table->accounts()) {
    PK_CHECK(law_resolution_is_bounded(*table, account.address));
    PK_CHECK(table->login(account.address) == &account);
    PK_CHECK(table->resolve(account.address).destinations.size() == 1);
  }
  for (const char* mailbox : {"a@a.example", "a+b@a.example", "@a.example",
                              "postmaster@a.example", "b@b.example"}) {
    PK_CHECK(law_resolution_is_bounded(*table, mailbox));
    PK_CHECK(law_case_does_not_matter(*table, mailbox));
  }
  return 0;
}
