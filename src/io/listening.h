// Listening sockets, as supervisor makes them for the roles that accept.
//
// Here:      listen_on(), listen_locally(), connect_locally().
// Not here:  accepting (io/net.h).
// Laws:      tests/io/listening_test.cc.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "base/descriptor.h"
#include "base/trouble.h"

namespace postkeep::io {

// Waiting connections that the kernel keeps for us.
inline constexpr int backlog_connections = 1024;

// `address` is an IPv4 or IPv6 address in text. The error says, in words, what
// is wrong and names address and port.
[[nodiscard]] std::expected<Descriptor, std::string> listen_on(
    const std::string& address, std::uint16_t port);
// Which port the socket has: for port 0, which takes any.
[[nodiscard]] std::uint16_t port_of(const Descriptor& socket);

// A local socket of packets (SOCK_SEQPACKET) at `path`, for this uid alone. A
// socket that stands there is replaced.
[[nodiscard]] std::expected<Descriptor, std::string> listen_locally(
    const std::string& path);
// The other end of it. not_found: no server has made it; closed: none listens.
[[nodiscard]] std::expected<Descriptor, Trouble> connect_locally(
    const std::string& path);

}  // namespace postkeep::io
