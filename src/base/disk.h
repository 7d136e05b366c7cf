// The port of the disk: files below one directory, never a path.
//
// Here:      Disk, its handles and what they promise about durability.
// Not here:  the real disk (io/disk.h), the simulated one (tests/sim/).
// Laws:      a name is one component (no '/', not empty, not "." or "..", at
//            most 255 octets); links are never followed; what is durable is
//            exactly what flush, flush_directory and flush_all say.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/octets.h"
#include "base/trouble.h"

namespace postkeep {

enum class FileHandle : std::int32_t { none = -1 };
enum class DirectoryHandle : std::int32_t { none = -1 };

enum class EntryKind : std::uint8_t { file, directory, other };

struct EntryStatus {
  EntryKind kind = EntryKind::other;
  std::uint64_t octets = 0;
  std::uint64_t inode = 0;
  // Modification and status-change time, microseconds since 1970 in UTC.
  std::int64_t modified = 0;
  std::int64_t changed = 0;
  std::uint32_t links = 0;
};

struct DirectoryEntry {
  std::string name;  // Never "." or "..".
  EntryKind kind = EntryKind::other;
  std::uint64_t inode = 0;
};

enum class Open : std::uint8_t {
  read,          // An existing file, to read.
  write,         // An existing file, to read and write.
  create_new,    // A file that must not exist yet, to read and write.
  write_create,  // To read and write; made when it is not there.
};

template <typename T = void>
using DiskResult = std::expected<T, Trouble>;

class Disk {
 public:
  // The directory that everything is below. Not to be closed.
  [[nodiscard]] virtual DirectoryHandle root() const = 0;

  [[nodiscard]] virtual DiskResult<DirectoryHandle> open_directory(
      DirectoryHandle in, std::string_view name) = 0;
  // Makes a directory (Trouble::exists when it is there) without opening it.
  [[nodiscard]] virtual DiskResult<> make_directory(DirectoryHandle in,
                                                    std::string_view name) = 0;
  // Every entry, in no order.
  [[nodiscard]] virtual DiskResult<std::vector<DirectoryEntry>> list(
      DirectoryHandle directory) = 0;
  [[nodiscard]] virtual DiskResult<EntryStatus> status(
      DirectoryHandle in, std::string_view name) = 0;
  virtual void close(DirectoryHandle directory) = 0;

  [[nodiscard]] virtual DiskResult<FileHandle> open(DirectoryHandle in,
                                                    std::string_view name,
                                                    Open how) = 0;
  // Reads up to room.size() octets at `offset`; fewer only at the end.
  [[nodiscard]] virtual DiskResult<std::size_t> read(FileHandle file,
                                                     std::uint64_t offset,
                                                     std::span<Octet> room) = 0;
  // A hint: these files will be read as a whole, soon. Does not wait.
  virtual void expect_reads(DirectoryHandle in,
                            std::vector<std::string> names) = 0;
  // Writes all of `octets` at `offset`, or says why not: then any part of
  // them may have been written.
  [[nodiscard]] virtual DiskResult<> write(FileHandle file,
                                           std::uint64_t offset,
                                           Octets octets) = 0;
  // The same with many pieces, one after the other (one system call).
  [[nodiscard]] virtual DiskResult<> write_pieces(
      FileHandle file, std::uint64_t offset,
      std::span<const Octets> pieces) = 0;
  [[nodiscard]] virtual DiskResult<> resize(FileHandle file,
                                            std::uint64_t octets) = 0;
  // Takes room for `octets` octets in all, so that writes within them do not
  // meet no_space. Octets never written read as zero.
  [[nodiscard]] virtual DiskResult<> reserve(FileHandle file,
                                             std::uint64_t octets) = 0;
  [[nodiscard]] virtual DiskResult<EntryStatus> status(FileHandle file) = 0;
  // One lock a file, between processes; gone when the file is closed.
  // Trouble::locked when another holds it.
  [[nodiscard]] virtual DiskResult<> lock(FileHandle file) = 0;
  virtual void close(FileHandle file) = 0;

  // Name operations. Atomic for everybody who looks; durable only after
  // flush_directory of every directory concerned. rename replaces `to`.
  [[nodiscard]] virtual DiskResult<> rename(DirectoryHandle from_in,
                                            std::string_view from,
                                            DirectoryHandle to_in,
                                            std::string_view to) = 0;
  [[nodiscard]] virtual DiskResult<> link(DirectoryHandle from_in,
                                          std::string_view from,
                                          DirectoryHandle to_in,
                                          std::string_view to) = 0;
  [[nodiscard]] virtual DiskResult<> remove(DirectoryHandle in,
                                            std::string_view name) = 0;
  [[nodiscard]] virtual DiskResult<> remove_directory(
      DirectoryHandle in, std::string_view name) = 0;

  // Octets that may still be taken; a guess when others write too.
  [[nodiscard]] virtual DiskResult<std::uint64_t> free_octets() = 0;

  // After success, what was written to the file survives a power cut
  // (fdatasync). After a failure it may be lost, and a second flush that
  // succeeds says nothing about it: who flushes must stop relying on the file.
  [[nodiscard]] virtual DiskResult<> flush(FileHandle file) = 0;
  // The same for the names in a directory.
  [[nodiscard]] virtual DiskResult<> flush_directory(
      DirectoryHandle directory) = 0;
  // The same for everything below root() at once (syncfs): cheaper than many
  // flushes.
  [[nodiscard]] virtual DiskResult<> flush_all() = 0;

 protected:
  ~Disk() = default;
};

// Flushes in a thread of its own, so that a loop goes on meanwhile. In the
// simulator it is done when the simulator says so.
class Flusher {
 public:
  // Starts flushing `file`; calls `done` from the loop, once, in the order of
  // the starts. Several may be under way.
  virtual void flush(FileHandle file,
                     std::function<void(DiskResult<>)> done) = 0;
  // The same for flush_all().
  virtual void flush_all(std::function<void(DiskResult<>)> done) = 0;

 protected:
  ~Flusher() = default;
};

}  // namespace postkeep
