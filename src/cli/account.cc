#include "auth/account.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "auth/plain.h"
#include "auth/scram.h"
#include "auth/verifier.h"
#include "cli/commands.h"
#include "cli/operator_config.h"
#include "cli/server_question.h"
#include "io/clock.h"
#include "io/operator_files.h"
#include "io/process.h"
#include "io/spool_directory.h"

namespace postkeep::cli {
namespace {

constexpr std::size_t password_characters_min = 8;
constexpr std::size_t generated_characters = 20;
// RFC 7677 section 4 asks for 4096 at least.
constexpr std::uint32_t scram_iterations = 100000;

struct Accounts {
  OperatorConfig config;
  auth::AccountFile file;
};

std::optional<Accounts> read_accounts(const std::string& config_path) {
  auto config = read_operator_config(config_path);
  if (!config) return std::nullopt;
  const std::string path = accounts_path(config->config);
  auto text = io::read_file(path, auth::accounts_octets_max);
  if (!text && text.error() == Trouble::not_found) text = std::string();
  if (!text) {
    complain(path + ": cannot be read (" + std::string(name(text.error())) +
             "); run this as the user that owns it");
    return std::nullopt;
  }
  auto file = auth::AccountFile::read(octets(*text));
  if (!file) {
    complain(path + ":" + std::to_string(file.error().line) + ": " +
             std::string(sentence(file.error().fault)));
    return std::nullopt;
  }
  return Accounts{std::move(*config), std::move(*file)};
}

// The file as the server will see it, so that what it would refuse is refused
// here; then written, and a running server is told.
int save(const Accounts& accounts) {
  auth::AccountFile whole = accounts.file;
  whole.set_rules({.separators = accounts.config.config.accounts.separator,
                   .postmaster = ""},
                  accounts.config.config.domains);
  if (const auto table = auth::AccountTable::make(whole); !table) {
    return complain(std::string(sentence(table.error().fault)));
  }
  const std::string path = accounts_path(accounts.config.config);
  if (const auto written = io::replace_file(path, accounts.file.write(), 0600);
      !written) {
    return complain(path + ": cannot be written (" +
                    std::string(name(written.error())) + ")");
  }
  if (server_runs(accounts.config.config)) {
    return reload(accounts.config.path);
  }
  return 0;
}

std::string generated_password() {
  constexpr std::string_view letters = "abcdefghjkmnpqrstuvwxyz23456789";
  std::array<Octet, generated_characters> random{};
  io::SystemRandom().fill(random);
  std::string password;
  for (const Octet octet : random) password += letters[octet % letters.size()];
  return password;
}

std::optional<std::string> new_password(const AccountOptions& options) {
  if (options.generate) return generated_password();
  auto password = io::read_password("Password for " + options.address + ": ");
  if (!password || password->size() < password_characters_min) {
    complain("a password has at least 8 characters; --generate makes one");
    return std::nullopt;
  }
  if (password->size() > auth::password_octets_max ||
      !auth::is_prepared(octets(*password))) {
    complain(
        "a password has at most 1024 octets, all of them UTF-8 and none a "
        "control character: no mail program could log in with another");
    return std::nullopt;
  }
  if (io::stdin_is_terminal() && io::read_password("Again: ") != password) {
    complain("the two are not the same; nothing was changed");
    return std::nullopt;
  }
  return password;
}

// As `former` has it but for the password.
int set_password(Accounts& accounts, const AccountOptions& options,
                 const auth::Account& former) {
  const auto password = new_password(options);
  if (!password) return 1;
  const config::Accounts& settings = accounts.config.config.accounts;
  io::SystemRandom random;
  const auto record = auth::new_record(
      octets(*password),
      {.passes = static_cast<std::uint32_t>(settings.argon2_passes),
       .memory_kibibytes =
           static_cast<std::uint32_t>(settings.argon2_memory_kib)},
      random);
  if (!record) {
    return complain(
        "there is not enough memory for argon2id; lower "
        "accounts.argon2_memory_kib");
  }
  auth::Account account{.address = options.address,
                        .password = write(*record),
                        .scram = {},
                        .uid = former.uid,
                        .mbox = former.mbox};
  if (options.scram || settings.scram) {
    account.scram =
        write(auth::new_verifier(octets(*password), scram_iterations, random));
  }
  accounts.file.put(std::move(account));
  if (const int status = save(accounts); status != 0) return status;
  if (options.generate) {
    std::printf("%s\n", password->c_str());
  }
  return 0;
}

bool has_local_domain(const Accounts& accounts, const std::string& address) {
  const std::string domain =
      auth::folded(address.substr(address.rfind('@') + 1));
  for (const std::string& one : accounts.config.config.domains) {
    if (auth::folded(one) == domain) return true;
  }
  complain(address + ": `" + domain + "` is not one of the domains in " +
           accounts.config.path + "; add it there first");
  return false;
}

bool can_have_mbox(const Accounts& accounts, const std::string& user) {
  if (!auth::is_mbox_user(user)) {
    complain("`" + user +
             "` cannot be an mbox file; write the name of a local user");
    return false;
  }
  const std::string path = accounts.config.config.mbox.directory + "/" + user;
  if (io::is_root() && !io::ids_of_user(user) && !io::look_at(path)) {
    complain(user + ": there is no such user in /etc/passwd, and no file " +
             path + "; make one of them first");
    return false;
  }
  return true;
}

}  // namespace

int account_add(const AccountOptions& options) {
  if (!auth::is_account_address(options.address)) {
    return complain("`" + options.address +
                    "` cannot be an account; write user@example.org");
  }
  auto accounts = read_accounts(options.config_path);
  if (!accounts || !has_local_domain(*accounts, options.address)) return 1;
  if (accounts->file.account(options.address) != nullptr) {
    return complain(options.address +
                    " is an account already; `postkeep account passwd` gives "
                    "it a new password");
  }
  if (!options.mbox.empty() && !can_have_mbox(*accounts, options.mbox)) {
    return 1;
  }
  auth::Account account;
  account.mbox = options.mbox;
  return set_password(*accounts, options, account);
}

int account_passwd(const AccountOptions& options) {
  auto accounts = read_accounts(options.config_path);
  if (!accounts) return 1;
  const auth::Account* account = accounts->file.account(options.address);
  if (account == nullptr) {
    return complain(options.address +
                    " is no account; `postkeep account list` shows all");
  }
  const auth::Account former = *account;
  return set_password(*accounts, options, former);
}

int account_mbox(const AccountOptions& options) {
  auto accounts = read_accounts(options.config_path);
  if (!accounts) return 1;
  const auth::Account* found = accounts->file.account(options.address);
  if (found == nullptr) {
    return complain(options.address +
                    " is no account; `postkeep account list` shows all");
  }
  auth::Account account = *found;
  account.mbox = options.mbox;
  if (!account.mbox.empty() && !can_have_mbox(*accounts, account.mbox)) {
    return 1;
  }
  accounts->file.put(std::move(account));
  return save(*accounts);
}

int account_alias(const AccountOptions& options) {
  auto accounts = read_accounts(options.config_path);
  if (!accounts) return 1;
  auth::Alias alias{.address = options.address, .targets = {}};
  std::string_view rest = options.alias_targets;
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    alias.targets.emplace_back(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  const bool is_catch_all = alias.address.starts_with('@');
  if (!auth::is_account_address((is_catch_all ? "x" : "") + alias.address)) {
    return complain("`" + alias.address +
                    "` cannot be an alias; write sales@example.org, or "
                    "@example.org for all the rest");
  }
  for (const std::string& target : alias.targets) {
    if (auth::is_account_address(target)) continue;
    return complain("`" + target + "` is no address; write user@example.org");
  }
  if (alias.targets.empty()) return complain("an alias leads somewhere");
  accounts->file.put(std::move(alias));
  return save(*accounts);
}

int account_remove(const AccountOptions& options) {
  auto accounts = read_accounts(options.config_path);
  if (!accounts) return 1;
  const auth::Account* found = accounts->file.account(options.address);
  const config::Config& config = accounts->config.config;
  const std::string place =
      found != nullptr && !found->mbox.empty()
          ? "in " + config.mbox.directory + "/" + found->mbox
          : "below " + config.data + "/mail";
  if (!accounts->file.remove(options.address)) {
    return complain(options.address + " is neither account nor alias");
  }
  if (const int status = save(*accounts); status != 0) return status;
  std::printf(
      "%s cannot log in and gets no mail any more. Its mail is left where it "
      "is, %s.\n",
      options.address.c_str(), place.c_str());
  return 0;
}

int account_list(const AccountOptions& options) {
  const auto accounts = read_accounts(options.config_path);
  if (!accounts) return 1;
  for (const auth::AccountLine& line : accounts->file.lines) {
    if (const auto* account = std::get_if<auth::Account>(&line)) {
      const std::string mbox =
          account->mbox.empty() ? "" : " (mbox " + account->mbox + ")";
      std::printf("%s%s%s\n", account->address.c_str(),
                  account->scram.empty() ? "" : " (SCRAM)", mbox.c_str());
    } else if (const auto* alias = std::get_if<auth::Alias>(&line)) {
      std::string targets;
      for (const std::string& target : alias->targets) {
        targets += " " + target;
      }
      std::printf("%s ->%s\n", alias->address.c_str(), targets.c_str());
    }
  }
  return 0;
}

}  // namespace postkeep::cli
