// The disk made real: files below one directory, by *at() system calls alone.
//
// Here:      DirectoryDisk, the port base/disk.h over a directory descriptor.
// Not here:  flushing in a thread (io/flusher.h).
// Laws:      base/disk.h; tests/io/disk_test.cc. No call leaves the directory:
//            a name is one component, and links are never followed.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/descriptor.h"
#include "base/disk.h"

namespace postkeep::io {

class DirectoryDisk final : public Disk {
 public:
  // `directory` is the root of all. Files are made with mode 0600 and
  // directories with 0700.
  explicit DirectoryDisk(Descriptor directory);
  ~DirectoryDisk() = default;

  [[nodiscard]] DirectoryHandle root() const override;
  [[nodiscard]] DiskResult<DirectoryHandle> open_directory(
      DirectoryHandle in, std::string_view name) override;
  [[nodiscard]] DiskResult<> make_directory(DirectoryHandle in,
                                            std::string_view name) override;
  [[nodiscard]] DiskResult<std::vector<DirectoryEntry>> list(
      DirectoryHandle directory) override;
  [[nodiscard]] DiskResult<EntryStatus> status(DirectoryHandle in,
                                               std::string_view name) override;
  void close(DirectoryHandle directory) override;

  [[nodiscard]] DiskResult<FileHandle> open(DirectoryHandle in,
                                            std::string_view name,
                                            Open how) override;
  [[nodiscard]] DiskResult<std::size_t> read(FileHandle file,
                                             std::uint64_t offset,
                                             std::span<Octet> room) override;
  // Once a thread does it; before, the hint is lost.
  void expect_reads(DirectoryHandle in,
                    std::vector<std::string> names) override;
  [[nodiscard]] DiskResult<> write(FileHandle file, std::uint64_t offset,
                                   Octets octets) override;
  [[nodiscard]] DiskResult<> write_pieces(
      FileHandle file, std::uint64_t offset,
      std::span<const Octets> pieces) override;
  [[nodiscard]] DiskResult<> resize(FileHandle file,
                                    std::uint64_t octets) override;
  [[nodiscard]] DiskResult<> reserve(FileHandle file,
                                     std::uint64_t octets) override;
  [[nodiscard]] DiskResult<EntryStatus> status(FileHandle file) override;
  [[nodiscard]] DiskResult<> lock(FileHandle file) override;
  void close(FileHandle file) override;

  [[nodiscard]] DiskResult<> rename(DirectoryHandle from_in,
                                    std::string_view from,
                                    DirectoryHandle to_in,
                                    std::string_view to) override;
  [[nodiscard]] DiskResult<> link(DirectoryHandle from_in,
                                  std::string_view from, DirectoryHandle to_in,
                                  std::string_view to) override;
  [[nodiscard]] DiskResult<> remove(DirectoryHandle in,
                                    std::string_view name) override;
  [[nodiscard]] DiskResult<> remove_directory(DirectoryHandle in,
                                              std::string_view name) override;

  [[nodiscard]] DiskResult<std::uint64_t> free_octets() override;
  [[nodiscard]] DiskResult<> flush(FileHandle file) override;
  [[nodiscard]] DiskResult<> flush_directory(
      DirectoryHandle directory) override;
  [[nodiscard]] DiskResult<> flush_all() override;

  // What takes a directory and names in it, and reads ahead: see
  // ThreadFlusher.
  using ReaderAhead =
      std::function<void(Descriptor directory, std::vector<std::string> names)>;
  void read_ahead_by(ReaderAhead reader) { reader_ahead_ = std::move(reader); }

  // For the command line, beside the port: whose a file or directory is, and
  // the modification time that it is to have, in seconds since 1970.
  [[nodiscard]] DiskResult<std::uint32_t> owner(FileHandle file);
  [[nodiscard]] DiskResult<std::uint32_t> owner(DirectoryHandle directory);
  [[nodiscard]] DiskResult<> set_modified(FileHandle file,
                                          std::int64_t seconds);

 private:
  Descriptor root_;
  ReaderAhead reader_ahead_;
};

// Has the kernel read this file while others run. Waits, but for the octets.
void read_ahead(const Descriptor& directory, std::string_view name);

}  // namespace postkeep::io
