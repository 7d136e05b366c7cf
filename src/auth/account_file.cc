#include <algorithm>
#include <utility>

#include "auth/account.h"
#include "auth/account_line.h"
#include "base/check.h"

namespace postkeep::auth {
namespace {

// RFC 5321 sections 4.5.3.1.1 and 4.5.3.1.2.
constexpr std::size_t local_part_octets_max = 64;
constexpr std::size_t domain_octets_max = 255;

bool is_value(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

std::string joined(const std::vector<std::string>& targets) {
  std::string text;
  for (const std::string& target : targets)
    text += (text.empty() ? "" : ",") + target;
  return text;
}

struct LineWriter {
  std::string operator()(const Remark& remark) const { return remark.text; }
  std::string operator()(const TableRules& rules) const {
    std::string text = "*\tseparators=" + rules.separators;
    if (!rules.postmaster.empty()) text += "\tpostmaster=" + rules.postmaster;
    return text;
  }
  std::string operator()(const LocalDomain& local) const {
    return "@" + local.domain;
  }
  std::string operator()(const Account& account) const {
    std::string text = account.address + "\tpassword=" + account.password;
    if (!account.scram.empty()) text += "\tscram=" + account.scram;
    if (account.uid != 0) text += "\tuid=" + std::to_string(account.uid);
    if (!account.mbox.empty()) text += "\tmbox=" + account.mbox;
    return text;
  }
  std::string operator()(const Alias& alias) const {
    return alias.address + "\tto=" + joined(alias.targets);
  }
};

// Whose line it is, folded; empty for what is nobody's.
std::string subject_of(const AccountLine& line) {
  if (const auto* account = std::get_if<Account>(&line))
    return folded(account->address);
  if (const auto* alias = std::get_if<Alias>(&line))
    return folded(alias->address);
  return {};
}

bool has_known_lengths(const AccountLine& line) {
  const auto is_short = [](std::string_view address) {
    const std::size_t at = address.find('@');
    return at <= local_part_octets_max &&
           address.size() - at - 1 <= domain_octets_max;
  };
  if (const auto* account = std::get_if<Account>(&line))
    return is_short(account->address);
  if (const auto* alias = std::get_if<Alias>(&line))
    return is_short(alias->address) &&
           std::ranges::all_of(alias->targets, is_short);
  if (const auto* local = std::get_if<LocalDomain>(&line))
    return local->domain.size() <= domain_octets_max;
  return true;
}

}  // namespace

std::string folded(std::string_view address) {
  std::string text(address);
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return text;
}

bool is_account_address(std::string_view address) {
  const std::size_t at = address.find('@');
  return at != std::string_view::npos && at <= local_part_octets_max &&
         address.size() - at - 1 <= domain_octets_max &&
         is_in_address_grammar(octets(address));
}

// By the same machine that reads it.
bool is_mbox_user(std::string_view name) {
  const std::string line = "a@a\tpassword=!\tmbox=" + std::string(name);
  return AccountLineReader().read(octets(line)).has_value() &&
         !name.ends_with(".lock");
}

std::expected<AccountFile, AccountError> AccountFile::read(Octets text) {
  if (text.size() > accounts_octets_max)
    return std::unexpected(AccountError{1, AccountFault::file_too_long});
  AccountFile file;
  while (!text.empty()) {
    const std::size_t number = file.lines.size() + 1;
    const auto fails = [&](AccountFault fault) {
      return std::unexpected(AccountError{number, fault});
    };
    const auto end = std::ranges::find(text, Octet{'\n'});
    if (end == text.end()) return fails(AccountFault::no_final_newline);
    const Octets line(text.begin(), end);
    if (line.size() > account_line_octets_max)
      return fails(AccountFault::line_too_long);
    auto read = AccountLineReader().read(line);
    if (!read || !has_known_lengths(*read))
      return fails(AccountFault::outside_grammar);
    file.lines.push_back(std::move(*read));
    text = text.subspan(line.size() + 1);
  }
  return file;
}

std::string AccountFile::write() const {
  std::string text;
  for (const AccountLine& line : lines)
    text += std::visit(LineWriter{}, line) + "\n";
  return text;
}

const Account* AccountFile::account(std::string_view address) const {
  const std::string wanted = folded(address);
  for (const AccountLine& line : lines) {
    const auto* account = std::get_if<Account>(&line);
    if (account != nullptr && folded(account->address) == wanted)
      return account;
  }
  return nullptr;
}

void AccountFile::put(Account account) {
  PK_CHECK(is_account_address(account.address) && !account.password.empty() &&
           is_value(account.password) && is_value(account.scram) &&
           account.uid <= 999'999'999 &&
           (account.mbox.empty() || is_mbox_user(account.mbox)));
  const std::string wanted = folded(account.address);
  const auto found = std::ranges::find(lines, wanted, subject_of);
  if (found != lines.end()) {
    *found = std::move(account);
  } else {
    lines.emplace_back(std::move(account));
  }
}

void AccountFile::put(Alias alias) {
  const bool is_catch_all = alias.address.starts_with('@');
  PK_CHECK(is_account_address((is_catch_all ? "x" : "") + alias.address) &&
           !alias.targets.empty() &&
           std::ranges::all_of(alias.targets, is_account_address));
  const std::string wanted = folded(alias.address);
  const auto found = std::ranges::find(lines, wanted, subject_of);
  if (found != lines.end()) {
    *found = std::move(alias);
  } else {
    lines.emplace_back(std::move(alias));
  }
}

bool AccountFile::remove(std::string_view address) {
  const std::string wanted = folded(address);
  if (wanted.empty()) return false;
  return std::erase_if(lines, [&](const AccountLine& line) {
           return subject_of(line) == wanted;
         }) > 0;
}

void AccountFile::set_rules(const TableRules& rules,
                            const std::vector<std::string>& domains) {
  // A remark keeps the place, so that the other lines keep their numbers.
  for (AccountLine& line : lines)
    if (std::holds_alternative<TableRules>(line)) line = Remark{};
  lines.emplace_back(rules);
  for (const std::string& domain : domains)
    lines.emplace_back(LocalDomain{domain});
}

std::string_view name(AccountFault fault) {
  switch (fault) {
    case AccountFault::outside_grammar: return "outside_grammar";
    case AccountFault::line_too_long: return "line_too_long";
    case AccountFault::file_too_long: return "file_too_long";
    case AccountFault::twice: return "twice";
    case AccountFault::password_unreadable: return "password_unreadable";
    case AccountFault::scram_unreadable: return "scram_unreadable";
    case AccountFault::mbox_twice: return "mbox_twice";
    case AccountFault::mbox_is_a_lock: return "mbox_is_a_lock";
    case AccountFault::domain_not_local: return "domain_not_local";
    case AccountFault::target_unknown: return "target_unknown";
    case AccountFault::alias_loop: return "alias_loop";
    case AccountFault::too_many_targets: return "too_many_targets";
    case AccountFault::postmaster_unknown: return "postmaster_unknown";
    case AccountFault::no_final_newline: return "no_final_newline";
  }
  check_failed("AccountFault holds one of its enumerators", __FILE__, __LINE__);
}

std::string_view sentence(AccountFault fault) {
  switch (fault) {
    case AccountFault::outside_grammar:
      return "is neither an account, an alias, a domain nor a remark: write "
             "ADDRESS<tab>password=... or ADDRESS<tab>to=ADDRESS,ADDRESS";
    case AccountFault::line_too_long: return "is longer than a line may be";
    case AccountFault::file_too_long: return "the file is too long";
    case AccountFault::twice:
      return "the address has stood further up already: remove one of the two";
    case AccountFault::password_unreadable:
      return "the password record cannot be read: set the password again with "
             "postkeep account passwd";
    case AccountFault::scram_unreadable:
      return "the SCRAM verifier cannot be read: set the password again with "
             "postkeep account passwd";
    case AccountFault::mbox_twice:
      return "the mbox file is that of another account: lead the address "
             "there with postkeep account alias";
    case AccountFault::mbox_is_a_lock:
      return "an mbox file cannot be named like the lock of another one";
    case AccountFault::domain_not_local:
      return "the domain is none of this server's: add it to the configuration";
    case AccountFault::target_unknown:
      return "an alias leads to an address that is neither an account nor an "
             "alias here";
    case AccountFault::alias_loop:
      return "an alias leads back to itself, or through too many others";
    case AccountFault::too_many_targets:
      return "an alias leads to too many accounts";
    case AccountFault::postmaster_unknown:
      return "the postmaster is neither an account nor an alias here";
    case AccountFault::no_final_newline:
      return "the last line has no end: the file was cut off";
  }
  check_failed("AccountFault holds one of its enumerators", __FILE__, __LINE__);
}

}  // namespace postkeep::auth
