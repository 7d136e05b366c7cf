// Where LMTP is listened at, and who may connect there (RFC 2033).
//
// Here:      read_lmtp_address(), read_socket_mode(), read_owner().
// Not here:  the settings (config/settings.h), making the socket
//            (io/local_socket.h), users by name (io/process.h).
// Laws:      tests/config/lmtp_address_test.cc; fuzz/config_reader_fuzz.cc.
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "config/reader.h"

namespace postkeep::config {

// unix(7): sun_path has 108 octets with its NUL, and clients name it there.
inline constexpr std::size_t socket_path_octets_max = 107;

struct LmtpAddress {
  std::string path;   // Of a local socket, or empty.
  ListenAddress tcp;  // Of this machine alone.
};

// "unix:PATH", or an address of the loopback network with a port that is not
// 25 (RFC 2033 section 1: "MUST NOT be used on TCP port 25").
[[nodiscard]] std::expected<LmtpAddress, std::string> read_lmtp_address(
    std::string_view text);

// Octal, for reading and writing alone: "0600", "660".
[[nodiscard]] std::optional<unsigned> read_socket_mode(std::string_view text);

// "user" or "user:group", each a name or a number.
struct Owner {
  std::string user;
  std::string group;  // Empty: the user's own.
};
[[nodiscard]] std::optional<Owner> read_owner(std::string_view text);

}  // namespace postkeep::config
