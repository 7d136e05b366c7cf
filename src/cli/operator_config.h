// The operator's file, found and read, for every command.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/config.h"

namespace postkeep::cli {

// Where the server's local socket is, below its data directory.
[[nodiscard]] std::string control_path(const config::Config& config);
[[nodiscard]] std::string accounts_path(const config::Config& config);
[[nodiscard]] std::string certificate_path(const config::Config& config);
[[nodiscard]] std::string drop_path(const config::Config& config);
[[nodiscard]] std::string key_path(const config::Config& config);

struct OperatorConfig {
  std::string path;
  std::string text;
  config::Config config;
};
// `path`, or when it is empty ./postkeep.toml, then
// /etc/postkeep/postkeep.toml. nullopt: said on standard error.
[[nodiscard]] std::optional<OperatorConfig> read_operator_config(
    const std::string& path);

// A name that strangers chose, as a terminal may show it.
[[nodiscard]] std::string shown(std::string_view name);

// "postkeep: " and the text on standard error; returns 1.
int complain(std::string_view text);

}  // namespace postkeep::cli
