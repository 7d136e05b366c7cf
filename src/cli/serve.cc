#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>
#include <utility>
#include <variant>

#include "auth/account.h"
#include "cli/commands.h"
#include "cli/operator_config.h"
#include "config/lmtp_address.h"
#include "config/reader.h"
#include "config/resolvers.h"
#include "io/operator_files.h"
#include "role/supervisor.h"

namespace postkeep::cli {
namespace {

void listen_at(role::ServerPlan& plan, const std::string& service,
               const std::vector<std::string>& addresses) {
  for (const std::string& address : addresses) {
    if (const auto read = config::read_listen_address(address)) {
      plan.listen.push_back({service, read->host, read->port});
    }
  }
}

void listen_for_lmtp(role::ServerPlan& plan, const config::Config& config) {
  for (const std::string& address : config.lmtp.listen) {
    const auto read = config::read_lmtp_address(address);
    if (!read) continue;  // Refused with the file.
    role::ListenPlan wanted{"lmtp", read->tcp.host, read->tcp.port};
    if (!read->path.empty()) {
      wanted.path = config::below(config.data, read->path);
      wanted.mode = config::read_socket_mode(config.lmtp.mode).value_or(0600);
      if (const auto owner = config::read_owner(config.lmtp.owner)) {
        wanted.user = owner->user;
        wanted.group = owner->group;
      }
    }
    plan.listen.push_back(std::move(wanted));
  }
}

// A machine without /etc/resolv.conf has none, and is told so by a lookup.
void ask_resolvers(role::ServerPlan& plan, const config::Config& config) {
  const auto resolv_conf =
      io::read_file("/etc/resolv.conf", config::resolv_conf_octets_max);
  for (const config::ResolverAddress& one :
       config::resolvers_of(config.dns, resolv_conf.value_or(""))) {
    plan.resolvers += config::write(one) + "\n";
    plan.resolver_ports.push_back(one.port);
  }
}

// Debian's file has 220 KB.
constexpr std::size_t authorities_octets_max = 16 * 1024 * 1024;

// What is not there vouches for nobody; what the operator names must be there.
std::expected<std::string, std::string> authorities_of(
    const config::Config& config) {
  constexpr const char* usual = "/etc/ssl/certs/ca-certificates.crt";
  const bool is_named = !config.outbound.authorities.empty();
  const std::string path =
      is_named ? config::below(config.data, config.outbound.authorities)
               : usual;
  auto text = io::read_file(path, authorities_octets_max);
  if (text) return std::move(*text);
  if (is_named) return std::unexpected(path + ": cannot be read");
  return std::string();
}

// Whose mail goes into an mbox spool file. With the accounts wrong it is not
// known where anybody's mail shall go.
std::expected<role::MboxPlan, std::string> mbox_plan_of(
    const config::Config& config) {
  role::MboxPlan plan{.directory = config.mbox.directory,
                      .group = config.mbox.group,
                      .users = {},
                      .accounts = {}};
  const std::string path = accounts_path(config);
  const auto text = io::read_file(path, auth::accounts_octets_max);
  if (!text) return plan;  // What reads all the files says why.
  const auto wrong = [&](const auth::AccountError& error) {
    return std::unexpected(path + ":" + std::to_string(error.line) + ": " +
                           std::string(sentence(error.fault)));
  };
  auto file = auth::AccountFile::read(octets(*text));
  if (!file) return wrong(file.error());
  file->set_rules({.separators = config.accounts.separator, .postmaster = ""},
                  config.domains);
  if (const auto table = auth::AccountTable::make(*file); !table) {
    return wrong(table.error());
  }
  auth::AccountFile all;
  for (const auth::AccountLine& line : file->lines) {
    const auto* account = std::get_if<auth::Account>(&line);
    if (account == nullptr || account->mbox.empty()) continue;
    plan.users.push_back(account->mbox);
    all.lines.emplace_back(
        auth::Account{account->address, "!", "", 0, account->mbox});
  }
  plan.accounts = all.write();
  return plan;
}

std::expected<role::ServerPlan, std::string> plan_of(
    const OperatorConfig& found) {
  const config::Config& config = found.config;
  role::ServerPlan plan;
  plan.configuration = found.text;
  plan.data_directory = config.data;
  listen_at(plan, "mx", config.listen.smtp);
  listen_at(plan, "submission", config.listen.submission);
  listen_at(plan, "submissions", config.listen.submissions);
  listen_at(plan, "imap", config.listen.imap);
  listen_at(plan, "imaps", config.listen.imaps);
  listen_at(plan, "pop3", config.listen.pop3);
  listen_at(plan, "pop3s", config.listen.pop3s);
  listen_for_lmtp(plan, config);
  ask_resolvers(plan, config);
  plan.outbound_port = static_cast<std::uint16_t>(config.outbound.port);
  auto authorities = authorities_of(config);
  if (!authorities) return std::unexpected(authorities.error());
  plan.authorities = std::move(*authorities);
  plan.files = {{"accounts", accounts_path(config)},
                {"certificate:main", certificate_path(config)},
                {"key:main", key_path(config)}};
  plan.control_path = control_path(config);
  plan.log_path = config.log.file;
  plan.instances = static_cast<std::uint32_t>(config.processes);
  plan.first_uid = static_cast<std::uint32_t>(config.sandbox.uid_first);
  plan.drain_seconds_max = std::chrono::seconds(config.timeouts.drain_seconds);
  plan.user_prefix = config.sandbox.user;
  plan.sandbox_require = config.sandbox.require;
  plan.landlock_abi_max =
      static_cast<std::uint32_t>(config.sandbox.landlock_abi_max);
  return plan;
}

}  // namespace

int serve(const std::string& config_path) {
  const auto first = read_operator_config(config_path);
  if (!first) return 1;
  const std::string path = first->path;
  return role::serve(
      [path]() -> std::expected<role::ServerPlan, std::string> {
        const auto found = read_operator_config(path);
        if (!found) return std::unexpected(path + ": is not usable");
        auto mbox = mbox_plan_of(found->config);
        if (!mbox) return std::unexpected(mbox.error());
        auto plan = plan_of(*found);
        if (plan) plan->mbox = std::move(*mbox);
        return plan;
      },
      [] {
        std::fputs("postkeep: ready\n", stderr);
        std::fflush(stderr);
      });
}

}  // namespace postkeep::cli
