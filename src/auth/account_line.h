// One line of the file `accounts`, as a value.
//
// Here:      AccountLineReader, is_in_address_grammar().
// Not here:  the file, and what its lines mean together (auth/account.h).
// Grammar:   grammar/postkeep_accounts.rl, rule accounts_line.
// Laws:      proptests/auth/account_laws.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "auth/account.h"
#include "base/octets.h"

namespace postkeep::auth {

// One line, without its LF, read once.
class AccountLineReader {
 public:
  [[nodiscard]] std::optional<AccountLine> read(Octets line);

 private:
  bool run(Octets line);  // auth/account_line.rl: the machine.

  // auth/account_line.cc: its actions.
  void remark_octet(Octet octet);
  void rules_start();
  void separator_octet(Octet octet);
  void postmaster_octet(Octet octet);
  void subject_octet(Octet octet);
  void password_octet(Octet octet);
  void scram_octet(Octet octet);
  void uid_octet(Octet octet);
  void mbox_octet(Octet octet);
  void target_start();
  void target_octet(Octet octet);

  [[nodiscard]] AccountLine line();

  bool is_rules_ = false;
  std::string remark_;
  TableRules rules_;
  std::string subject_;  // The address at the start of the line.
  std::string password_;
  std::string scram_;
  std::uint32_t uid_ = 0;
  std::string mbox_;
  std::vector<std::string> targets_;
};

// Whether the text is an account_address, lengths apart.
[[nodiscard]] bool is_in_address_grammar(Octets text);

}  // namespace postkeep::auth
