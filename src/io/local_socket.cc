#include "io/local_socket.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "io/errno.h"
#include "io/listening.h"

namespace postkeep::io {
namespace {

// The name of the socket while it is made.
constexpr const char* made_as = "socket";

std::unexpected<std::string> failed(const std::string& path) {
  const char* const why = errno == ENOENT ? "its directory is not there"
                          : errno == EACCES || errno == EPERM
                              ? "not permitted; only root may do all of it"
                              : std::strerror(errno);
  return std::unexpected(path + ": " + why);
}

bool write_address(const std::string& path, sockaddr_un& to) {
  to.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof to.sun_path) return false;
  std::memcpy(to.sun_path, path.data(), path.size());
  return true;
}

bool somebody_listens(const sockaddr_un& at) {
  const Descriptor probe =
      own(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  // A full queue (EAGAIN) is somebody's too.
  return probe.holds() &&
         (connect(probe.number(), reinterpret_cast<const sockaddr*>(&at),
                  sizeof at) == 0 ||
          errno == EAGAIN);
}

// A directory of our own beside the socket's place. Who may write around it
// may take it away, but cannot reach into it: what is made there is given its
// rights before anyone else can touch it.
class Workshop {
 public:
  Workshop(int parent, const std::string& beside)
      : parent_(parent), name_(".new-" + beside) {
    clear();
    if (mkdirat(parent_, name_.c_str(), 0700) != 0) return;
    Descriptor opened =
        own(openat(parent_, name_.c_str(),
                   O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct stat found{};
    if (!opened.holds() || fstat(opened.number(), &found) != 0) return;
    errno = EPERM;
    if (found.st_uid == geteuid() && (found.st_mode & 0777U) == 0700U) {
      directory_ = std::move(opened);
    }
  }
  ~Workshop() { clear(); }
  Workshop(const Workshop&) = delete;
  Workshop& operator=(const Workshop&) = delete;

  [[nodiscard]] bool is_open() const { return directory_.holds(); }
  [[nodiscard]] int number() const { return directory_.number(); }

 private:
  void clear() {
    if (directory_.holds()) unlinkat(directory_.number(), made_as, 0);
    unlinkat(parent_, (name_ + "/" + made_as).c_str(), 0);
    unlinkat(parent_, name_.c_str(), AT_REMOVEDIR);
  }

  int parent_;
  std::string name_;
  Descriptor directory_;
};

std::expected<Descriptor, std::string> make_at(int parent,
                                               const std::string& name,
                                               const LocalSocket& wanted) {
  const Workshop workshop(parent, name);
  if (!workshop.is_open()) return failed(wanted.path);
  Descriptor made =
      own(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_un to{};
  write_address(
      "/proc/self/fd/" + std::to_string(workshop.number()) + "/" + made_as, to);
  if (!made.holds() ||
      bind(made.number(), reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) {
    return failed(wanted.path);
  }
  const int directory = workshop.number();
  if (wanted.owner && fchownat(directory, made_as, wanted.owner->uid,
                               wanted.owner->gid, AT_SYMLINK_NOFOLLOW) != 0) {
    return failed(wanted.path);
  }
  if (fchmodat(directory, made_as, wanted.mode, 0) != 0 ||
      listen(made.number(), backlog_connections) != 0 ||
      renameat(directory, made_as, parent, name.c_str()) != 0) {
    return failed(wanted.path);
  }
  return made;
}

}  // namespace

std::expected<Descriptor, std::string> listen_locally(
    const LocalSocket& wanted) {
  sockaddr_un at{};
  if (!write_address(wanted.path, at)) {
    return std::unexpected(wanted.path + " is too long for a local socket");
  }
  const std::size_t slash = wanted.path.rfind('/');
  const std::string name = wanted.path.substr(slash + 1);
  const std::string directory =
      slash == std::string::npos ? "." : wanted.path.substr(0, slash + 1);
  const Descriptor parent =
      own(open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!parent.holds() || name.empty()) return failed(wanted.path);
  struct stat there{};
  if (fstatat(parent.number(), name.c_str(), &there, AT_SYMLINK_NOFOLLOW) ==
      0) {
    if (!S_ISSOCK(there.st_mode)) {
      return std::unexpected(wanted.path +
                             " is there, and is no socket: take it away, or "
                             "choose another path");
    }
    if (wanted.live == LiveSocket::is_kept && somebody_listens(at)) {
      return std::unexpected(wanted.path +
                             " is in use by another program: stop it, or "
                             "choose another path");
    }
  }
  return make_at(parent.number(), name, wanted);
}

}  // namespace postkeep::io
