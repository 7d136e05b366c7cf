// Files that a person names by path: configuration, accounts, certificates.
// For the command line and supervisor; no role opens a path.
//
// Here:      read_file(), replace_file(), make_directories(), read_password(),
//            ask_local().
// Not here:  the data of the server (io/disk.h).
// Laws:      tests/io/operator_files_test.cc: a file is replaced whole or not
//            at all, and durably.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/octets.h"
#include "base/trouble.h"

namespace postkeep::io {

// The whole of a file. no_space: it has more than `octets_max` octets.
[[nodiscard]] std::expected<std::string, Trouble> read_file(
    const std::string& path, std::size_t octets_max);

// Puts a file of these octets in place of whatever is there, and flushes it
// and its directory. `mode` as in chmod(2).
[[nodiscard]] std::expected<void, Trouble> replace_file(const std::string& path,
                                                        std::string_view text,
                                                        unsigned mode);

// `path` and what is missing above it, with mode 0700.
[[nodiscard]] std::expected<void, Trouble> make_directories(
    const std::string& path);

[[nodiscard]] bool exists(const std::string& path);
// Whether this process could write below `directory`.
[[nodiscard]] bool can_write(const std::string& directory);
[[nodiscard]] bool is_root();
// Octets free for others than root on the file system of `path`.
[[nodiscard]] std::optional<std::uint64_t> free_octets(const std::string& path);
// Whether a socket can be bound to listen there. in_use: another has it.
enum class Bindable : std::uint8_t { yes, in_use, not_permitted, no_address };
[[nodiscard]] Bindable can_listen(const std::string& host, std::uint16_t port);
[[nodiscard]] std::string host_name();

// A line from the terminal without echo, asked for with `question`; from
// standard input as it is when that is no terminal. nullopt at its end.
[[nodiscard]] std::optional<std::string> read_password(
    std::string_view question);
[[nodiscard]] bool stdin_is_terminal();

// Sends a message to the server's control socket and waits for the whole
// answer: both as a length in four octets, then so many octets.
[[nodiscard]] std::expected<std::vector<Octet>, Trouble> ask_local(
    const std::string& socket_path, Octets message, int seconds_max,
    std::size_t octets_max);

}  // namespace postkeep::io
