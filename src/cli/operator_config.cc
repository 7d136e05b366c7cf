#include "cli/operator_config.h"

#include <cstdio>
#include <utility>

#include "base/trouble.h"
#include "config/reader.h"
#include "io/operator_files.h"
#include "message/modified_utf_7.h"

namespace postkeep::cli {

std::string control_path(const config::Config& config) {
  return config.data + "/control";
}

std::string accounts_path(const config::Config& config) {
  return config::below(config.data, config.accounts.file);
}

std::string certificate_path(const config::Config& config) {
  return config::below(config.data, config.tls.certificate);
}

std::string drop_path(const config::Config& config) {
  return config.data + "/drop";
}

std::string key_path(const config::Config& config) {
  return config::below(config.data, config.tls.key);
}

std::string shown(std::string_view name) {
  std::string out(name);
  if (message::is_utf_8_name(octets(name))) return out;
  for (char& c : out) {
    if (c < ' ' || c > '~') c = '?';
  }
  return out;
}

int complain(std::string_view text) {
  std::fprintf(stderr, "postkeep: %.*s\n", static_cast<int>(text.size()),
               text.data());
  return 1;
}

std::optional<OperatorConfig> read_operator_config(const std::string& path) {
  OperatorConfig found;
  found.path = path;
  if (path.empty()) {
    found.path = io::exists("postkeep.toml") ? "postkeep.toml"
                                             : "/etc/postkeep/postkeep.toml";
  }
  auto text = io::read_file(found.path, config::file_octets_max);
  if (!text) {
    complain(found.path + ": cannot be read (" +
             std::string(name(text.error())) +
             "); `postkeep init --domain example.org` writes one, and "
             "--config names another");
    return std::nullopt;
  }
  found.text = std::move(*text);
  auto config = config::read(found.text);
  if (!config) {
    for (const config::Mistake& mistake : config.error()) {
      complain(write(found.path, mistake));
    }
    return std::nullopt;
  }
  found.config = std::move(*config);
  // A path in the file is taken from the folder of the file.
  if (!found.config.data.starts_with('/')) {
    const std::size_t slash = found.path.rfind('/');
    const std::string folder =
        slash == std::string::npos ? "." : found.path.substr(0, slash);
    found.config.data = config::below(folder, found.config.data);
  }
  return found;
}

}  // namespace postkeep::cli
