#include "io/listening.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "io/errno.h"

namespace postkeep::io {
namespace {

std::string why(const std::string& where) {
  switch (errno) {
    case EADDRINUSE:
      return where +
             " is in use by another program: stop it, or choose "
             "another port";
    case EACCES:
      return where +
             " needs root (ports below 1024 do), or choose a port "
             "above 1023";
    case EADDRNOTAVAIL: return where + ": this machine has no such address";
    default: return where + ": " + std::strerror(errno);
  }
}

std::expected<Descriptor, std::string> bound(int family, const sockaddr* to,
                                             socklen_t size,
                                             const std::string& where) {
  Descriptor made =
      own(socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!made.holds()) return std::unexpected(why(where));
  const int on = 1;
  setsockopt(made.number(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (family == AF_INET6) {
    setsockopt(made.number(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  }
  if (bind(made.number(), to, size) != 0 ||
      listen(made.number(), backlog_connections) != 0) {
    return std::unexpected(why(where));
  }
  return made;
}

}  // namespace

std::expected<Descriptor, std::string> listen_on(const std::string& address,
                                                 std::uint16_t port) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(port);
  if (inet_pton(AF_INET, address.c_str(), &v4.sin_addr) == 1) {
    return bound(AF_INET, reinterpret_cast<const sockaddr*>(&v4), sizeof v4,
                 address + " port " + std::to_string(port));
  }
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  if (inet_pton(AF_INET6, address.c_str(), &v6.sin6_addr) == 1) {
    return bound(AF_INET6, reinterpret_cast<const sockaddr*>(&v6), sizeof v6,
                 "[" + address + "] port " + std::to_string(port));
  }
  return std::unexpected(address + " is not an IPv4 or IPv6 address");
}

std::uint16_t port_of(const Descriptor& socket) {
  sockaddr_storage at{};
  socklen_t size = sizeof at;
  if (getsockname(socket.number(), reinterpret_cast<sockaddr*>(&at), &size) !=
      0) {
    return 0;
  }
  // Both kinds have the port at the same place.
  return ntohs(reinterpret_cast<const sockaddr_in&>(at).sin_port);
}

}  // namespace postkeep::io
