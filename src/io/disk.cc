#include "io/disk.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/check.h"
#include "io/errno.h"

namespace postkeep::io {
namespace {

constexpr mode_t file_mode = 0600;
constexpr mode_t directory_mode = 0700;
constexpr std::size_t name_octets_max = 255;
constexpr std::size_t pieces_at_once_max = 64;
constexpr std::size_t list_octets_at_once = 32 * 1024;
constexpr std::size_t zeros_at_once = 64 * 1024;

// A name as the kernel takes it. One that is no component never gets there.
class Name {
 public:
  explicit Name(std::string_view name) {
    good_ = !name.empty() && name.size() <= name_octets_max && name != "." &&
            name != ".." && name.find('/') == std::string_view::npos &&
            name.find('\0') == std::string_view::npos;
    if (good_) std::memcpy(text_.data(), name.data(), name.size());
  }
  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] const char* text() const { return text_.data(); }

 private:
  std::array<char, name_octets_max + 1> text_{};
  bool good_ = false;
};

int number(FileHandle file) {
  PK_CHECK(file != FileHandle::none);
  return static_cast<int>(file);
}

int number(DirectoryHandle directory) {
  PK_CHECK(directory != DirectoryHandle::none);
  return static_cast<int>(directory);
}

std::unexpected<Trouble> failed() { return std::unexpected(trouble_of(errno)); }

std::unexpected<Trouble> no_name() {
  return std::unexpected(Trouble::not_permitted);
}

DiskResult<> done(int result) {
  if (result != 0) return failed();
  return {};
}

std::int64_t microseconds(const timespec& time) {
  return time.tv_sec * 1'000'000 + time.tv_nsec / 1000;
}

EntryStatus status_of(const struct stat& from) {
  EntryStatus to;
  to.kind = S_ISREG(from.st_mode)   ? EntryKind::file
            : S_ISDIR(from.st_mode) ? EntryKind::directory
                                    : EntryKind::other;
  to.octets = static_cast<std::uint64_t>(from.st_size);
  to.inode = from.st_ino;
  to.modified = microseconds(from.st_mtim);
  to.changed = microseconds(from.st_ctim);
  to.links = static_cast<std::uint32_t>(from.st_nlink);
  return to;
}

EntryKind kind_of(unsigned char type) {
  switch (type) {
    case DT_REG: return EntryKind::file;
    case DT_DIR: return EntryKind::directory;
    default: return EntryKind::other;
  }
}

// O_NONBLOCK: a FIFO with a file's name must not make us wait for its writer.
constexpr int open_always = O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK;

int flags_of(Open how) {
  switch (how) {
    case Open::read: return O_RDONLY | open_always;
    case Open::write: return O_RDWR | open_always;
    case Open::create_new: return O_RDWR | O_CREAT | O_EXCL | open_always;
    case Open::write_create: return O_RDWR | O_CREAT | open_always;
  }
  check_failed("Open holds one of its enumerators", __FILE__, __LINE__);
}

}  // namespace

DirectoryDisk::DirectoryDisk(Descriptor directory)
    : root_(std::move(directory)) {
  PK_CHECK(root_.holds());
}

DirectoryHandle DirectoryDisk::root() const {
  return DirectoryHandle{root_.number()};
}

DiskResult<DirectoryHandle> DirectoryDisk::open_directory(
    DirectoryHandle in, std::string_view name) {
  const Name entry(name);
  if (!entry.good()) return no_name();
  const int opened =
      openat(number(in), entry.text(), O_RDONLY | O_DIRECTORY | open_always);
  if (opened < 0) return failed();
  return DirectoryHandle{opened};
}

DiskResult<> DirectoryDisk::make_directory(DirectoryHandle in,
                                           std::string_view name) {
  const Name entry(name);
  if (!entry.good()) return no_name();
  return done(mkdirat(number(in), entry.text(), directory_mode));
}

DiskResult<std::vector<DirectoryEntry>> DirectoryDisk::list(
    DirectoryHandle directory) {
  const int from = number(directory);
  if (lseek(from, 0, SEEK_SET) < 0) return failed();
  std::vector<DirectoryEntry> entries;
  std::vector<char> room(list_octets_at_once);
  for (;;) {
    const ssize_t got = getdents64(from, room.data(), room.size());
    if (got < 0) return failed();
    if (got == 0) return entries;
    for (std::size_t at = 0; at < static_cast<std::size_t>(got);) {
      dirent64 head{};
      std::memcpy(&head, room.data() + at, offsetof(dirent64, d_name));
      const std::string_view name(room.data() + at +
                                  offsetof(dirent64, d_name));
      at += head.d_reclen;
      if (name == "." || name == "..") continue;
      DirectoryEntry entry{std::string(name), kind_of(head.d_type), head.d_ino};
      if (head.d_type == DT_UNKNOWN) {
        const auto known = status(directory, name);
        if (known) entry.kind = known->kind;
      }
      entries.push_back(std::move(entry));
    }
  }
}

DiskResult<EntryStatus> DirectoryDisk::status(DirectoryHandle in,
                                              std::string_view name) {
  const Name entry(name);
  if (!entry.good()) return no_name();
  struct stat found{};
  if (fstatat(number(in), entry.text(), &found, AT_SYMLINK_NOFOLLOW) != 0) {
    return failed();
  }
  return status_of(found);
}

void DirectoryDisk::close(DirectoryHandle directory) {
  PK_CHECK(directory != root());
  ::close(number(directory));
}

DiskResult<FileHandle> DirectoryDisk::open(DirectoryHandle in,
                                           std::string_view name, Open how) {
  const Name entry(name);
  if (!entry.good()) return no_name();
  Descriptor file =
      own(openat(number(in), entry.text(), flags_of(how), file_mode));
  if (!file.holds()) return failed();
  // One that was just made is a file.
  if (how == Open::create_new) return FileHandle{file.release()};
  struct stat found{};
  if (fstat(file.number(), &found) != 0) return failed();
  if (!S_ISREG(found.st_mode)) return std::unexpected(Trouble::wrong_kind);
  return FileHandle{file.release()};
}

// The directory may be closed before all is read: it goes with a descriptor of
// its own. The door leaves no dup(); this is one.
void DirectoryDisk::expect_reads(DirectoryHandle in,
                                 std::vector<std::string> names) {
  if (!reader_ahead_ || names.empty()) return;
  Descriptor directory =
      own(openat(number(in), ".", O_RDONLY | O_DIRECTORY | open_always));
  if (directory.holds()) reader_ahead_(std::move(directory), std::move(names));
}

void read_ahead(const Descriptor& directory, std::string_view name) {
  const Name entry(name);
  if (!entry.good()) return;
  const Descriptor file =
      own(openat(directory.number(), entry.text(), O_RDONLY | open_always));
  if (!file.holds()) return;
  static_cast<void>(posix_fadvise(file.number(), 0, 0, POSIX_FADV_WILLNEED));
}

DiskResult<std::size_t> DirectoryDisk::read(FileHandle file,
                                            std::uint64_t offset,
                                            std::span<Octet> room) {
  std::size_t done_octets = 0;
  while (done_octets < room.size()) {
    const ssize_t got = pread(number(file), room.data() + done_octets,
                              room.size() - done_octets,
                              static_cast<off_t>(offset + done_octets));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed();
    if (got == 0) break;
    done_octets += static_cast<std::size_t>(got);
  }
  return done_octets;
}

DiskResult<> DirectoryDisk::write(FileHandle file, std::uint64_t offset,
                                  Octets octets) {
  while (!octets.empty()) {
    const ssize_t wrote = pwrite(number(file), octets.data(), octets.size(),
                                 static_cast<off_t>(offset));
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return failed();
    octets = octets.subspan(static_cast<std::size_t>(wrote));
    offset += static_cast<std::uint64_t>(wrote);
  }
  return {};
}

DiskResult<> DirectoryDisk::write_pieces(FileHandle file, std::uint64_t offset,
                                         std::span<const Octets> pieces) {
  std::size_t skip = 0;  // Of the first piece.
  while (!pieces.empty()) {
    std::array<iovec, pieces_at_once_max> parts{};
    const std::size_t count = std::min(pieces.size(), parts.size());
    for (std::size_t i = 0; i < count; ++i) {
      const Octets part = i == 0 ? pieces[i].subspan(skip) : pieces[i];
      parts[i] = {const_cast<Octet*>(part.data()), part.size()};
    }
    const ssize_t wrote =
        pwritev(number(file), parts.data(), static_cast<int>(count),
                static_cast<off_t>(offset));
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return failed();
    offset += static_cast<std::uint64_t>(wrote);
    auto left = static_cast<std::size_t>(wrote);
    while (!pieces.empty() && left >= pieces.front().size() - skip) {
      left -= pieces.front().size() - skip;
      pieces = pieces.subspan(1);
      skip = 0;
    }
    skip += left;
  }
  return {};
}

DiskResult<> DirectoryDisk::resize(FileHandle file, std::uint64_t octets) {
  return done(ftruncate(number(file), static_cast<off_t>(octets)));
}

DiskResult<> DirectoryDisk::reserve(FileHandle file, std::uint64_t octets) {
  if (octets == 0) return {};
  int result = 0;
  do {
    result = fallocate(number(file), 0, 0, static_cast<off_t>(octets));
  } while (result != 0 && errno == EINTR);
  if (result == 0) return {};
  if (errno != EOPNOTSUPP) return failed();
  // A file system that cannot promise room is given zeros instead.
  const auto now = status(file);
  if (!now) return std::unexpected(now.error());
  const std::vector<Octet> zeros(zeros_at_once);
  for (std::uint64_t at = now->octets; at < octets;) {
    const auto part = static_cast<std::size_t>(
        std::min<std::uint64_t>(octets - at, zeros.size()));
    const auto wrote = write(file, at, Octets(zeros).first(part));
    if (!wrote) return wrote;
    at += part;
  }
  return {};
}

DiskResult<EntryStatus> DirectoryDisk::status(FileHandle file) {
  struct stat found{};
  if (fstat(number(file), &found) != 0) return failed();
  return status_of(found);
}

DiskResult<> DirectoryDisk::lock(FileHandle file) {
  struct flock whole{};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  if (fcntl(number(file), F_OFD_SETLK, &whole) == 0) return {};
  if (errno == EAGAIN || errno == EACCES) {
    return std::unexpected(Trouble::locked);
  }
  return failed();
}

void DirectoryDisk::close(FileHandle file) { ::close(number(file)); }

DiskResult<> DirectoryDisk::rename(DirectoryHandle from_in,
                                   std::string_view from, DirectoryHandle to_in,
                                   std::string_view to) {
  const Name old_entry(from);
  const Name new_entry(to);
  if (!old_entry.good() || !new_entry.good()) return no_name();
  return done(renameat(number(from_in), old_entry.text(), number(to_in),
                       new_entry.text()));
}

DiskResult<> DirectoryDisk::link(DirectoryHandle from_in, std::string_view from,
                                 DirectoryHandle to_in, std::string_view to) {
  const Name old_entry(from);
  const Name new_entry(to);
  if (!old_entry.good() || !new_entry.good()) return no_name();
  return done(linkat(number(from_in), old_entry.text(), number(to_in),
                     new_entry.text(), 0));
}

DiskResult<> DirectoryDisk::remove(DirectoryHandle in, std::string_view name) {
  const Name entry(name);
  if (!entry.good()) return no_name();
  return done(unlinkat(number(in), entry.text(), 0));
}

DiskResult<> DirectoryDisk::remove_directory(DirectoryHandle in,
                                             std::string_view name) {
  const Name entry(name);
  if (!entry.good()) return no_name();
  return done(unlinkat(number(in), entry.text(), AT_REMOVEDIR));
}

DiskResult<> DirectoryDisk::flush(FileHandle file) {
  return done(fdatasync(number(file)));
}

DiskResult<> DirectoryDisk::flush_directory(DirectoryHandle directory) {
  return done(fsync(number(directory)));
}

DiskResult<std::uint64_t> DirectoryDisk::free_octets() {
  struct statfs status = {};
  if (fstatfs(root_.number(), &status) != 0) {
    return std::unexpected(trouble_of(errno));
  }
  return static_cast<std::uint64_t>(status.f_bavail) *
         static_cast<std::uint64_t>(status.f_bsize);
}

DiskResult<std::uint32_t> DirectoryDisk::owner(FileHandle file) {
  struct stat found{};
  if (fstat(number(file), &found) != 0) return failed();
  return found.st_uid;
}

DiskResult<std::uint32_t> DirectoryDisk::owner(DirectoryHandle directory) {
  struct stat found{};
  if (fstat(number(directory), &found) != 0) return failed();
  return found.st_uid;
}

DiskResult<> DirectoryDisk::set_modified(FileHandle file,
                                         std::int64_t seconds) {
  const std::array<timespec, 2> times{timespec{0, UTIME_OMIT},
                                      timespec{seconds, 0}};
  return done(futimens(number(file), times.data()));
}

DiskResult<> DirectoryDisk::flush_all() { return done(syncfs(root_.number())); }

}  // namespace postkeep::io
