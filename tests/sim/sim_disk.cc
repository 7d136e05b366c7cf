#include "sim/sim_disk.h"

#include <algorithm>

#include "base/check.h"

namespace postkeep::sim {
namespace {

constexpr std::uint64_t root_inode = 1;
constexpr DirectoryHandle root_handle{0};

}  // namespace

SimDisk::SimDisk() {
  Inode root;
  root.kind = EntryKind::directory;
  root.links = 1;
  inodes_.emplace(root_inode, std::move(root));
  directories_.emplace(static_cast<std::int32_t>(root_handle), root_inode);
}

DirectoryHandle SimDisk::root() const { return root_handle; }

// Every operation begins here: a point at which the power may fail or the
// program may die, and a number by which faults are planned.
DiskResult<> SimDisk::begin_operation() {
  if (operations_ >= stop_before_) stopped_ = true;
  if (stopped_) return std::unexpected(Trouble::closed);
  if (before_operation_) before_operation_();
  operations_ += 1;
  return {};
}

std::optional<Trouble> SimDisk::take_fault() {
  const auto found = failing_.find(operations_ - 1);
  if (found == failing_.end()) return std::nullopt;
  const Trouble why = found->second;
  failing_.erase(found);
  return why;
}

DiskResult<> SimDisk::check_read() {
  if (stopped_) return std::unexpected(Trouble::closed);
  const auto found = failing_reads_.find(reads_++);
  if (found == failing_reads_.end()) return {};
  const Trouble why = found->second;
  failing_reads_.erase(found);
  return std::unexpected(why);
}

SimDisk::InodeId SimDisk::id_of(FileHandle file) const {
  const auto found = files_.find(static_cast<std::int32_t>(file));
  PK_CHECK(found != files_.end());
  return found->second;
}

SimDisk::InodeId SimDisk::id_of(DirectoryHandle directory) const {
  const auto found = directories_.find(static_cast<std::int32_t>(directory));
  PK_CHECK(found != directories_.end());
  return found->second;
}

SimDisk::Inode& SimDisk::at(FileHandle file) { return inodes_.at(id_of(file)); }

SimDisk::Inode& SimDisk::at(DirectoryHandle directory) {
  return inodes_.at(id_of(directory));
}

std::int64_t SimDisk::now() const {
  return now_ ? now_() : static_cast<std::int64_t>(operations_);
}

std::uint64_t SimDisk::used_octets() const {
  std::uint64_t sum = 0;
  for (const auto& [id, inode] : inodes_) {
    if (inode.links > 0 || inode.open > 0) sum += inode.now.size();
  }
  return sum;
}

bool SimDisk::has_space_for(std::uint64_t more) const {
  if (space_octets_ == UINT64_MAX || more == 0) return true;
  const std::uint64_t used = used_octets();
  return used <= space_octets_ && more <= space_octets_ - used;
}

DiskResult<std::size_t> SimDisk::read(FileHandle file, std::uint64_t offset,
                                      std::span<Octet> room) {
  if (const auto ok = check_read(); !ok) return std::unexpected(ok.error());
  const std::vector<Octet>& now = at(file).now;
  if (offset >= now.size()) return 0;
  const std::size_t count =
      std::min(room.size(), now.size() - static_cast<std::size_t>(offset));
  std::copy_n(now.begin() + static_cast<std::ptrdiff_t>(offset), count,
              room.begin());
  return count;
}

void SimDisk::lay(std::vector<Octet>& file, std::uint64_t offset,
                  Octets octets) {
  const std::size_t start = static_cast<std::size_t>(offset);
  if (file.size() < start + octets.size()) file.resize(start + octets.size());
  std::ranges::copy(octets, file.begin() + static_cast<std::ptrdiff_t>(start));
}

void SimDisk::write_now(InodeId id, std::uint64_t offset, Octets octets) {
  if (octets.empty()) return;
  Inode& inode = inodes_.at(id);
  lay(inode.now, offset, octets);
  inode.modified = inode.changed = now();
  Pending pending;
  pending.id = next_pending_++;
  pending.kind = Kind::write;
  pending.inode = id;
  pending.offset = offset;
  pending.octets.assign(octets.begin(), octets.end());
  pending_.push_back(std::move(pending));
}

DiskResult<> SimDisk::write(FileHandle file, std::uint64_t offset,
                            Octets octets) {
  return write_pieces(file, offset, {&octets, 1});
}

DiskResult<> SimDisk::write_pieces(FileHandle file, std::uint64_t offset,
                                   std::span<const Octets> pieces) {
  if (const auto ok = begin_operation(); !ok) return ok;
  std::vector<Octet> whole;
  for (const Octets piece : pieces) {
    whole.insert(whole.end(), piece.begin(), piece.end());
  }
  const InodeId id = id_of(file);
  const std::uint64_t end = offset + whole.size();
  const std::uint64_t size = inodes_.at(id).now.size();
  if (const auto why = take_fault()) {
    write_now(id, offset, Octets{whole}.first(whole.size() / 2));
    return std::unexpected(*why);
  }
  if (end > size && !has_space_for(end - size)) {
    // What still fits has been written, as the kernel does it.
    const std::uint64_t used = used_octets();
    const std::uint64_t left = used < space_octets_ ? space_octets_ - used : 0;
    const std::uint64_t fits = size + left > offset ? size + left - offset : 0;
    write_now(id, offset, Octets{whole}.first(std::min(fits, whole.size())));
    return std::unexpected(Trouble::no_space);
  }
  write_now(id, offset, whole);
  return {};
}

DiskResult<> SimDisk::resize(FileHandle file, std::uint64_t octets) {
  if (const auto ok = begin_operation(); !ok) return ok;
  if (const auto why = take_fault()) return std::unexpected(*why);
  const InodeId id = id_of(file);
  Inode& inode = inodes_.at(id);
  if (octets > inode.now.size() && !has_space_for(octets - inode.now.size())) {
    return std::unexpected(Trouble::no_space);
  }
  inode.now.resize(static_cast<std::size_t>(octets));
  inode.modified = inode.changed = now();
  Pending pending;
  pending.id = next_pending_++;
  pending.kind = Kind::resize;
  pending.inode = id;
  pending.offset = octets;
  pending_.push_back(std::move(pending));
  return {};
}

DiskResult<> SimDisk::reserve(FileHandle file, std::uint64_t octets) {
  if (octets > at(file).now.size()) return resize(file, octets);
  if (const auto ok = begin_operation(); !ok) return ok;
  if (const auto why = take_fault()) return std::unexpected(*why);
  return {};
}

EntryStatus SimDisk::status_of(InodeId id) const {
  const Inode& inode = inodes_.at(id);
  return {inode.kind,     inode.now.size(), id,
          inode.modified, inode.changed,    inode.links};
}

DiskResult<EntryStatus> SimDisk::status(FileHandle file) {
  if (const auto ok = check_read(); !ok) return std::unexpected(ok.error());
  return status_of(id_of(file));
}

DiskResult<EntryStatus> SimDisk::status(DirectoryHandle in,
                                        std::string_view name) {
  if (const auto ok = check_read(); !ok) return std::unexpected(ok.error());
  const auto id = look_up(in, name);
  if (!id) return std::unexpected(Trouble::not_found);
  return status_of(*id);
}

DiskResult<> SimDisk::lock(FileHandle file) {
  if (const auto ok = begin_operation(); !ok) return ok;
  if (const auto why = take_fault()) return std::unexpected(*why);
  Inode& inode = at(file);
  if (inode.locked_by != FileHandle::none && inode.locked_by != file) {
    return std::unexpected(Trouble::locked);
  }
  inode.locked_by = file;
  return {};
}

void SimDisk::close(FileHandle file) {
  Inode& inode = at(file);
  if (inode.locked_by == file) inode.locked_by = FileHandle::none;
  inode.open -= 1;
  files_.erase(static_cast<std::int32_t>(file));
}

void SimDisk::close(DirectoryHandle directory) {
  PK_CHECK(directory != root_handle);
  PK_CHECK(directories_.erase(static_cast<std::int32_t>(directory)) == 1);
}

DiskResult<> SimDisk::flush(FileHandle file) {
  return flush_until(file, next_pending_);
}

DiskResult<> SimDisk::flush_until(FileHandle file, std::uint64_t mark) {
  if (const auto ok = begin_operation(); !ok) return ok;
  return flush_inode(id_of(file), mark);
}

DiskResult<> SimDisk::flush_directory(DirectoryHandle directory) {
  if (const auto ok = begin_operation(); !ok) return ok;
  if (const auto why = take_fault()) return std::unexpected(*why);
  flush_names(id_of(directory), next_pending_);
  return {};
}

DiskResult<std::uint64_t> SimDisk::free_octets() {
  if (const auto ok = check_read(); !ok) return std::unexpected(ok.error());
  if (space_octets_ == UINT64_MAX) return UINT64_MAX / 2;
  return space_octets_ - std::min(space_octets_, used_octets());
}

DiskResult<> SimDisk::flush_all() { return flush_all_until(next_pending_); }

}  // namespace postkeep::sim
