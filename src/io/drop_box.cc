#include "io/drop_box.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <functional>

#include "base/check.h"
#include "io/errno.h"

namespace postkeep::io {
namespace {

constexpr std::size_t list_octets_at_once = 32 * 1024;
// O_NONBLOCK: a FIFO must not make us wait for its writer.
constexpr int open_flags =
    O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK;

std::unexpected<Trouble> failed() { return std::unexpected(trouble_of(errno)); }

// Calls `entry` with the name and kind (d_type) of each, as long as it says
// true. Whoever fills the directory makes this take time, not memory.
std::expected<void, Trouble> for_each_entry(
    int directory,
    const std::function<bool(const char* name, unsigned char kind)>& entry) {
  if (lseek(directory, 0, SEEK_SET) < 0) return failed();
  std::vector<char> room(list_octets_at_once);
  for (;;) {
    const ssize_t got = getdents64(directory, room.data(), room.size());
    if (got < 0) return failed();
    if (got == 0) return {};
    for (std::size_t at = 0; at < static_cast<std::size_t>(got);) {
      dirent64 head{};
      std::memcpy(&head, room.data() + at, offsetof(dirent64, d_name));
      const char* const name = room.data() + at + offsetof(dirent64, d_name);
      at += head.d_reclen;
      if (std::strcmp(name, ".") == 0 || std::strcmp(name, "..") == 0) continue;
      if (!entry(name, head.d_type)) return {};
    }
  }
}

bool is_directory(int directory, const char* name, unsigned char kind) {
  if (kind != DT_UNKNOWN) return kind == DT_DIR;
  struct stat found{};
  return fstatat(directory, name, &found, AT_SYMLINK_NOFOLLOW) != 0 ||
         S_ISDIR(found.st_mode);
}

}  // namespace

DirectoryDropBox::DirectoryDropBox(Descriptor directory)
    : directory_(std::move(directory)) {
  PK_CHECK(directory_.holds());
}

std::expected<std::vector<std::string>, Trouble> DirectoryDropBox::list(
    std::size_t names_max) {
  std::vector<std::string> names;
  const auto done = for_each_entry(
      directory_.number(), [&](const char* name, unsigned char kind) {
        if (!std::string_view(name).starts_with(drop_begun_prefix) &&
            !is_directory(directory_.number(), name, kind)) {
          names.emplace_back(name);
        }
        return names.size() < names_max;
      });
  if (!done) return std::unexpected(done.error());
  return names;
}

std::expected<DropBox::Opened, Trouble> DirectoryDropBox::open(
    std::string_view name) {
  const std::string text(name);
  Descriptor file =
      own(openat(directory_.number(), text.c_str(), open_flags, 0));
  if (!file.holds()) {
    // A link where none may be; a socket, or a device that is not there.
    if (errno == ELOOP || errno == ENXIO || errno == ENODEV) {
      return std::unexpected(Trouble::wrong_kind);
    }
    return failed();
  }
  struct stat found{};
  struct stat place{};
  if (fstat(file.number(), &found) != 0 ||
      fstat(directory_.number(), &place) != 0) {
    return failed();
  }
  if (!S_ISREG(found.st_mode)) return std::unexpected(Trouble::wrong_kind);
  Opened opened;
  opened.facts = {.octets = static_cast<std::uint64_t>(found.st_size),
                  .links = static_cast<std::uint32_t>(found.st_nlink),
                  .owner = found.st_uid,
                  .made_here = found.st_gid == place.st_gid};
  opened.handle = DropHandle{file.release()};
  return opened;
}

std::expected<std::size_t, Trouble> DirectoryDropBox::read(
    DropHandle file, std::uint64_t offset, std::span<Octet> room) {
  std::size_t done = 0;
  while (done < room.size()) {
    const ssize_t got =
        pread(static_cast<int>(file), room.data() + done, room.size() - done,
              static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed();
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

void DirectoryDropBox::close(DropHandle file) {
  PK_CHECK(file != DropHandle::none);
  ::close(static_cast<int>(file));
}

std::expected<void, Trouble> DirectoryDropBox::remove(std::string_view name) {
  const std::string text(name);
  if (unlinkat(directory_.number(), text.c_str(), 0) != 0) return failed();
  return {};
}

std::expected<void, Trouble> DirectoryDropBox::flush() {
  if (fsync(directory_.number()) != 0) return failed();
  return {};
}

std::expected<std::size_t, Trouble> DirectoryDropBox::remove_abandoned(
    std::int64_t changed_before_microseconds, std::size_t files_max) {
  std::vector<std::string> old;
  const auto done = for_each_entry(
      directory_.number(), [&](const char* name, unsigned char /*kind*/) {
        struct stat found{};
        // The time of the last change of status, which nobody can set back.
        if (std::string_view(name).starts_with(drop_begun_prefix) &&
            fstatat(directory_.number(), name, &found, AT_SYMLINK_NOFOLLOW) ==
                0 &&
            !S_ISDIR(found.st_mode) &&
            found.st_ctim.tv_sec * std::int64_t{1'000'000} <
                changed_before_microseconds) {
          old.emplace_back(name);
        }
        return old.size() < files_max;
      });
  if (!done) return std::unexpected(done.error());
  std::size_t removed = 0;
  for (const std::string& name : old) {
    if (remove(name)) removed += 1;
  }
  return removed;
}

}  // namespace postkeep::io
