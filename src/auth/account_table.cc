#include <algorithm>
#include <set>
#include <utility>

#include "auth/account.h"
#include "auth/scram.h"
#include "auth/verifier.h"

namespace postkeep::auth {
namespace {

std::string_view domain_of(std::string_view address) {
  const std::size_t at = address.rfind('@');
  return at == std::string_view::npos ? std::string_view()
                                      : address.substr(at + 1);
}

std::expected<void, AccountFault> fails(AccountFault fault) {
  return std::unexpected(fault);
}

}  // namespace

struct AccountTable::Lead {
  std::string key;     // Of account_of_ or targets_of_, or a postmaster.
  std::string detail;  // As the sender wrote it.
};

struct AccountTable::Walk {
  std::set<std::string> seen;   // Keys that were followed.
  std::set<std::size_t> taken;  // Accounts that are among the destinations.
  std::vector<Destination> destinations;
};

struct AccountTable::Depths {
  std::map<std::string, std::size_t> known;
  std::vector<std::string> open;  // Those that lead to the one looked at.

  std::expected<std::size_t, AccountFault> of(const AccountTable& table,
                                              const std::string& key);
};

std::expected<std::size_t, AccountFault> AccountTable::Depths::of(
    const AccountTable& table, const std::string& key) {
  if (const auto found = known.find(key); found != known.end())
    return found->second;
  const std::vector<std::string> targets = table.next_of(key);
  if (targets.empty()) return known[key] = 0;
  if (open.size() >= alias_depth_max ||
      std::ranges::find(open, key) != open.end()) {
    return std::unexpected(AccountFault::alias_loop);
  }
  open.push_back(key);
  std::size_t deepest = 0;
  for (const std::string& target : targets) {
    const auto to = table.lead(target);
    if (!to) return std::unexpected(AccountFault::target_unknown);
    const auto depth = of(table, to->key);
    if (!depth) return depth;
    deepest = std::max(deepest, *depth);
  }
  open.pop_back();
  if (deepest + 1 > alias_depth_max)
    return std::unexpected(AccountFault::alias_loop);
  return known[key] = deepest + 1;
}

// What a line says by itself.
std::expected<void, AccountFault> AccountTable::add(const AccountLine& line) {
  if (const auto* rules = std::get_if<TableRules>(&line)) {
    if (has_rules_) return fails(AccountFault::twice);
    has_rules_ = true;
    rules_ = *rules;
  } else if (const auto* local = std::get_if<LocalDomain>(&line)) {
    domains_.insert(folded(local->domain));
  } else if (const auto* account = std::get_if<Account>(&line)) {
    return add(*account);
  } else if (const auto* alias = std::get_if<Alias>(&line)) {
    const std::string key = folded(alias->address);
    if (is_taken(key)) return fails(AccountFault::twice);
    targets_of_[key] = alias->targets;
    if (key.starts_with('@')) domains_.insert(key.substr(1));
  }
  return {};
}

std::expected<void, AccountFault> AccountTable::add(const Account& account) {
  const std::string key = folded(account.address);
  if (is_taken(key)) return fails(AccountFault::twice);
  if (account.password != "!" && !read_password_record(account.password))
    return fails(AccountFault::password_unreadable);
  if (!account.scram.empty() && !read_verifier(account.scram))
    return fails(AccountFault::scram_unreadable);
  if (account.mbox.ends_with(".lock"))
    return fails(AccountFault::mbox_is_a_lock);
  if (!account.mbox.empty() && !mboxes_.insert(account.mbox).second)
    return fails(AccountFault::mbox_twice);
  account_of_[key] = accounts_.size();
  accounts_.push_back(account);
  return {};
}

std::expected<void, AccountFault> AccountTable::check_alias(
    const Alias& alias, Depths& depths) const {
  depths.open.clear();
  const auto depth = depths.of(*this, folded(alias.address));
  if (!depth) return fails(depth.error());
  Walk walk;
  for (const std::string& target : alias.targets) follow(target, "", walk);
  if (walk.destinations.size() > alias_targets_max)
    return fails(AccountFault::too_many_targets);
  return {};
}

// What a line says together with all others.
std::expected<void, AccountFault> AccountTable::check(const AccountLine& line,
                                                      Depths& depths) const {
  if (const auto* account = std::get_if<Account>(&line)) {
    if (!is_local_domain(domain_of(account->address)))
      return fails(AccountFault::domain_not_local);
  } else if (const auto* alias = std::get_if<Alias>(&line)) {
    if (!is_local_domain(domain_of(alias->address)))
      return fails(AccountFault::domain_not_local);
    return check_alias(*alias, depths);
  } else if (const auto* rules = std::get_if<TableRules>(&line)) {
    if (rules->postmaster.empty()) return {};
    depths.open.clear();
    const auto to = lead(rules->postmaster);
    if (!to || !depths.of(*this, to->key))
      return fails(AccountFault::postmaster_unknown);
  }
  return {};
}

std::expected<AccountTable, AccountError> AccountTable::make(
    const AccountFile& file) {
  AccountTable table;
  Depths depths;
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    const auto added = table.add(file.lines[i]);
    if (!added) return std::unexpected(AccountError{i + 1, added.error()});
  }
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    const auto checked = table.check(file.lines[i], depths);
    if (!checked) return std::unexpected(AccountError{i + 1, checked.error()});
  }
  return table;
}

std::expected<AccountTable, AccountError> AccountTable::read(Octets text) {
  const auto file = AccountFile::read(text);
  if (!file) return std::unexpected(file.error());
  return make(*file);
}

bool AccountTable::is_taken(const std::string& key) const {
  return account_of_.contains(key) || targets_of_.contains(key);
}

// RFC 5321 section 4.5.1: each domain has one, whatever the file says.
bool AccountTable::is_postmaster(std::string_view key) const {
  constexpr std::string_view local_part = "postmaster@";
  return key.starts_with(local_part) && domains_.contains(domain_of(key)) &&
         !accounts_.empty();
}

// The address itself, else the longest part of it before a separator.
std::optional<AccountTable::Lead> AccountTable::lead(
    std::string_view address) const {
  const std::string key = folded(address);
  if (is_taken(key) || is_postmaster(key)) return Lead{key, ""};
  const std::size_t at = address.rfind('@');
  if (at == std::string_view::npos || at == 0) return std::nullopt;
  for (std::size_t i = at - 1; i > 0; --i) {
    if (rules_.separators.find(address[i]) == std::string::npos) continue;
    const std::string shorter = key.substr(0, i) + key.substr(at);
    if (is_taken(shorter) || is_postmaster(shorter))
      return Lead{shorter, std::string(address.substr(i + 1, at - i - 1))};
  }
  return std::nullopt;
}

std::vector<std::string> AccountTable::next_of(const std::string& key) const {
  if (const auto found = targets_of_.find(key); found != targets_of_.end())
    return found->second;
  if (account_of_.contains(key) || !is_postmaster(key)) return {};
  return {rules_.postmaster.empty() ? accounts_.front().address
                                    : rules_.postmaster};
}

// How deep it goes, and that it ends, was checked when the table was made.
void AccountTable::follow(std::string_view address, const std::string& detail,
                          Walk& walk) const {
  const auto to = lead(address);
  if (!to || !walk.seen.insert(to->key).second) return;
  const std::string& kept = to->detail.empty() ? detail : to->detail;
  if (const auto found = account_of_.find(to->key);
      found != account_of_.end()) {
    if (walk.taken.insert(found->second).second)
      walk.destinations.push_back({accounts_[found->second].address, kept});
    return;
  }
  for (const std::string& target : next_of(to->key)) follow(target, kept, walk);
}

Resolution AccountTable::resolve(std::string_view mailbox) const {
  const std::string key = folded(mailbox);
  Walk walk;
  if (key == "postmaster") {
    if (accounts_.empty()) return {Locality::unknown_user, {}};
    follow(rules_.postmaster.empty() ? accounts_.front().address
                                     : rules_.postmaster,
           "", walk);
    return {Locality::here, std::move(walk.destinations)};
  }
  if (!is_local_domain(domain_of(key))) return {Locality::not_here, {}};
  if (key.starts_with('@')) return {Locality::unknown_user, {}};
  follow(mailbox, "", walk);
  if (walk.destinations.empty()) {
    const auto rest = targets_of_.find("@" + std::string(domain_of(key)));
    if (rest != targets_of_.end())
      for (const std::string& target : rest->second) follow(target, "", walk);
  }
  if (walk.destinations.empty()) return {Locality::unknown_user, {}};
  return {Locality::here, std::move(walk.destinations)};
}

const Account* AccountTable::login(std::string_view name) const {
  const auto found = account_of_.find(folded(name));
  return found == account_of_.end() ? nullptr : &accounts_[found->second];
}

bool AccountTable::may_write_as(std::string_view account,
                                std::string_view address, bool shared) const {
  if (!address.contains('@')) return false;
  const Resolution resolution = resolve(address);
  if (resolution.destinations.size() > 1 && !shared) return false;
  return std::ranges::any_of(resolution.destinations,
                             [&](const Destination& one) {
                               return folded(one.account) == folded(account);
                             });
}

bool AccountTable::is_local_domain(std::string_view domain) const {
  return domains_.contains(folded(domain));
}

}  // namespace postkeep::auth
