// Accounts and aliases: who has a mailbox here, and where an address leads.
//
// Here:      AccountFile (the text, to read, change and write), AccountTable
//            (the same, to ask), Resolution.
// Not here:  passwords (auth/verifier.h); domains in postkeep.toml (config/).
// Grammar:   grammar/postkeep_accounts.rl, rule accounts_line.
// Laws:      proptests/auth/account_laws.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/octets.h"

namespace postkeep::auth {

inline constexpr std::size_t accounts_octets_max = 64 * 1024 * 1024;
inline constexpr std::size_t account_line_octets_max = 16 * 1024;
// RFC 5321 section 4.5.3.1.8 wants at least 100 recipients to be taken.
inline constexpr std::size_t alias_targets_max = 100;
inline constexpr std::size_t alias_depth_max = 10;

// One line each: ADDRESS<TAB>key=value<TAB>key=value
struct Account {
  std::string address;    // As written; compared without case.
  std::string password;   // The text of a record: auth/verifier.h.
  std::string scram;      // Empty, or RFC 5803's form: auth/scram.h.
  std::uint32_t uid = 0;  // Its processes' own uid; 0 while it has none.
  // Empty, or the local user whose mbox spool file gets the mail.
  std::string mbox = {};
  bool operator==(const Account&) const = default;
};

struct Alias {
  std::string address;  // "@domain" takes what nothing else in it takes.
  std::vector<std::string> targets;  // One or more addresses of this table.
  bool operator==(const Alias&) const = default;
};

// "@domain" alone: mail for the domain is kept here.
struct LocalDomain {
  std::string domain;
  bool operator==(const LocalDomain&) const = default;
};

// "*": what holds for the whole table. The configuration's values are put there
// by AccountFile::set_rules.
struct TableRules {
  std::string separators = "+";  // Between user and detail; empty: none.
  std::string postmaster;        // An address; empty: the first account.
  bool operator==(const TableRules&) const = default;
};

struct Remark {
  std::string text;  // A line that begins with '#', or an empty one.
  bool operator==(const Remark&) const = default;
};

using AccountLine =
    std::variant<Remark, TableRules, LocalDomain, Account, Alias>;

enum class AccountFault : std::uint8_t {
  outside_grammar,  // The line is none of the above.
  line_too_long,
  file_too_long,
  twice,                // The address, or '*', has stood further up.
  password_unreadable,  // No record of auth/verifier.h, and not "!".
  scram_unreadable,     // No verifier of auth/scram.h.
  mbox_twice,           // The mbox file is that of an account further up.
  mbox_is_a_lock,       // It would be the lock of another one: NAME.lock.
  domain_not_local,     // The address's domain has no "@domain" line.
  target_unknown,       // An alias that leads to no account or alias here.
  alias_loop,           // Or deeper than alias_depth_max.
  too_many_targets,     // More than alias_targets_max in the end.
  postmaster_unknown,   // `postmaster` leads nowhere.
  no_final_newline,     // The file was cut off in its last line.
};
[[nodiscard]] std::string_view name(AccountFault fault);
// The same for a person: what is wrong and what to do.
[[nodiscard]] std::string_view sentence(AccountFault fault);

struct AccountError {
  std::size_t line = 0;  // From 1.
  AccountFault fault = AccountFault::outside_grammar;
  bool operator==(const AccountError&) const = default;
};

// The file as it stands, line for line: remarks stay where they are.
struct AccountFile {
  std::vector<AccountLine> lines;

  [[nodiscard]] static std::expected<AccountFile, AccountError> read(
      Octets text);
  [[nodiscard]] std::string write() const;

  [[nodiscard]] const Account* account(std::string_view address) const;
  // Adds, or puts in the place of the one with the same address.
  void put(Account account);
  void put(Alias alias);
  // Removes the account or alias; false when there is none.
  bool remove(std::string_view address);
  // Puts what the configuration says behind the file's own lines, whose
  // numbers stay as they are, in place of rules that stand there.
  void set_rules(const TableRules& rules,
                 const std::vector<std::string>& domains);
  bool operator==(const AccountFile&) const = default;
};

// Whether `address` can name an account: local-part "@" domain, dot-atoms,
// UTF-8 allowed in both (RFC 6531), 64 and 255 octets at most.
[[nodiscard]] bool is_account_address(std::string_view address);
// Whether `name` can be an mbox file's and its user's.
[[nodiscard]] bool is_mbox_user(std::string_view name);
// The form by which addresses are compared: ASCII letters in lower case.
[[nodiscard]] std::string folded(std::string_view address);

struct Destination {
  std::string account;  // Account::address, as written.
  std::string detail;   // After the separator, as the sender wrote it.
  bool operator==(const Destination&) const = default;
};

enum class Locality : std::uint8_t {
  here,          // `destinations` has one or more, each account once.
  unknown_user,  // The domain is ours, the local part is nobody's.
  not_here,      // Not our domain.
};

struct Resolution {
  Locality locality = Locality::not_here;
  std::vector<Destination> destinations;
  bool operator==(const Resolution&) const = default;
};

// Answers questions. Built once from a file that was read; never changes.
class AccountTable {
 public:
  AccountTable() = default;
  // Checks what a line alone cannot say: the faults after line_too_long.
  [[nodiscard]] static std::expected<AccountTable, AccountError> make(
      const AccountFile& file);
  // Both at once, from text that another process may have composed.
  [[nodiscard]] static std::expected<AccountTable, AccountError> read(
      Octets text);

  // RCPT's question. `mailbox` is local-part "@" domain with the quotes of a
  // quoted string removed, or "postmaster" alone (RFC 5321 section 4.5.1).
  [[nodiscard]] Resolution resolve(std::string_view mailbox) const;
  // The account that logs in by this name: its address, nothing else. No
  // alias, no subaddress, no domain filled in.
  [[nodiscard]] const Account* login(std::string_view name) const;
  // Whether the account may write in the name of `address`: mail to it reaches
  // the account, by its own address, an alias, a detail or a catch-all.
  // `shared`: also where that mail reaches other accounts too.
  [[nodiscard]] bool may_write_as(std::string_view account,
                                  std::string_view address, bool shared) const;
  [[nodiscard]] bool is_local_domain(std::string_view domain) const;
  [[nodiscard]] const std::vector<Account>& accounts() const {
    return accounts_;
  }

 private:
  struct Lead;    // What an address means, before aliases are followed.
  struct Walk;    // One question's way through the aliases.
  struct Depths;  // How many aliases stand one behind the other.
  [[nodiscard]] std::expected<void, AccountFault> add(const AccountLine& line);
  [[nodiscard]] std::expected<void, AccountFault> add(const Account& account);
  [[nodiscard]] std::expected<void, AccountFault> check(const AccountLine& line,
                                                        Depths& depths) const;
  [[nodiscard]] std::expected<void, AccountFault> check_alias(
      const Alias& alias, Depths& depths) const;
  [[nodiscard]] bool is_taken(const std::string& key) const;
  [[nodiscard]] bool is_postmaster(std::string_view key) const;
  [[nodiscard]] std::optional<Lead> lead(std::string_view address) const;
  [[nodiscard]] std::vector<std::string> next_of(const std::string& key) const;
  void follow(std::string_view address, const std::string& detail,
              Walk& walk) const;

  bool has_rules_ = false;
  TableRules rules_;
  std::vector<Account> accounts_;
  // All by folded addresses; "@domain" for a catch-all.
  std::map<std::string, std::size_t, std::less<>> account_of_;
  std::map<std::string, std::vector<std::string>, std::less<>> targets_of_;
  std::set<std::string, std::less<>> domains_;
  std::set<std::string> mboxes_;
};

}  // namespace postkeep::auth
