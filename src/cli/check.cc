#include <chrono>
#include <cstdio>
#include <string>
#include <utility>

#include "auth/account.h"
#include "cli/commands.h"
#include "cli/operator_config.h"
#include "cli/server_question.h"
#include "config/lmtp_address.h"
#include "config/reader.h"
#include "crypto/certificate.h"
#include "io/clock.h"
#include "io/operator_files.h"
#include "io/process.h"
#include "io/spool_directory.h"

namespace postkeep::cli {
namespace {

constexpr std::uint64_t free_octets_min = 256ULL * 1024 * 1024;
constexpr std::chrono::days certificate_days_min{14};

// One line a finding; counts what is wrong.
class Findings {
 public:
  void well(const std::string& text) { print("ok     ", text); }
  void doubtful(const std::string& text) { print("notice ", text); }
  void wrong(const std::string& text, const std::string& remedy) {
    print("WRONG  ", text + ": " + remedy);
    wrong_count_ += 1;
  }
  [[nodiscard]] int wrong_count() const { return wrong_count_; }

 private:
  static void print(const char* mark, const std::string& text) {
    std::printf("%s%s\n", mark, text.c_str());
  }
  int wrong_count_ = 0;
};

void check_data(const config::Config& config, Findings& findings) {
  if (!io::exists(config.data)) {
    return findings.wrong(config.data + " is not there",
                          "make it, or run `postkeep init`");
  }
  if (!io::can_write(config.data)) {
    return findings.wrong(config.data + " cannot be written",
                          "run as the user that owns it");
  }
  const auto free = io::free_octets(config.data);
  if (free && *free < free_octets_min) {
    return findings.wrong(config.data + " has only " +
                              std::to_string(*free / 1024 / 1024) + " MiB free",
                          "mail would soon be refused with 452; make room");
  }
  findings.well("data in " + config.data);
}

void check_certificate(const config::Config& config, Findings& findings) {
  const std::string path = certificate_path(config);
  const auto chain = io::read_file(path, crypto::pem_octets_max);
  const auto key = io::read_file(key_path(config), crypto::pem_octets_max);
  if (!chain || !key) {
    return findings.wrong((chain ? key_path(config) : path) + " cannot be read",
                          "`postkeep init` makes a certificate; [tls] names "
                          "another one");
  }
  const auto facts = crypto::read_certificates(octets(*chain));
  if (!facts) {
    return findings.wrong(path, std::string(name(facts.error())));
  }
  if (const auto fits = crypto::key_fits(octets(*chain), octets(*key)); !fits) {
    return findings.wrong(key_path(config), std::string(name(fits.error())));
  }
  const crypto::CertificateFacts& own = facts->front();
  const auto left = std::chrono::floor<std::chrono::days>(
      own.not_after - io::SystemClock().wall());
  if (left < certificate_days_min) {
    return findings.wrong(
        path + " ends in " + std::to_string(left.count()) + " days",
        "put a new one in its place and send SIGHUP");
  }
  if (own.is_self_signed) {
    return findings.doubtful(
        "certificate is self-signed: mail programs will ask before they trust "
        "it");
  }
  findings.well("certificate for " + own.subject + ", " +
                std::to_string(left.count()) + " days left");
}

// Whether what the role mbox wants to do there can be done.
void check_mbox(const config::Config& config, const std::string& user,
                Findings& findings) {
  const std::string path = config.mbox.directory + "/" + user;
  const auto found = io::look_at(path);
  if (!found && io::is_root() && !io::ids_of_user(user)) {
    return findings.wrong(path + " is not there, nor its user",
                          "make the user, or the file");
  }
  if (found && (!found->is_file || found->names != 1)) {
    return findings.wrong(path + " is no file, or has several names",
                          "no mail is put into it; remove it");
  }
  const auto group = io::group_of(config.mbox.group);
  if (found && io::is_root() &&
      (!group || found->owner.gid != *group || (found->mode & 060U) != 060U)) {
    return findings.wrong(
        path + " cannot be written by the group " + config.mbox.group,
        "chgrp " + config.mbox.group + " " + path + "; chmod 660 " + path);
  }
}

void check_mboxes(const config::Config& config,
                  const std::vector<auth::Account>& accounts,
                  Findings& findings) {
  std::size_t count = 0;
  for (const auth::Account& account : accounts) {
    if (!account.mbox.empty()) count += 1;
  }
  if (count == 0) return;
  const std::string& path = config.mbox.directory;
  if (!io::exists(path)) {
    return findings.wrong(path + " is not there",
                          "[mbox] directory names where mbox files are");
  }
  const auto group = io::group_of(config.mbox.group);
  const auto found = io::look_at(path + "/.");
  if (io::is_root() && !group) {
    return findings.wrong("there is no group " + config.mbox.group,
                          "[mbox] group names that of the mbox files");
  }
  if (found && io::is_root() &&
      (found->owner.gid != *group || (found->mode & 070U) != 070U)) {
    return findings.wrong(
        path + " cannot be written by the group " + config.mbox.group,
        "no lock can be made there: chgrp " + config.mbox.group + " " + path +
            "; chmod g+rwx " + path);
  }
  if (!io::is_root() && !io::can_write(path)) {
    return findings.wrong(path + " cannot be written",
                          "[mbox] directory names where mbox files are");
  }
  for (const auth::Account& account : accounts) {
    if (!account.mbox.empty()) check_mbox(config, account.mbox, findings);
  }
  findings.well(std::to_string(count) + " accounts with an mbox in " + path);
  findings.doubtful(
      "IMAP and POP3 do not serve mbox files: those accounts find there what "
      "is in their mailboxes");
}

void check_accounts(const config::Config& config, Findings& findings) {
  const std::string path = accounts_path(config);
  const auto text = io::read_file(path, auth::accounts_octets_max);
  if (!text) {
    return findings.wrong(
        path + " cannot be read",
        "`postkeep account add user@" + config.domains.front() + "` makes it");
  }
  auto file = auth::AccountFile::read(octets(*text));
  if (!file) {
    return findings.wrong(path + ":" + std::to_string(file.error().line),
                          std::string(sentence(file.error().fault)));
  }
  file->set_rules({.separators = config.accounts.separator, .postmaster = ""},
                  config.domains);
  const auto table = auth::AccountTable::make(*file);
  if (!table) {
    return findings.wrong(path, std::string(sentence(table.error().fault)));
  }
  if (table->accounts().empty()) {
    return findings.wrong(
        "there is no account",
        "`postkeep account add user@" + config.domains.front() + "` adds one");
  }
  for (const auth::Account& account : table->accounts()) {
    if (config.accounts.scram && account.scram.empty()) {
      findings.doubtful(account.address +
                        " has no SCRAM verifier, but SCRAM is offered: "
                        "`postkeep account passwd` makes one");
    }
  }
  findings.well(std::to_string(table->accounts().size()) +
                " accounts; postmaster is " +
                table->accounts().front().address);
  check_mboxes(config, table->accounts(), findings);
}

void check_listen(const std::vector<std::string>& addresses,
                  const std::string& service, bool running,
                  Findings& findings) {
  for (const std::string& address : addresses) {
    const auto read = config::read_listen_address(address);
    if (!read) continue;  // Refused with the file.
    std::string what = service;
    what += " at ";
    what += address;
    switch (io::can_listen(read->host, read->port)) {
      case io::Bindable::yes: findings.well(what); break;
      case io::Bindable::in_use:
        if (running) {
          findings.well(what + " (the running server)");
        } else {
          findings.wrong(what,
                         "another program listens there; end it or "
                         "change [listen]");
        }
        break;
      case io::Bindable::not_permitted:
        findings.wrong(what, "ports below 1024 need root");
        break;
      case io::Bindable::no_address:
        findings.wrong(what, "this machine has no such address");
        break;
    }
  }
}

void check_lmtp_socket(const config::Config& config, const std::string& path,
                       bool running, Findings& findings) {
  const std::string what = "lmtp at " + path;
  const std::size_t slash = path.rfind('/');
  const std::string directory = path.substr(0, slash + 1);
  if (!io::exists(directory)) {
    return findings.wrong(what, directory + " is not there; make it");
  }
  if (!running && !io::can_write(directory)) {
    return findings.wrong(what, directory + " cannot be written");
  }
  const auto owner = config::read_owner(config.lmtp.owner);
  if (owner && !io::is_root()) {
    return findings.wrong(what, "only root can give the socket to " +
                                    owner->user + "; leave lmtp.owner empty");
  }
  const auto mode = config::read_socket_mode(config.lmtp.mode);
  constexpr unsigned others = 0006;
  if (mode && (*mode & others) != 0) {
    findings.doubtful(
        "lmtp.mode: every user of this machine may deliver to every account");
  }
  findings.well(what + (running ? " (the running server)" : ""));
}

void check_lmtp(const config::Config& config, bool running,
                Findings& findings) {
  for (const std::string& address : config.lmtp.listen) {
    const auto read = config::read_lmtp_address(address);
    if (!read) continue;  // Refused with the file.
    if (read->path.empty()) {
      check_listen({address}, "lmtp", running, findings);
    } else {
      check_lmtp_socket(config, config::below(config.data, read->path), running,
                        findings);
    }
  }
}

void check_drop(const config::Config& config, Findings& findings) {
  const std::string path = drop_path(config);
  if (!config.drop.takes_mail) {
    return findings.doubtful(
        "drop.takes_mail is false: what programs of this machine send waits");
  }
  if (!io::exists(path)) {
    return findings.doubtful(path +
                             " is not there yet: `postkeep serve` makes it, "
                             "and until then sendmail asks to try again");
  }
  findings.well("sendmail leaves mail in " + path);
}

}  // namespace

int check(const std::string& config_path) {
  const auto found = read_operator_config(config_path);
  if (!found) return 1;
  const config::Config& config = found->config;
  Findings findings;
  findings.well("configuration " + found->path);
  const bool running = server_runs(config);
  if (running) {
    findings.well("a server runs on this data");
  } else {
    findings.doubtful("no server runs; `postkeep serve` starts it");
  }
  check_data(config, findings);
  check_certificate(config, findings);
  check_accounts(config, findings);
  check_listen(config.listen.smtp, "smtp", running, findings);
  check_listen(config.listen.submission, "submission", running, findings);
  check_listen(config.listen.submissions, "submissions", running, findings);
  check_listen(config.listen.imap, "imap", running, findings);
  check_listen(config.listen.imaps, "imaps", running, findings);
  check_listen(config.listen.pop3, "pop3", running, findings);
  check_listen(config.listen.pop3s, "pop3s", running, findings);
  check_lmtp(config, running, findings);
  check_drop(config, findings);
  if (config.tls.plaintext_login) {
    findings.doubtful("tls.plaintext_login: passwords may be read on the way");
  }
  if (!io::is_root()) {
    findings.doubtful(
        "not root: every role has the same uid, all else of the sandbox holds");
  }
  return findings.wrong_count() == 0 ? 0 : 1;
}

}  // namespace postkeep::cli
