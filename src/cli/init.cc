#include <cstdio>
#include <string>
#include <utility>

#include "cli/commands.h"
#include "cli/operator_config.h"
#include "config/reader.h"
#include "config/reference.h"
#include "crypto/certificate.h"
#include "io/clock.h"
#include "io/operator_files.h"
#include "role/belongings.h"

namespace postkeep::cli {
namespace {

constexpr std::string_view accounts_head =
    "# Accounts and aliases, one a line; kept by `postkeep account`.\n";

config::Config trial(config::Config config, std::uint16_t port) {
  const auto at = [port](std::uint16_t add) {
    return std::vector<std::string>{
        "127.0.0.1:" + std::to_string(static_cast<unsigned>(port) + add)};
  };
  config.listen.smtp = at(25);
  config.listen.submission = at(87);
  config.listen.submissions = at(65);
  config.listen.imap = at(43);
  config.listen.imaps = at(93);
  config.listen.pop3 = at(10);
  config.listen.pop3s = at(95);
  return config;
}

std::string as_text(Octets octets) { return {octets.begin(), octets.end()}; }

// A key and a certificate that nobody has signed, until a real one is there.
int make_certificate(const config::Config& config) {
  const std::string path = certificate_path(config);
  if (io::exists(path)) return 0;
  const std::string folder = path.substr(0, path.rfind('/'));
  if (const auto made = io::make_directories(folder); !made) {
    return complain(folder + ": cannot be made (" +
                    std::string(name(made.error())) + ")");
  }
  const crypto::SelfSigned made = crypto::self_signed(
      {config.hostname, "localhost"}, io::SystemClock().wall());
  if (const auto key = io::replace_file(key_path(config),
                                        as_text(made.key_pem.octets()), 0600);
      !key) {
    return complain(key_path(config) + ": cannot be written (" +
                    std::string(name(key.error())) + ")");
  }
  if (const auto written = io::replace_file(path, made.certificate_pem, 0644);
      !written) {
    return complain(path + ": cannot be written (" +
                    std::string(name(written.error())) + ")");
  }
  return 0;
}

// What is left there before the server runs for the first time waits for it.
int make_drop_directory(const config::Config& config) {
  role::ServerPlan plan;
  plan.data_directory = config.data;
  plan.user_prefix = config.sandbox.user;
  plan.first_uid = static_cast<std::uint32_t>(config.sandbox.uid_first);
  const auto made = role::Belongings::drop_directory(plan);
  if (!made) return complain(made.error());
  return 0;
}

}  // namespace

int init(const InitOptions& options) {
  if (io::exists(options.config_path) && !options.force) {
    return complain(options.config_path +
                    ": is there already; --force replaces it");
  }
  config::Config config;
  config.domains = {options.domain};
  config.hostname =
      options.hostname.empty() ? "mail." + options.domain : options.hostname;
  config.data = options.data;
  if (config.data.empty()) {
    config.data =
        io::is_root() && !options.trial ? "/var/lib/postkeep" : "postkeep-data";
  }
  if (options.trial) config = trial(std::move(config), options.port);
  const std::string text = config::annotated_file(config);
  // What is written must be readable: a wrong domain is said here.
  if (const auto read = config::read(text); !read) {
    for (const config::Mistake& mistake : read.error()) complain(mistake.text);
    return 1;
  }
  if (const auto written = io::replace_file(options.config_path, text, 0644);
      !written) {
    return complain(options.config_path + ": cannot be written (" +
                    std::string(name(written.error())) + ")");
  }
  const auto found = read_operator_config(options.config_path);
  if (!found) return 1;
  if (const auto made = io::make_directories(found->config.data); !made) {
    return complain(found->config.data + ": cannot be made (" +
                    std::string(name(made.error())) +
                    "); --data names another directory");
  }
  if (make_drop_directory(found->config) != 0) return 1;
  if (make_certificate(found->config) != 0) return 1;
  const std::string accounts = accounts_path(found->config);
  if (!io::exists(accounts)) {
    if (!io::replace_file(accounts, accounts_head, 0600)) {
      return complain(accounts + ": cannot be written");
    }
  }
  std::printf(
      "Wrote %s, and a certificate that only you vouch for, in %s.\n"
      "Next:\n"
      "  postkeep account add you@%s    an account; asks for its password\n"
      "  postkeep check                 what is still wrong, on one screen\n"
      "  postkeep serve                 runs the server\n",
      options.config_path.c_str(), found->config.data.c_str(),
      options.domain.c_str());
  return 0;
}

int print_reference() {
  std::fputs(config::reference_page().c_str(), stdout);
  return 0;
}

}  // namespace postkeep::cli
