// A connection to a local socket, for the command line: it waits.
//
// Here:      LocalStream.
// Not here:  connections of roles (io/net.h), one question (ask_local() of
//            io/operator_files.h).
// Laws:      tests/io/local_socket_test.cc.
#pragma once

#include <expected>
#include <span>
#include <string>

#include "base/descriptor.h"
#include "base/octets.h"
#include "base/trouble.h"

namespace postkeep::io {

class LocalStream {
 public:
  // Nothing waits longer than `seconds_max` for the other side.
  [[nodiscard]] static std::expected<LocalStream, Trouble> connect(
      const std::string& path, int seconds_max);

  [[nodiscard]] bool send(Octets octets);
  // Fills all of `room`; false: it ended, or waited too long.
  [[nodiscard]] bool receive(std::span<Octet> room);

 private:
  explicit LocalStream(Descriptor socket) : socket_(std::move(socket)) {}
  Descriptor socket_;
};

}  // namespace postkeep::io
