#include "sandbox/root.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstring>

namespace postkeep::sandbox {
namespace {

Descriptor own(int number) {
  return {number, [](int n) { ::close(n); }};
}

std::unexpected<std::string> failed(std::string_view what) {
  return std::unexpected(std::string(what) + ": " + std::strerror(errno));
}

bool write_file(const char* path, const std::string& text) {
  const Descriptor file = own(open(path, O_WRONLY | O_CLOEXEC));
  return file.holds() && write(file.number(), text.data(), text.size()) ==
                             static_cast<ssize_t>(text.size());
}

// The path of an open directory, as long as this root still sees it.
std::string path_of(const Descriptor& directory) {
  std::array<char, PATH_MAX> room{};
  const std::string link =
      "/proc/self/fd/" + std::to_string(directory.number());
  const ssize_t size = readlink(link.c_str(), room.data(), room.size() - 1);
  return size > 0 ? std::string(room.data(), static_cast<std::size_t>(size))
                  : std::string();
}

// Opens `path` and makes sure that it is still the directory we were given.
Descriptor open_again(const std::string& path, const Descriptor& directory) {
  Descriptor again =
      own(open(path.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat given{};
  struct stat found{};
  if (!again.holds() || fstat(directory.number(), &given) != 0 ||
      fstat(again.number(), &found) != 0 || given.st_dev != found.st_dev ||
      given.st_ino != found.st_ino) {
    return {};
  }
  return again;
}

// A file system with nothing in it, in which nothing can be made.
Descriptor empty_tree() {
  const Descriptor context = own(fsopen("tmpfs", FSOPEN_CLOEXEC));
  if (!context.holds() ||
      fsconfig(context.number(), FSCONFIG_SET_STRING, "size", "4k", 0) != 0 ||
      fsconfig(context.number(), FSCONFIG_SET_STRING, "nr_inodes", "1", 0) !=
          0 ||
      fsconfig(context.number(), FSCONFIG_SET_STRING, "mode", "0555", 0) != 0 ||
      fsconfig(context.number(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) !=
          0) {
    return {};
  }
  return own(fsmount(context.number(), FSMOUNT_CLOEXEC,
                     MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
                         MOUNT_ATTR_NOEXEC));
}

// The directory's own tree, without set-uid bits, devices and programs.
Descriptor directory_tree(const Descriptor& directory,
                          const std::string& path) {
  const Descriptor again = open_again(path, directory);
  if (!again.holds()) return {};
  Descriptor tree = own(open_tree(
      again.number(), "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH));
  if (!tree.holds()) return {};
  mount_attr wanted{};
  wanted.attr_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
  if (mount_setattr(tree.number(), "", AT_EMPTY_PATH, &wanted, sizeof wanted) !=
      0) {
    return {};
  }
  return tree;
}

// Makes `tree` the root and lets go of the old one.
bool become_root(const Descriptor& tree) {
  return move_mount(tree.number(), "", AT_FDCWD, "/",
                    MOVE_MOUNT_F_EMPTY_PATH) == 0 &&
         fchdir(tree.number()) == 0 && syscall(SYS_pivot_root, ".", ".") == 0 &&
         umount2(".", MNT_DETACH) == 0 && chdir("/") == 0;
}

// As an ordinary user: a user namespace in which we stay who we are.
bool enter_user_namespace(int more) {
  const uid_t uid = getuid();
  const gid_t gid = getgid();
  if (unshare(CLONE_NEWUSER | more) != 0) return false;
  const std::string uids =
      std::to_string(uid) + " " + std::to_string(uid) + " 1";
  const std::string gids =
      std::to_string(gid) + " " + std::to_string(gid) + " 1";
  return write_file("/proc/self/setgroups", "deny") &&
         write_file("/proc/self/uid_map", uids) &&
         write_file("/proc/self/gid_map", gids);
}

}  // namespace

std::expected<Isolation, std::string> isolate(const Policy& policy,
                                              Descriptor directory) {
  Isolation result;
  if (policy.root == Root::kept) return result;
  const std::string path = directory.holds() ? path_of(directory) : "";
  const int spaces = CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS |
                     (policy.no_network ? CLONE_NEWNET : 0);
  result.user_namespace = geteuid() != 0;
  const bool entered = result.user_namespace ? enter_user_namespace(spaces)
                                             : unshare(spaces) == 0;
  if (!entered) {
    result.why_not = std::string("namespaces: ") + std::strerror(errno);
    result.directory = std::move(directory);
    return result;
  }
  result.network = policy.no_network;
  // Nothing that happens here is seen outside, nor the reverse.
  if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    if (errno != EINVAL) return failed("making mounts private");
    // In a chroot: what is no mount point cannot be exchanged for another.
    result.why_not = "mounts: the root directory is no mount point";
    result.directory = std::move(directory);
    return result;
  }
  const Descriptor tree = policy.root == Root::empty
                              ? empty_tree()
                              : directory_tree(directory, path);
  if (!tree.holds()) {
    result.why_not = std::string("mounts: ") + std::strerror(errno);
    result.directory = std::move(directory);
    return result;
  }
  if (!become_root(tree)) return failed("changing the root");
  result.root = true;
  if (policy.root == Root::directory) {
    // The descriptor that we were given would lead out by "..".
    directory.reset();
    result.directory =
        own(open("/", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!result.directory.holds()) return failed("opening the new root");
  }
  return result;
}

}  // namespace postkeep::sandbox
