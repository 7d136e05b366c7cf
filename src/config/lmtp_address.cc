#include "config/lmtp_address.h"

#include <algorithm>

namespace postkeep::config {
namespace {

constexpr std::string_view unix_prefix = "unix:";
constexpr std::size_t mode_digits_max = 4;
constexpr std::size_t user_octets_max = 32;  // As useradd(8) has it.

bool is_loopback(std::string_view host) {
  return host.starts_with("127.") || host == "::1";
}

// What stands in /etc/passwd, or a number.
bool is_user_name(std::string_view text) {
  return !text.empty() && text.size() <= user_octets_max &&
         text.front() != '-' && std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
         });
}

}  // namespace

std::expected<LmtpAddress, std::string> read_lmtp_address(
    std::string_view text) {
  LmtpAddress address;
  if (text.starts_with(unix_prefix)) {
    address.path = text.substr(unix_prefix.size());
    if (address.path.empty() || address.path.ends_with('/') ||
        address.path.find('\0') != std::string::npos) {
      return std::unexpected("`" + std::string(text) +
                             "` names no socket: write unix:lmtp");
    }
    if (address.path.size() > socket_path_octets_max) {
      return std::unexpected("`" + address.path +
                             "` is too long for the path of a socket");
    }
    return address;
  }
  auto tcp = read_listen_address(text);
  if (!tcp) {
    return std::unexpected("`" + std::string(text) +
                           "` is neither a local socket nor an address: write "
                           "unix:lmtp or 127.0.0.1:2424");
  }
  if (!is_loopback(tcp->host)) {
    return std::unexpected(
        "`" + std::string(text) +
        "`: LMTP has no login, so it listens on this machine alone: write "
        "unix:lmtp or 127.0.0.1:2424");
  }
  constexpr std::uint16_t smtp_port = 25;
  if (tcp->port == smtp_port) {
    return std::unexpected("`" + std::string(text) +
                           "`: RFC 2033 keeps LMTP away from port 25");
  }
  address.tcp = std::move(*tcp);
  return address;
}

std::optional<unsigned> read_socket_mode(std::string_view text) {
  if (text.empty() || text.size() > mode_digits_max) return std::nullopt;
  unsigned mode = 0;
  for (const char digit : text) {
    if (digit < '0' || digit > '7') return std::nullopt;
    mode = mode * 8 + static_cast<unsigned>(digit - '0');
  }
  if ((mode & ~0666U) != 0) return std::nullopt;
  return mode;
}

std::optional<Owner> read_owner(std::string_view text) {
  const std::size_t colon = text.find(':');
  Owner owner{.user = std::string(text.substr(0, colon)), .group = {}};
  if (!is_user_name(owner.user)) return std::nullopt;
  if (colon == std::string_view::npos) return owner;
  owner.group = text.substr(colon + 1);
  if (!is_user_name(owner.group)) return std::nullopt;
  return owner;
}

}  // namespace postkeep::config
