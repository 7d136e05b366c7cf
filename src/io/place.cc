#include "io/place.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "io/errno.h"

namespace postkeep::io {
namespace {

constexpr int directory_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
constexpr int slow_reader_milliseconds = 100;

std::unexpected<Trouble> failed() { return std::unexpected(trouble_of(errno)); }

std::expected<Descriptor, Trouble> checked(int number) {
  Descriptor owned = own(number);
  if (!owned.holds()) return failed();
  return owned;
}

}  // namespace

std::expected<Descriptor, Trouble> open_directory(const std::string& path) {
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return failed();
  return checked(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

std::expected<Descriptor, Trouble> open_directory_in(
    const Descriptor& directory, const std::string& name) {
  if (name.empty() || name == "." || name == ".." ||
      name.find('/') != std::string::npos ||
      name.find('\0') != std::string::npos) {
    return std::unexpected(Trouble::not_permitted);
  }
  if (mkdirat(directory.number(), name.c_str(), 0700) == 0) {
    // What is durable in it must not hang in the air.
    if (fsync(directory.number()) != 0) return failed();
  } else if (errno != EEXIST) {
    return failed();
  }
  return checked(openat(directory.number(), name.c_str(), directory_flags));
}

std::expected<void, Trouble> give_directory(const Descriptor& directory,
                                            std::uint32_t uid,
                                            std::uint32_t gid) {
  if (geteuid() != 0) return {};
  struct stat status{};
  if (fstat(directory.number(), &status) != 0) return failed();
  if (status.st_uid == uid && status.st_gid == gid) return {};
  if (fchown(directory.number(), uid, gid) != 0) return failed();
  return {};
}

std::expected<void, Trouble> open_to_drop(const Descriptor& directory) {
  if (fchmod(directory.number(), 03733) != 0) return failed();
  return {};
}

std::expected<void, Trouble> open_to_pass(const Descriptor& directory) {
  if (geteuid() != 0) return {};
  if (fchmod(directory.number(), 0711) != 0) return failed();
  return {};
}

std::expected<Descriptor, Trouble> append_to(const std::string& path) {
  return checked(open(
      path.c_str(),
      O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW, 0640));
}

std::expected<Descriptor, Trouble> standard_output() {
  return checked(fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3));
}

std::expected<Descriptor, Trouble> standard_error() {
  return checked(fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3));
}

std::expected<Descriptor, Trouble> lock_in(const Descriptor& directory,
                                           const std::string& name) {
  auto file = checked(openat(directory.number(), name.c_str(),
                             O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) return file;
  struct flock whole{};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  if (fcntl(file->number(), F_OFD_SETLK, &whole) == 0) return file;
  if (errno == EAGAIN || errno == EACCES) {
    return std::unexpected(Trouble::locked);
  }
  return failed();
}

bool write_out(const Descriptor& to, Octets octets) {
  while (!octets.empty()) {
    const ssize_t wrote = write(to.number(), octets.data(), octets.size());
    if (wrote >= 0) {
      octets = octets.subspan(static_cast<std::size_t>(wrote));
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return false;
    pollfd wait{to.number(), POLLOUT, 0};
    if (poll(&wait, 1, slow_reader_milliseconds) <= 0) return false;
  }
  return true;
}

std::expected<Descriptor, Trouble> copy_of(const Descriptor& descriptor) {
  return checked(fcntl(descriptor.number(), F_DUPFD_CLOEXEC, 3));
}

}  // namespace postkeep::io
