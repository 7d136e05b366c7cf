// SimDisk's names: directories, and what is done to the entries in them.
#include <algorithm>

#include "base/check.h"
#include "sim/sim_disk.h"

namespace postkeep::sim {

void SimDisk::check_name(std::string_view name) {
  PK_CHECK(!name.empty() && name.size() <= 255);
  PK_CHECK(name != "." && name != "..");
  PK_CHECK(name.find('/') == name.npos && name.find('\0') == name.npos);
}

std::optional<SimDisk::InodeId> SimDisk::look_up(DirectoryHandle in,
                                                 std::string_view name) {
  check_name(name);
  const Names& names = at(in).names_now;
  const auto found = names.find(name);
  if (found == names.end()) return std::nullopt;
  return found->second;
}

SimDisk::InodeId SimDisk::make_inode(EntryKind kind) {
  const InodeId id = next_inode_++;
  Inode& inode = inodes_[id];
  inode.kind = kind;
  inode.modified = inode.changed = now();
  return id;
}

// Makes the changes for all who look now, and notes them as one operation that
// may not have reached the disk.
void SimDisk::change_names(std::vector<NameChange> changes,
                           std::uint64_t after) {
  for (const NameChange& change : changes) {
    Inode& directory = inodes_.at(change.directory);
    directory.modified = directory.changed = now();
    const auto was = directory.names_now.find(change.name);
    if (was != directory.names_now.end()) {
      inodes_.at(was->second).links -= 1;
      inodes_.at(was->second).changed = now();
      directory.names_now.erase(was);
    }
    if (change.becomes == 0) continue;
    inodes_.at(change.becomes).links += 1;
    inodes_.at(change.becomes).changed = now();
    directory.names_now.emplace(change.name, change.becomes);
  }
  Pending pending;
  pending.id = next_pending_++;
  pending.kind = Kind::names;
  pending.changes = std::move(changes);
  pending.after = after;
  pending_.push_back(std::move(pending));
}

DiskResult<DirectoryHandle> SimDisk::open_directory(DirectoryHandle in,
                                                    std::string_view name) {
  if (const auto ok = check_read(); !ok) return std::unexpected(ok.error());
  const auto id = look_up(in, name);
  if (!id) return std::unexpected(Trouble::not_found);
  if (inodes_.at(*id).kind != EntryKind::directory) {
    return std::unexpected(Trouble::wrong_kind);
  }
  const DirectoryHandle opened{next_number_++};
  directories_.emplace(static_cast<std::int32_t>(opened), *id);
  return opened;
}

DiskResult<> SimDisk::make_directory(DirectoryHandle in,
                                     std::string_view name) {
  if (const auto ok = begin_operation(); !ok) return ok;
  if (const auto why = take_fault()) return std::unexpected(*why);
  if (look_up(in, name)) return std::unexpected(Trouble::exists);
  if (!has_space_for(1)) return std::unexpected(Trouble::no_space);
  change_names(
      {{id_of(in), std::string(name), make_inode(EntryKind::directory)}});
  return {};
}

DiskResult<std::vector<DirectoryEntry>> SimDisk::list(
    DirectoryHandle directory) {
  if (const auto ok = check_read(); !ok) return std::unexpected(ok.error());
  if (before_listing_) before_listing_();
  std::vector<DirectoryEntry> entries;
  for (const auto& [name, id] : at(directory).names_now) {
    entries.push_back({name, inodes_.at(id).kind, id});
  }
  // In no order: whoever counts on one finds out.
  std::ranges::reverse(entries);
  return entries;
}

FileHandle SimDisk::open_inode(InodeId id) {
  const FileHandle opened{next_number_++};
  files_.emplace(static_cast<std::int32_t>(opened), id);
  inodes_.at(id).open += 1;
  return opened;
}

DiskResult<FileHandle> SimDisk::open(DirectoryHandle in, std::string_view name,
                                     Open how) {
  const auto found = look_up(in, name);
  if (found && inodes_.at(*found).kind != EntryKind::file) {
    return std::unexpected(Trouble::wrong_kind);
  }
  if (how == Open::read || how == Open::write ||
      (how == Open::write_create && found)) {
    if (const auto ok = check_read(); !ok) return std::unexpected(ok.error());
    if (!found) return std::unexpected(Trouble::not_found);
    return open_inode(*found);
  }
  if (const auto ok = begin_operation(); !ok) {
    return std::unexpected(ok.error());
  }
  if (const auto why = take_fault()) return std::unexpected(*why);
  if (found) return std::unexpected(Trouble::exists);
  if (!has_space_for(1)) return std::unexpected(Trouble::no_space);
  const InodeId id = make_inode(EntryKind::file);
  change_names({{id_of(in), std::string(name), id}});
  return open_inode(id);
}

DiskResult<> SimDisk::rename(DirectoryHandle from_in, std::string_view from,
                             DirectoryHandle to_in, std::string_view to) {
  if (const auto ok = begin_operation(); !ok) return ok;
  if (const auto why = take_fault()) return std::unexpected(*why);
  const auto moved = look_up(from_in, from);
  if (!moved) return std::unexpected(Trouble::not_found);
  const auto replaced = look_up(to_in, to);
  if (replaced == moved) return {};  // POSIX: two names of one file stay.
  const bool is_directory = inodes_.at(*moved).kind == EntryKind::directory;
  if (replaced) {
    const Inode& other = inodes_.at(*replaced);
    if ((other.kind == EntryKind::directory) != is_directory) {
      return std::unexpected(Trouble::wrong_kind);
    }
    if (!other.names_now.empty()) return std::unexpected(Trouble::exists);
  }
  NameChange arrives{id_of(to_in), std::string(to), *moved};
  NameChange leaves{id_of(from_in), std::string(from), 0};
  if (is_directory || arrives.directory == leaves.directory) {
    change_names({std::move(arrives), std::move(leaves)});
    return {};
  }
  const std::uint64_t arrival = next_pending_;
  change_names({std::move(arrives)});
  change_names({std::move(leaves)}, arrival);
  return {};
}

DiskResult<> SimDisk::link(DirectoryHandle from_in, std::string_view from,
                           DirectoryHandle to_in, std::string_view to) {
  if (const auto ok = begin_operation(); !ok) return ok;
  if (const auto why = take_fault()) return std::unexpected(*why);
  const auto id = look_up(from_in, from);
  if (!id) return std::unexpected(Trouble::not_found);
  if (inodes_.at(*id).kind != EntryKind::file) {
    return std::unexpected(Trouble::not_permitted);
  }
  if (look_up(to_in, to)) return std::unexpected(Trouble::exists);
  change_names({{id_of(to_in), std::string(to), *id}});
  return {};
}

DiskResult<> SimDisk::remove(DirectoryHandle in, std::string_view name) {
  if (const auto ok = begin_operation(); !ok) return ok;
  if (const auto why = take_fault()) return std::unexpected(*why);
  const auto id = look_up(in, name);
  if (!id) return std::unexpected(Trouble::not_found);
  if (inodes_.at(*id).kind == EntryKind::directory) {
    return std::unexpected(Trouble::wrong_kind);
  }
  change_names({{id_of(in), std::string(name), 0}});
  return {};
}

DiskResult<> SimDisk::remove_directory(DirectoryHandle in,
                                       std::string_view name) {
  if (const auto ok = begin_operation(); !ok) return ok;
  if (const auto why = take_fault()) return std::unexpected(*why);
  const auto id = look_up(in, name);
  if (!id) return std::unexpected(Trouble::not_found);
  if (inodes_.at(*id).kind != EntryKind::directory) {
    return std::unexpected(Trouble::wrong_kind);
  }
  if (!inodes_.at(*id).names_now.empty()) {
    return std::unexpected(Trouble::exists);
  }
  change_names({{id_of(in), std::string(name), 0}});
  return {};
}

}  // namespace postkeep::sim
