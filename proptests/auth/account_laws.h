// The laws of auth/account.h. Each returns true when it holds.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "auth/account.h"
#include "auth/account_line.h"
#include "base/octets.h"

namespace postkeep::auth {

// The oracles: bare rules of grammar/postkeep_accounts.rl.
bool reference_accepts_accounts_line(Octets whole);
bool reference_accepts_account_address(Octets whole);

inline bool law_line_agrees_with_grammar(Octets line) {
  return AccountLineReader().read(line).has_value() ==
         reference_accepts_accounts_line(line);
}

// Lengths apart, which the grammar does not count.
inline bool law_address_agrees_with_grammar(std::string_view address) {
  return address.size() > 64 ||
         is_account_address(address) ==
             reference_accepts_account_address(octets(address));
}

// A file that was read is written as it stood.
inline bool law_file_is_written_again(Octets text) {
  const auto file = AccountFile::read(text);
  return !file || file->write() == std::string(text.begin(), text.end());
}

// An error names a line that is there.
inline bool law_error_has_its_line(Octets text) {
  const auto table = AccountTable::read(text);
  if (table) return true;
  const auto lines =
      static_cast<std::size_t>(std::ranges::count(text, Octet{'\n'}) + 1);
  return table.error().line >= 1 && table.error().line <= lines &&
         !sentence(table.error().fault).empty();
}

// Whatever is asked, an answer has accounts of the table, each once, and no
// more than an alias may have.
inline bool law_resolution_is_bounded(const AccountTable& table,
                                      std::string_view mailbox) {
  const Resolution resolution = table.resolve(mailbox);
  std::set<std::string> seen;
  for (const Destination& one : resolution.destinations) {
    const Account* account = table.login(one.account);
    if (account == nullptr || account->address != one.account) return false;
    if (!seen.insert(one.account).second) return false;
  }
  return resolution.destinations.size() <= alias_targets_max &&
         (resolution.locality == Locality::here) ==
             !resolution.destinations.empty();
}

// Case never matters.
inline bool law_case_does_not_matter(const AccountTable& table,
                                     std::string_view mailbox) {
  Resolution one = table.resolve(mailbox);
  Resolution other = table.resolve(folded(mailbox));
  for (Destination& to : one.destinations) to.detail = folded(to.detail);
  for (Destination& to : other.destinations) to.detail = folded(to.detail);
  return one == other;
}

}  // namespace postkeep::auth
