// What each command takes and does. Every one returns an exit status and has
// said on standard error what is wrong, where, and what to do.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "config/config.h"

namespace postkeep::cli {

struct InitOptions {
  std::string config_path = "postkeep.toml";
  std::string domain;
  std::string hostname;  // Empty: mail.DOMAIN.
  std::string data;      // Empty: /var/lib/postkeep as root, else ./postkeep.
  bool trial = false;    // Loopback, unprivileged ports.
  std::uint16_t port = 2500;  // Of a trial: the first of five.
  bool force = false;
};
[[nodiscard]] int init(const InitOptions& options);

struct AccountOptions {
  std::string config_path;
  std::string address;
  bool generate = false;  // A password, printed.
  bool scram = false;     // Keep a SCRAM verifier too.
  std::string alias_targets;
  std::string mbox;  // The local user whose spool file gets the mail.
};
[[nodiscard]] int account_add(const AccountOptions& options);
[[nodiscard]] int account_list(const AccountOptions& options);
[[nodiscard]] int account_remove(const AccountOptions& options);
[[nodiscard]] int account_passwd(const AccountOptions& options);
[[nodiscard]] int account_alias(const AccountOptions& options);
[[nodiscard]] int account_mbox(const AccountOptions& options);

struct TransferOptions {
  std::string config_path;
  std::string address;
  std::string mbox;     // The file, or
  std::string maildir;  // the directory.
  std::string mailbox = "INBOX";
  bool again = false;  // Import what was imported before.
  bool is_export = false;
};
[[nodiscard]] int import_mail(const TransferOptions& options);
[[nodiscard]] int export_mail(const TransferOptions& options);

struct LookupOptions {
  std::string config_path;
  std::string name;
  std::string type = "MX";
};
// What the running server sees of a name.
[[nodiscard]] int look_up(const LookupOptions& options);

[[nodiscard]] int check(const std::string& config_path);
[[nodiscard]] int serve(const std::string& config_path);
// `about`: "status" or "sandbox".
[[nodiscard]] int ask_server(const std::string& config_path,
                             std::string_view about);
[[nodiscard]] int reload(const std::string& config_path);
// The generated page docs/operating/configuration.md.
[[nodiscard]] int print_reference();

}  // namespace postkeep::cli
