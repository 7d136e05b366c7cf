#include "io/spool_directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "io/errno.h"

namespace postkeep::io {
namespace {

constexpr int directory_flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
constexpr int new_file_flags =
    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY;

std::unexpected<Trouble> failed() { return std::unexpected(trouble_of(errno)); }

std::unexpected<std::string> wrong(const std::string& what) {
  return std::unexpected(what + ": " + std::string(name(trouble_of(errno))));
}

bool is_component(const std::string& name) {
  return !name.empty() && name != "." && name != ".." &&
         name.find('/') == std::string::npos &&
         name.find('\0') == std::string::npos;
}

}  // namespace

std::expected<SpoolDirectory, std::string> open_spool_directory(
    const std::string& path, const std::string& notes, UserIds owner) {
  SpoolDirectory all;
  all.files = own(open(path.c_str(), directory_flags));
  if (!all.files.holds()) return wrong("cannot open " + path);
  const std::string there = path + "/" + notes;
  if (mkdirat(all.files.number(), notes.c_str(), 0700) != 0 &&
      errno != EEXIST) {
    return wrong("cannot make " + there);
  }
  all.notes = own(
      openat(all.files.number(), notes.c_str(), directory_flags | O_NOFOLLOW));
  struct stat found{};
  if (!all.notes.holds() || fstat(all.notes.number(), &found) != 0) {
    return wrong("cannot open " + there);
  }
  // Who may write beside it could have made it for himself.
  if ((found.st_uid != geteuid() && found.st_uid != owner.uid) ||
      (found.st_mode & 022U) != 0) {
    return std::unexpected(there +
                           " is somebody else's: look into it, then "
                           "remove it");
  }
  if (geteuid() == 0 &&
      (found.st_uid != owner.uid || found.st_gid != owner.gid) &&
      fchown(all.notes.number(), owner.uid, owner.gid) != 0) {
    return wrong("cannot give " + there + " to its role");
  }
  return all;
}

std::expected<void, Trouble> make_spool_file(
    const SpoolDirectory& directory, const std::string& name,
    const std::optional<UserIds>& owner) {
  if (!is_component(name)) return std::unexpected(Trouble::not_permitted);
  // Made where nobody looks, and named when it is what it shall be.
  const int notes = directory.notes.number();
  const std::string made = name + ".new";
  if (unlinkat(notes, made.c_str(), 0) != 0 && errno != ENOENT) return failed();
  const Descriptor file =
      own(openat(notes, made.c_str(), new_file_flags, spool_file_mode));
  if (!file.holds()) return failed();
  const bool is_good =
      (!owner || fchown(file.number(), owner->uid, owner->gid) == 0) &&
      fchmod(file.number(), spool_file_mode) == 0 && fsync(file.number()) == 0;
  if (is_good && renameat2(notes, made.c_str(), directory.files.number(),
                           name.c_str(), RENAME_NOREPLACE) == 0) {
    return {};
  }
  const int why = errno;
  static_cast<void>(unlinkat(notes, made.c_str(), 0));
  if (is_good && why == EEXIST) return {};
  return std::unexpected(trouble_of(why));
}

std::optional<Looked> look_at(const std::string& path) {
  struct stat found{};
  if (lstat(path.c_str(), &found) != 0) return std::nullopt;
  Looked looked;
  looked.is_file = S_ISREG(found.st_mode);
  looked.is_directory = S_ISDIR(found.st_mode);
  looked.names = found.st_nlink;
  looked.owner = {found.st_uid, found.st_gid};
  looked.mode = found.st_mode & 07777U;
  return looked;
}

}  // namespace postkeep::io
