// Reads the operator's file.
//
// Here:      read(), Mistake.
// Not here:  files (the caller reads them), the settings (config/settings.h).
// Grammar:   TOML 1.0, by toml++.
// Laws:      tests/config/reader_test.cc; fuzz/config_reader_fuzz.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"

namespace postkeep::config {

// A file larger than this is not a configuration.
inline constexpr std::size_t file_octets_max = 1024 * 1024;

// What is wrong, where, and what to do.
struct Mistake {
  std::size_t line = 0;  // 0: not in a line of its own.
  std::string text;
};

// `path:line: text`, for a person.
[[nodiscard]] std::string write(std::string_view path, const Mistake& mistake);

// The configuration, or every mistake that was found in it.
[[nodiscard]] std::expected<Config, std::vector<Mistake>> read(
    std::string_view text);

// An address to listen at: "127.0.0.1:25", "[::1]:25".
struct ListenAddress {
  std::string host;  // An IP address without brackets.
  std::uint16_t port = 0;
};
[[nodiscard]] std::expected<ListenAddress, std::string> read_listen_address(
    std::string_view text);

// `path` as it stands, or below `directory` when it does not begin with '/'.
[[nodiscard]] std::string below(std::string_view directory,
                                std::string_view path);

}  // namespace postkeep::config
