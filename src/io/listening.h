// Listening sockets, as supervisor makes them for the roles that accept.
//
// Here:      listen_on().
// Not here:  sockets at a path (io/local_socket.h), accepting (io/net.h).
// Laws:      tests/io/place_test.cc.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "base/descriptor.h"

namespace postkeep::io {

// Waiting connections that the kernel keeps for us.
inline constexpr int backlog_connections = 1024;

// `address` is an IPv4 or IPv6 address in text. The error says, in words, what
// is wrong and names address and port.
[[nodiscard]] std::expected<Descriptor, std::string> listen_on(
    const std::string& address, std::uint16_t port);
// Which port the socket has: for port 0, which takes any.
[[nodiscard]] std::uint16_t port_of(const Descriptor& socket);

}  // namespace postkeep::io
