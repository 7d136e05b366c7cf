#include "io/local_stream.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "io/errno.h"

namespace postkeep::io {

std::expected<LocalStream, Trouble> LocalStream::connect(
    const std::string& path, int seconds_max) {
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  if (path.size() >= sizeof to.sun_path) {
    return std::unexpected(Trouble::unsupported);
  }
  std::memcpy(to.sun_path, path.data(), path.size());
  Descriptor made = own(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!made.holds()) return std::unexpected(trouble_of(errno));
  const timeval wait = {.tv_sec = seconds_max, .tv_usec = 0};
  setsockopt(made.number(), SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  setsockopt(made.number(), SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
  if (::connect(made.number(), reinterpret_cast<const sockaddr*>(&to),
                sizeof to) != 0) {
    return std::unexpected(errno == ECONNREFUSED ? Trouble::not_found
                                                 : trouble_of(errno));
  }
  return LocalStream(std::move(made));
}

bool LocalStream::send(Octets octets) {
  while (!octets.empty()) {
    const ssize_t took =
        ::send(socket_.number(), octets.data(), octets.size(), MSG_NOSIGNAL);
    if (took < 0 && errno == EINTR) continue;
    if (took <= 0) return false;
    octets = octets.subspan(static_cast<std::size_t>(took));
  }
  return true;
}

bool LocalStream::receive(std::span<Octet> room) {
  while (!room.empty()) {
    const ssize_t got = recv(socket_.number(), room.data(), room.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    room = room.subspan(static_cast<std::size_t>(got));
  }
  return true;
}

}  // namespace postkeep::io
