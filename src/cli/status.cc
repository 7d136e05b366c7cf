#include <cstdio>
#include <string>
#include <utility>

#include "cli/commands.h"
#include "cli/operator_config.h"
#include "cli/server_question.h"
#include "io/operator_files.h"
#include "ipc/wire.h"

namespace postkeep::cli {
namespace {

// Beyond what the server itself takes for a lookup.
constexpr int lookup_grace_seconds = 20;

}  // namespace

std::expected<ipc::ControlAnswer, Trouble> ask(
    const config::Config& config, const std::string& command,
    std::vector<std::string> arguments, int seconds_max) {
  const std::vector<Octet> question = ipc::write(ipc::ControlRequest{
      .command = command, .arguments = std::move(arguments)});
  const auto octets = io::ask_local(control_path(config), question, seconds_max,
                                    ipc::control_text_octets_max + 16);
  if (!octets) return std::unexpected(octets.error());
  ipc::ControlAnswer answer;
  if (!ipc::read(*octets, answer)) return std::unexpected(Trouble::malformed);
  return answer;
}

bool server_runs(const config::Config& config) {
  return ask(config, "ping").has_value();
}

namespace {

int print(const config::Config& config,
          const std::expected<ipc::ControlAnswer, Trouble>& answer) {
  if (!answer) {
    return complain(
        "no server answers at " + control_path(config) + " (" +
        std::string(name(answer.error())) +
        "); `postkeep serve` starts one, and this command must run as root or "
        "as the user that started it");
  }
  std::fputs(answer->text.c_str(), answer->ok ? stdout : stderr);
  return answer->ok ? 0 : 1;
}

}  // namespace

int ask_server(const std::string& config_path, std::string_view about) {
  const auto config = read_operator_config(config_path);
  if (!config) return 1;
  return print(config->config, ask(config->config, std::string(about)));
}

int look_up(const LookupOptions& options) {
  const auto config = read_operator_config(options.config_path);
  if (!config) return 1;
  const int seconds_max =
      static_cast<int>(config->config.dns.deadline_milliseconds / 1000) +
      lookup_grace_seconds;
  return print(config->config, ask(config->config, "lookup",
                                   {options.name, options.type}, seconds_max));
}

int reload(const std::string& config_path) {
  const auto config = read_operator_config(config_path);
  if (!config) return 1;
  const auto answer = ask(config->config, "reload");
  if (!answer) {
    return complain("the server could not be told to reload (" +
                    std::string(name(answer.error())) + ")");
  }
  if (!answer->ok) {
    std::fputs(answer->text.c_str(), stderr);
    return 1;
  }
  return 0;
}

}  // namespace postkeep::cli
