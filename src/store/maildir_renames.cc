// RENAME of folders: all have their new names, or none.
//
// Each folder is a directory by itself, so that a tree of them is renamed one
// by one. With more than one, a record of all is flushed first: what a power
// cut interrupts is completed at the next start. A folder is known by its id,
// so that a record which a power cut brought back renames no other that has
// come into the old place.
#include <utility>

#include "store/folder_name.h"
#include "store/maildir_inside.h"
#include "store/rename_record.h"

namespace postkeep::store {

FolderId MaildirStore::Inside::id_of(const std::string& mailbox,
                                     std::string_view directory) {
  if (const auto found = open.find(mailbox); found != open.end()) {
    return found->second.folder->id();
  }
  const auto state = peek(directory);
  return state ? state->folder : 0;
}

StoreResult<> MaildirStore::Inside::record_renames(
    std::span<const FolderRename> renames) {
  Disk& disk = tree.disk;
  const DirectoryHandle root = disk.root();
  const auto file = disk.open(root, rename_record_new_name, Open::write_create);
  if (!file) return std::unexpected(tree.fail("rename", file.error()));
  const auto written = disk.resize(*file, 0);
  const auto octets = written ? disk.write(*file, 0, write(renames)) : written;
  const auto flushed = octets ? disk.flush(*file) : DiskResult<>{};
  disk.close(*file);
  if (!octets) return std::unexpected(tree.fail("rename", octets.error()));
  if (!flushed) return std::unexpected(tree.fail_flush("rename"));
  const auto named =
      disk.rename(root, rename_record_new_name, root, rename_record_name);
  if (!named) return std::unexpected(tree.fail("rename", named.error()));
  return tree.flush_directories({root});
}

// Undone when one cannot be renamed, and the record with it.
StoreResult<> MaildirStore::Inside::rename_folders(
    std::span<const FolderRename> renames) {
  Disk& disk = tree.disk;
  const DirectoryHandle root = disk.root();
  const bool is_recorded = renames.size() > 1;
  if (is_recorded) {
    if (const auto ok = record_renames(renames); !ok) return ok;
  }
  for (std::size_t n = 0; n < renames.size(); ++n) {
    const auto renamed =
        disk.rename(root, renames[n].from, root, renames[n].to);
    if (renamed) continue;
    const StoreError why = tree.fail("rename", renamed.error());
    for (std::size_t back = n; back > 0; --back) {
      static_cast<void>(disk.rename(root, renames[back - 1].to, root,
                                    renames[back - 1].from));
    }
    if (!is_recorded) return std::unexpected(why);
    static_cast<void>(disk.remove(root, rename_record_name));
    if (const auto ok = tree.flush_directories({root}); !ok) return ok;
    return std::unexpected(why);
  }
  if (const auto ok = tree.flush_directories({root}); !ok) return ok;
  if (is_recorded) static_cast<void>(disk.remove(root, rename_record_name));
  return {};
}

StoreResult<> MaildirStore::Inside::complete_renames() {
  Disk& disk = tree.disk;
  const DirectoryHandle root = disk.root();
  static_cast<void>(disk.remove(root, rename_record_new_name));
  const auto file = disk.open(root, rename_record_name, Open::read);
  if (!file && file.error() == Trouble::not_found) return {};
  if (!file) return std::unexpected(tree.fail("rename", file.error()));
  std::vector<Octet> room(rename_record_octets_max);
  const auto got = disk.read(*file, 0, room);
  disk.close(*file);
  if (!got) return std::unexpected(tree.fail("rename", got.error()));
  const auto renames = read_rename_record(Octets(room).first(*got));
  std::size_t completed = 0;
  for (const FolderRename& one :
       renames ? *renames : std::vector<FolderRename>{}) {
    const auto there = disk.status(root, one.from);
    const auto taken = disk.status(root, one.to);
    if (!there || taken || taken.error() != Trouble::not_found) continue;
    const auto state = peek(one.from);
    if ((state ? state->folder : 0) != one.folder) continue;
    const auto renamed = disk.rename(root, one.from, root, one.to);
    if (!renamed) return std::unexpected(tree.fail("rename", renamed.error()));
    completed += 1;
  }
  if (completed > 0) {
    if (const auto ok = tree.flush_directories({root}); !ok) return ok;
    tree.ports.log.line(Severity::notice, "rename_completed",
                        {{"folders", std::uint64_t{completed}}});
  }
  if (!renames) {
    tree.ports.log.line(Severity::warning, "rename_record_damaged", {});
  }
  static_cast<void>(disk.remove(root, rename_record_name));
  return {};
}

StoreResult<> MaildirStore::Inside::rename_all(
    const std::map<std::string, std::string>& new_names) {
  std::vector<FolderRename> renames;
  for (const auto& [mailbox, new_name] : new_names) {
    const std::string before = *directory_name(mailbox);
    renames.push_back(
        {id_of(mailbox, before), before, *directory_name(new_name)});
  }
  if (renames.size() > renames_max) return std::unexpected(StoreError::limit);
  if (const auto ok = rename_folders(renames); !ok) return ok;
  std::vector<std::pair<std::string, Held>> held;
  for (const auto& [mailbox, new_name] : new_names) {
    special_uses.erase(mailbox);
    special_uses.erase(new_name);
    auto node = open.extract(mailbox);
    if (node.empty()) continue;
    node.mapped().folder->renamed(new_name);
    held.emplace_back(new_name, std::move(node.mapped()));
  }
  for (auto& [new_name, one] : held) open[new_name] = std::move(one);
  return {};
}

}  // namespace postkeep::store
