#include "io/operator_files.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "io/errno.h"

namespace postkeep::io {
namespace {

class File {
 public:
  explicit File(int number) : number_(number) {}
  ~File() {
    if (number_ >= 0) ::close(number_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  [[nodiscard]] int number() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_;
};

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(file, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

bool read_all(int file, Octet* room, std::size_t octets) {
  while (octets > 0) {
    const ssize_t n = ::read(file, room, octets);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    room += n;
    octets -= static_cast<std::size_t>(n);
  }
  return true;
}

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string_view as_text(Octets octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

}  // namespace

std::expected<std::string, Trouble> read_file(const std::string& path,
                                              std::size_t octets_max) {
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return std::unexpected(trouble_of(errno));
  std::string text;
  std::array<char, 16384> room{};
  while (true) {
    const ssize_t n = ::read(file.number(), room.data(), room.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return std::unexpected(trouble_of(errno));
    if (n == 0) return text;
    text.append(room.data(), static_cast<std::size_t>(n));
    if (text.size() > octets_max) return std::unexpected(Trouble::no_space);
  }
}

std::expected<void, Trouble> replace_file(const std::string& path,
                                          std::string_view text,
                                          unsigned mode) {
  const std::string next = path + ".new";
  {
    ::unlink(next.c_str());
    const File file(::open(next.c_str(),
                           O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                           mode));
    if (!file) return std::unexpected(trouble_of(errno));
    if (!write_all(file.number(), text) || ::fsync(file.number()) != 0) {
      const Trouble trouble = trouble_of(errno);
      ::unlink(next.c_str());
      return std::unexpected(trouble);
    }
    // Whose the file was, it stays: root may edit what a role reads.
    struct stat before = {};
    if (::stat(path.c_str(), &before) == 0) {
      if (::fchown(file.number(), before.st_uid, before.st_gid) != 0 &&
          is_root()) {
        return std::unexpected(trouble_of(errno));
      }
    }
  }
  if (::rename(next.c_str(), path.c_str()) != 0) {
    return std::unexpected(trouble_of(errno));
  }
  const File directory(
      ::open(directory_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory || ::fsync(directory.number()) != 0) {
    return std::unexpected(trouble_of(errno));
  }
  return {};
}

std::expected<void, Trouble> make_directories(const std::string& path) {
  for (std::size_t at = 1; at <= path.size(); ++at) {
    if (at < path.size() && path[at] != '/') continue;
    const std::string part = path.substr(0, at);
    if (::mkdir(part.c_str(), 0700) != 0 && errno != EEXIST) {
      return std::unexpected(trouble_of(errno));
    }
  }
  struct stat status = {};
  if (::stat(path.c_str(), &status) != 0) {
    return std::unexpected(trouble_of(errno));
  }
  if (!S_ISDIR(status.st_mode)) return std::unexpected(Trouble::wrong_kind);
  return {};
}

bool exists(const std::string& path) {
  return ::access(path.c_str(), F_OK) == 0;
}

bool can_write(const std::string& directory) {
  return ::access(directory.c_str(), W_OK | X_OK) == 0;
}

bool is_root() { return ::geteuid() == 0; }

std::optional<std::uint64_t> free_octets(const std::string& path) {
  struct statvfs status = {};
  if (::statvfs(path.c_str(), &status) != 0) return std::nullopt;
  return static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize;
}

Bindable can_listen(const std::string& host, std::uint16_t port) {
  sockaddr_storage address = {};
  socklen_t length = 0;
  auto* four = reinterpret_cast<sockaddr_in*>(&address);
  auto* six = reinterpret_cast<sockaddr_in6*>(&address);
  if (::inet_pton(AF_INET, host.c_str(), &four->sin_addr) == 1) {
    four->sin_family = AF_INET;
    four->sin_port = htons(port);
    length = sizeof *four;
  } else if (::inet_pton(AF_INET6, host.c_str(), &six->sin6_addr) == 1) {
    six->sin6_family = AF_INET6;
    six->sin6_port = htons(port);
    length = sizeof *six;
  } else {
    return Bindable::no_address;
  }
  const File socket(
      ::socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP));
  if (!socket) return Bindable::no_address;
  const int on = 1;
  ::setsockopt(socket.number(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (address.ss_family == AF_INET6) {
    ::setsockopt(socket.number(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  }
  if (::bind(socket.number(), reinterpret_cast<sockaddr*>(&address), length) ==
      0) {
    return Bindable::yes;
  }
  if (errno == EADDRINUSE) return Bindable::in_use;
  if (errno == EACCES) return Bindable::not_permitted;
  return Bindable::no_address;
}

std::string host_name() {
  std::array<char, 256> room{};
  if (::gethostname(room.data(), room.size() - 1) != 0) return "localhost";
  return room.data();
}

bool stdin_is_terminal() { return ::isatty(STDIN_FILENO) == 1; }

std::optional<std::string> read_password(std::string_view question) {
  const bool terminal = stdin_is_terminal();
  termios before = {};
  if (terminal) {
    std::fprintf(stderr, "%.*s", static_cast<int>(question.size()),
                 question.data());
    std::fflush(stderr);
    ::tcgetattr(STDIN_FILENO, &before);
    termios silent = before;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  }
  std::string line;
  bool any = false;
  char c = 0;
  while (line.size() < 4096 && ::read(STDIN_FILENO, &c, 1) == 1) {
    any = true;
    if (c == '\n') break;
    line += c;
  }
  if (terminal) {
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    std::fputc('\n', stderr);
  }
  if (!any) return std::nullopt;
  return line;
}

std::expected<std::vector<Octet>, Trouble> ask_local(
    const std::string& socket_path, Octets message, int seconds_max,
    std::size_t octets_max) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (socket_path.size() >= sizeof address.sun_path) {
    return std::unexpected(Trouble::unsupported);
  }
  std::memcpy(address.sun_path, socket_path.data(), socket_path.size());
  const File socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket) return std::unexpected(trouble_of(errno));
  const timeval wait = {.tv_sec = seconds_max, .tv_usec = 0};
  ::setsockopt(socket.number(), SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  ::setsockopt(socket.number(), SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
  if (::connect(socket.number(), reinterpret_cast<sockaddr*>(&address),
                sizeof address) != 0) {
    return std::unexpected(errno == ECONNREFUSED ? Trouble::not_found
                                                 : trouble_of(errno));
  }
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) {
    out += static_cast<char>(message.size() >> shift & 0xFF);
  }
  out += as_text(message);
  std::array<Octet, 4> head{};
  if (!write_all(socket.number(), out) ||
      !read_all(socket.number(), head.data(), head.size())) {
    return std::unexpected(Trouble::timed_out);
  }
  std::size_t octets = 0;
  for (const Octet octet : head) octets = octets << 8 | octet;
  if (octets > octets_max) return std::unexpected(Trouble::malformed);
  std::vector<Octet> answer(octets);
  if (!read_all(socket.number(), answer.data(), octets)) {
    return std::unexpected(Trouble::closed);
  }
  return answer;
}

}  // namespace postkeep::io
