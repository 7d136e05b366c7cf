// Listening sockets of this machine, at a path.
//
// Here:      LocalSocket, listen_locally().
// Not here:  sockets with an address (io/listening.h), accepting (io/net.h).
// Laws:      tests/io/local_socket_test.cc: nothing but a socket is replaced;
//            at no moment is the socket there with other rights than it shall
//            have; no link that someone puts in its place is followed.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include "base/descriptor.h"
#include "io/process.h"

namespace postkeep::io {

enum class LiveSocket : std::uint8_t {
  is_kept,      // Another program listens there: an error.
  is_replaced,  // It can only be a server of ours that is ending.
};

struct LocalSocket {
  std::string path;
  unsigned mode = 0600;
  std::optional<UserIds> owner = {};  // None: who starts the server.
  LiveSocket live = LiveSocket::is_kept;
};

// A local stream socket. One that nobody listens at any more is replaced.
// The error says, in words, what is wrong and names the path.
[[nodiscard]] std::expected<Descriptor, std::string> listen_locally(
    const LocalSocket& wanted);

}  // namespace postkeep::io
