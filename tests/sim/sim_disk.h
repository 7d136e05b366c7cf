// SimDisk: a disk in memory that loses exactly what it may lose.
//
// Here:      the port's operations, faults, and what a power cut leaves.
// Not here:  the order in which flushes end (sim_flusher.h), chance
//            (choices.h).
// Grammar:   none.
// Laws:      tests/sim/disk_test.cc. What a successful flush promised is
//            there after any power cut; nothing else need be.
//
// Every file has what programs read now and what is on the disk; between the
// two stands the list of operations that may or may not have reached the disk.
// At a power cut any legal subset of them has:
//   write    not at all; whole; its size alone (zeros); cut at a sector or
//            page boundary, either side kept. Writes pass each other freely.
//   resize   or not.
//   names    a create, remove, link, rename or directory made counts as done
//            or not; one of a name implies all earlier ones of that name.
//            Nothing orders names and contents: a name may survive with a file
//            of zero length. A rename within a directory is atomic. Between
//            two directories the new name may survive beside the old one, but
//            not the loss of both.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/disk.h"
#include "sim/choices.h"

namespace postkeep::sim {

// Where a torn write is cut: at multiples of a disk's sector, or of a page.
inline constexpr std::size_t sector_octets = 512;
inline constexpr std::size_t page_octets = 4096;
// At most so many power cuts are tried at one point.
inline constexpr std::size_t power_cuts_max = std::size_t{1} << 12;

class SimDisk final : public Disk {
 public:
  SimDisk();

  DirectoryHandle root() const override;
  DiskResult<DirectoryHandle> open_directory(DirectoryHandle in,
                                             std::string_view name) override;
  DiskResult<> make_directory(DirectoryHandle in,
                              std::string_view name) override;
  DiskResult<std::vector<DirectoryEntry>> list(
      DirectoryHandle directory) override;
  DiskResult<EntryStatus> status(DirectoryHandle in,
                                 std::string_view name) override;
  void close(DirectoryHandle directory) override;
  DiskResult<FileHandle> open(DirectoryHandle in, std::string_view name,
                              Open how) override;
  DiskResult<std::size_t> read(FileHandle file, std::uint64_t offset,
                               std::span<Octet> room) override;
  void expect_reads(DirectoryHandle /*in*/,
                    std::vector<std::string> /*names*/) override {}
  DiskResult<> write(FileHandle file, std::uint64_t offset,
                     Octets octets) override;
  DiskResult<> write_pieces(FileHandle file, std::uint64_t offset,
                            std::span<const Octets> pieces) override;
  DiskResult<> resize(FileHandle file, std::uint64_t octets) override;
  DiskResult<> reserve(FileHandle file, std::uint64_t octets) override;
  DiskResult<EntryStatus> status(FileHandle file) override;
  DiskResult<> lock(FileHandle file) override;
  void close(FileHandle file) override;
  DiskResult<> rename(DirectoryHandle from_in, std::string_view from,
                      DirectoryHandle to_in, std::string_view to) override;
  DiskResult<> link(DirectoryHandle from_in, std::string_view from,
                    DirectoryHandle to_in, std::string_view to) override;
  DiskResult<> remove(DirectoryHandle in, std::string_view name) override;
  DiskResult<> remove_directory(DirectoryHandle in,
                                std::string_view name) override;
  DiskResult<> flush(FileHandle file) override;
  DiskResult<> flush_directory(DirectoryHandle directory) override;
  DiskResult<> flush_all() override;
  DiskResult<std::uint64_t> free_octets() override;

  // Flushes what was done before `mark` was taken, and nothing later.
  [[nodiscard]] std::uint64_t mark() const { return next_pending_; }
  DiskResult<> flush_until(FileHandle file, std::uint64_t mark);
  DiskResult<> flush_all_until(std::uint64_t mark);

  // How many operations (those that change something, and flushes) there have
  // been. Operation n is the one at whose start operations() is n.
  [[nodiscard]] std::uint64_t operations() const { return operations_; }
  [[nodiscard]] std::uint64_t reads() const { return reads_; }
  // Called at the start of each operation: a point at which power may fail.
  void before_operation(std::function<void()> hook) {
    before_operation_ = std::move(hook);
  }
  // Called at the start of each listing of a directory: it may take its time.
  void before_listing(std::function<void()> hook) {
    before_listing_ = std::move(hook);
  }
  // The program dies there: from operation n on, nothing is done and every
  // call says Trouble::closed.
  void stop_before(std::uint64_t n) { stop_before_ = n; }
  [[nodiscard]] bool stopped() const { return stopped_; }
  // Operation n fails once: a write when half of it is written; a flush so that
  // what it should have made durable never becomes so.
  void fail_operation(std::uint64_t n, Trouble why) { failing_[n] = why; }
  void fail_read(std::uint64_t n, Trouble why) { failing_reads_[n] = why; }
  // The size of the disk: writes and reservations past it meet no_space.
  void set_space(std::uint64_t octets) { space_octets_ = octets; }
  [[nodiscard]] std::uint64_t used_octets() const;
  // What times of files are taken from: one step an operation without it.
  void set_now(std::function<std::int64_t()> now) { now_ = std::move(now); }

  [[nodiscard]] std::size_t pending() const { return pending_.size(); }
  // How many power cuts differ in what they leave, at most; stops counting
  // at `cap`.
  [[nodiscard]] std::size_t power_cuts(std::size_t cap) const;
  // The disk as it comes back: nothing open, nothing pending, no faults.
  [[nodiscard]] SimDisk after_power_cut(Choices& choices) const;
  // The disk as the next process finds it when this one was killed: nothing
  // open and no faults, but all that was done is still under way.
  [[nodiscard]] SimDisk after_kill() const;
  // Calls `look` with every disk a power cut may leave now, or, when there are
  // more than `cap`, with that many from `seed`, everything and nothing kept
  // among them. Returns how many.
  std::size_t each_power_cut(std::size_t cap, std::uint64_t seed,
                             const std::function<void(SimDisk&)>& look) const;

 private:
  using InodeId = std::uint64_t;
  using Names = std::map<std::string, InodeId, std::less<>>;

  struct Inode {
    EntryKind kind = EntryKind::file;
    std::vector<Octet> now;   // What programs read.
    std::vector<Octet> safe;  // What is on the disk.
    Names names_now;          // The same for directories.
    Names names_safe;
    std::uint32_t links = 0;
    std::uint32_t open = 0;
    std::int64_t modified = 0;
    std::int64_t changed = 0;
    FileHandle locked_by = FileHandle::none;
  };
  struct NameChange {
    InodeId directory = 0;
    std::string name;
    InodeId becomes = 0;  // 0: no such name.
  };
  enum class Kind : std::uint8_t { write, resize, names };
  struct Pending {
    std::uint64_t id = 0;
    Kind kind = Kind::write;
    InodeId inode = 0;
    std::uint64_t offset = 0;  // For resize: the size.
    std::vector<Octet> octets;
    std::vector<NameChange> changes;
    std::uint64_t after = 0;  // Needs that one, whatever it names. 0: none.
    bool lost = false;  // A failed flush: no flush makes it durable any more.
  };

  // sim_disk.cc
  DiskResult<> begin_operation();
  [[nodiscard]] std::optional<Trouble> take_fault();
  DiskResult<> check_read();
  [[nodiscard]] Inode& at(FileHandle file);
  [[nodiscard]] Inode& at(DirectoryHandle directory);
  [[nodiscard]] InodeId id_of(FileHandle file) const;
  [[nodiscard]] InodeId id_of(DirectoryHandle directory) const;
  [[nodiscard]] std::int64_t now() const;
  [[nodiscard]] bool has_space_for(std::uint64_t more) const;
  [[nodiscard]] EntryStatus status_of(InodeId id) const;
  void write_now(InodeId id, std::uint64_t offset, Octets octets);
  static void lay(std::vector<Octet>& file, std::uint64_t offset,
                  Octets octets);

  // sim_disk_names.cc
  static void check_name(std::string_view name);
  [[nodiscard]] std::optional<InodeId> look_up(DirectoryHandle in,
                                               std::string_view name);
  InodeId make_inode(EntryKind kind);
  void change_names(std::vector<NameChange> changes, std::uint64_t after = 0);
  [[nodiscard]] FileHandle open_inode(InodeId id);

  // sim_power_cut.cc
  DiskResult<> flush_inode(InodeId id, std::uint64_t mark);
  void flush_names(std::optional<InodeId> directory, std::uint64_t mark);
  void apply(const Pending& pending);
  void apply_torn(const Pending& pending, Choices& choices);
  [[nodiscard]] static std::size_t options_of(const Pending& pending,
                                              std::size_t size_safe);
  [[nodiscard]] static bool share_a_name(const Pending& one,
                                         const Pending& other);
  void forget_unreachable();

  std::map<InodeId, Inode> inodes_;
  InodeId next_inode_ = 2;
  std::map<std::int32_t, InodeId> files_;
  std::map<std::int32_t, InodeId> directories_;
  std::int32_t next_number_ = 1;
  std::vector<Pending> pending_;
  std::uint64_t next_pending_ = 1;

  std::uint64_t operations_ = 0;
  std::uint64_t reads_ = 0;
  std::function<void()> before_operation_;
  std::function<void()> before_listing_;
  std::uint64_t stop_before_ = UINT64_MAX;
  bool stopped_ = false;
  std::map<std::uint64_t, Trouble> failing_;
  std::map<std::uint64_t, Trouble> failing_reads_;
  std::uint64_t space_octets_ = UINT64_MAX;
  std::function<std::int64_t()> now_;
};

}  // namespace postkeep::sim
