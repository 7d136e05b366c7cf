// Mailboxes as names: listed, made, removed, renamed, subscribed to.
#include <algorithm>
#include <utility>

#include "store/folder_name.h"
#include "store/maildir_inside.h"

namespace postkeep::store {
namespace {

// What another program may have put into a folder's directory is removed with
// it, this deep.
constexpr int removal_depth_max = 8;

std::string parent_of(const std::string& mailbox) {
  const std::size_t end = mailbox.rfind('/');
  return end == std::string::npos ? std::string() : mailbox.substr(0, end);
}

bool is_below(std::string_view mailbox, std::string_view parent) {
  return mailbox.size() > parent.size() && mailbox[parent.size()] == '/' &&
         mailbox.substr(0, parent.size()) == parent;
}

}  // namespace

StoreResult<std::map<std::string, std::string>>
MaildirStore::Inside::mailboxes() {
  const auto entries = tree.disk.list(tree.disk.root());
  if (!entries) return std::unexpected(tree.fail("list", entries.error()));
  std::map<std::string, std::string> all;
  for (const DirectoryEntry& entry : *entries) {
    if (entry.kind != EntryKind::directory) continue;
    auto mailbox = mailbox_of_directory(entry.name);
    if (mailbox) all.emplace(*std::move(mailbox), entry.name);
  }
  return all;
}

const std::string& MaildirStore::Inside::special_use(
    const std::string& mailbox, const std::string& directory) {
  static const std::string none;
  if (const auto found = open.find(mailbox); found != open.end()) {
    return found->second.folder->special_use();
  }
  const auto known = special_uses.find(mailbox);
  if (known != special_uses.end()) return known->second;
  const auto state = peek(directory);
  return special_uses[mailbox] = state ? state->special_use : none;
}

StoreResult<std::vector<FolderInfo>> MaildirStore::list() {
  Inside& in = *inside_;
  const auto all = in.mailboxes();
  if (!all) return std::unexpected(all.error());
  if (const auto read = in.read_subscriptions(); !read) {
    return std::unexpected(read.error());
  }
  std::map<std::string, FolderInfo> infos;
  const auto info_of = [&](const std::string& name) -> FolderInfo& {
    FolderInfo& info = infos[name];
    if (info.name.empty()) info.exists = false;
    info.name = name;
    return info;
  };
  info_of("INBOX").exists = true;
  for (const auto& [mailbox, directory] : *all) {
    FolderInfo& info = info_of(mailbox);
    info.exists = true;
    info.special_use = in.special_use(mailbox, directory);
    for (std::string parent = parent_of(mailbox); !parent.empty();
         parent = parent_of(parent)) {
      info_of(parent).has_children = true;
    }
  }
  for (const std::string& name : in.subscriptions.names()) {
    info_of(name).subscribed = true;
  }
  std::vector<FolderInfo> sorted;
  sorted.push_back(std::move(infos.extract("INBOX").mapped()));
  for (auto& [name, info] : infos) sorted.push_back(std::move(info));
  return sorted;
}

std::string MaildirStore::Inside::unfinished_name(std::string_view what) {
  std::string name(unfinished_folder_prefix);
  name += what;
  name += '-';
  name += std::to_string(tree.random_number());
  return name;
}

// What a crash left of folders that were being made or removed.
void MaildirStore::Inside::clear_leftovers() {
  const DirectoryHandle root = tree.disk.root();
  const auto entries = tree.disk.list(root);
  if (!entries) return;
  for (const DirectoryEntry& entry : *entries) {
    if (entry.kind == EntryKind::directory &&
        entry.name.substr(0, unfinished_folder_prefix.size()) ==
            unfinished_folder_prefix) {
      remove_below(root, entry.name, 0);
    }
  }
}

// What cannot be removed is left to the next start.
void MaildirStore::Inside::remove_below(DirectoryHandle in,
                                        std::string_view name, int depth) {
  Disk& disk = tree.disk;
  if (depth > removal_depth_max) return;
  const auto directory = disk.open_directory(in, name);
  if (!directory) return;
  const auto entries = disk.list(*directory);
  if (entries) {
    for (const DirectoryEntry& entry : *entries) {
      if (entry.kind == EntryKind::directory) {
        remove_below(*directory, entry.name, depth + 1);
      } else {
        static_cast<void>(disk.remove(*directory, entry.name));
      }
    }
  }
  disk.close(*directory);
  static_cast<void>(disk.remove_directory(in, name));
}

StoreResult<bool> MaildirStore::Inside::exists(std::string_view mailbox) {
  if (mailbox == "INBOX") return true;
  const auto directory = directory_name(mailbox);
  if (!directory) return std::unexpected(StoreError::bad_name);
  const auto status = tree.disk.status(tree.disk.root(), *directory);
  if (status) return true;
  if (status.error() == Trouble::not_found) return false;
  return std::unexpected(tree.fail("status", status.error()));
}

// Made under another name and renamed when it is whole: nobody ever sees a
// folder without cur, new, tmp and state.
StoreResult<> MaildirStore::Inside::make(const std::string& mailbox,
                                         std::string_view special_use) {
  Disk& disk = tree.disk;
  const DirectoryHandle root = disk.root();
  const std::string unfinished = unfinished_name("make");
  if (const auto ok = disk.make_directory(root, unfinished); !ok) {
    return std::unexpected(tree.fail("create", ok.error()));
  }
  const auto directory = disk.open_directory(root, unfinished);
  if (!directory) {
    return std::unexpected(tree.fail("create", directory.error()));
  }
  const auto made = MaildirFolder::make(tree, *directory, special_use);
  disk.close(*directory);
  if (!made) {
    remove_below(root, unfinished, 0);
    return made;
  }
  const auto renamed =
      disk.rename(root, unfinished, root, *directory_name(mailbox));
  if (!renamed) {
    remove_below(root, unfinished, 0);
    return std::unexpected(tree.fail("create", renamed.error()));
  }
  special_uses[mailbox] = special_use;
  return tree.flush_directories({root});
}

StoreResult<> MaildirStore::Inside::make_parents(const std::string& mailbox) {
  std::vector<std::string> parents;
  for (std::string parent = parent_of(mailbox); !parent.empty();
       parent = parent_of(parent)) {
    parents.push_back(parent);
  }
  for (auto parent = parents.rbegin(); parent != parents.rend(); ++parent) {
    const auto there = exists(*parent);
    if (!there) return std::unexpected(there.error());
    if (*there) continue;
    if (const auto ok = make(*parent, {}); !ok) return ok;
  }
  return {};
}

StoreResult<> MaildirStore::create(std::string_view mailbox,
                                   std::string_view special_use) {
  Inside& in = *inside_;
  if (const auto ok = in.tree.check_not_failed(); !ok) return ok;
  const auto name = canonical(mailbox);
  if (!name) return std::unexpected(name.error());
  // RFC 9051 section 6.3.1: LIST could never name such a mailbox alone.
  if (name->find_first_of("*%") != std::string::npos) {
    return std::unexpected(StoreError::bad_name);
  }
  if (special_use.size() > special_use_octets_max) {
    return std::unexpected(StoreError::limit);
  }
  const auto there = in.exists(*name);
  if (!there) return std::unexpected(there.error());
  if (*there) return std::unexpected(StoreError::exists);
  const auto all = in.mailboxes();
  if (!all) return std::unexpected(all.error());
  const std::size_t levels =
      static_cast<std::size_t>(std::ranges::count(*name, '/') + 1);
  if (all->size() + levels > in.tree.limits.mailboxes_max) {
    return std::unexpected(StoreError::limit);
  }
  if (const auto ok = in.make_parents(*name); !ok) return ok;
  return in.make(*name, special_use);
}

StoreResult<> MaildirStore::remove(std::string_view mailbox) {
  Inside& in = *inside_;
  if (const auto ok = in.tree.check_not_failed(); !ok) return ok;
  const auto name = canonical(mailbox);
  if (!name) return std::unexpected(name.error());
  if (*name == "INBOX") return std::unexpected(StoreError::not_allowed);
  const auto folder = in.folder(*name);
  if (!folder) return std::unexpected(folder.error());
  if (const auto ok = (*folder)->record_all_expunged(); !ok) return ok;
  const DirectoryHandle root = in.tree.disk.root();
  const std::string leftover = in.unfinished_name("gone");
  const auto renamed =
      in.tree.disk.rename(root, *directory_name(*name), root, leftover);
  if (!renamed) {
    return std::unexpected(in.tree.fail("delete", renamed.error()));
  }
  (*folder)->removed();
  in.open.erase(*name);
  in.special_uses.erase(*name);
  in.tree.index.remove((*folder)->id());
  if (const auto ok = in.tree.flush_directories({root}); !ok) return ok;
  in.remove_below(root, leftover, 0);
  return {};
}

StoreResult<> MaildirStore::rename(std::string_view from, std::string_view to) {
  Inside& in = *inside_;
  if (const auto ok = in.tree.check_not_failed(); !ok) return ok;
  const auto old_name = canonical(from);
  const auto new_name = canonical(to);
  if (!old_name || !new_name ||
      new_name->find_first_of("*%") != std::string::npos) {
    return std::unexpected(StoreError::bad_name);
  }
  const auto there = in.exists(*new_name);
  if (!there) return std::unexpected(there.error());
  if (*there) return std::unexpected(StoreError::exists);
  if (*old_name == "INBOX") return in.move_inbox(*new_name);
  if (is_below(*new_name, *old_name)) {
    return std::unexpected(StoreError::not_allowed);
  }
  const auto all = in.mailboxes();
  if (!all) return std::unexpected(all.error());
  std::map<std::string, std::string> new_names;
  for (const auto& [mailbox, directory] : *all) {
    if (mailbox != *old_name && !is_below(mailbox, *old_name)) continue;
    const auto renamed =
        canonical(*new_name + mailbox.substr(old_name->size()));
    if (!renamed) return std::unexpected(renamed.error());
    if (all->contains(*renamed)) return std::unexpected(StoreError::exists);
    new_names.emplace(mailbox, *renamed);
  }
  if (new_names.empty()) return std::unexpected(StoreError::not_found);
  if (const auto ok = in.make_parents(*new_name); !ok) return ok;
  return in.rename_all(new_names);
}

// RFC 9051 section 6.3.6: INBOX stays, its messages go, and what is below it
// stays where it is.
StoreResult<> MaildirStore::Inside::move_inbox(const std::string& to) {
  if (const auto ok = make_parents(to); !ok) return ok;
  if (const auto ok = make(to, {}); !ok) return ok;
  const auto target = folder(to);
  if (!target) return std::unexpected(target.error());
  const auto inbox = folder("INBOX");
  if (!inbox) return std::unexpected(inbox.error());
  if (const auto ok = (*inbox)->refresh(); !ok) return ok;
  std::vector<Uid> uids;
  for (const Message& message : (*inbox)->messages()) {
    uids.push_back(message.uid);
  }
  const auto moved = (*inbox)->move(uids, **target);
  if (!moved) return std::unexpected(moved.error());
  return {};
}

StoreResult<> MaildirStore::Inside::read_subscriptions() {
  const auto read =
      subscriptions.read(tree.limits.subscriptions_max, tree_was_ours);
  if (read) return {};
  return std::unexpected(read.error() == Trouble::input_output
                             ? tree.fail_flush("subscriptions")
                             : tree.fail("subscriptions", read.error()));
}

// Courier 5 and Dovecot with ":UTF-8" name the directories of folders in UTF-8,
// where we, as all others, have modified UTF-7.
StoreResult<> MaildirStore::Inside::name_utf_8_folders() {
  Disk& disk = tree.disk;
  const DirectoryHandle root = disk.root();
  const auto entries = disk.list(root);
  if (!entries) return std::unexpected(tree.fail("list", entries.error()));
  const bool is_couriers = std::ranges::any_of(*entries, [](const auto& one) {
    return one.name == "courierimapsubscribed" ||
           one.name == "courierimapuiddb";
  });
  bool some_renamed = false;
  for (const DirectoryEntry& entry : *entries) {
    const std::string_view name = entry.name;
    const bool is_ascii =
        std::ranges::all_of(name, [](char c) { return c >= 0; });
    if (entry.kind != EntryKind::directory || !name.starts_with('.') ||
        mailbox_of_directory(name) || (is_ascii && !is_couriers)) {
      continue;
    }
    std::string mailbox(name.substr(1));
    std::ranges::replace(mailbox, '.', '/');
    const auto directory = directory_name(mailbox);
    const auto there =
        disk.status(root, directory && !directory->empty() ? *directory : name);
    const bool is_free = !there && there.error() == Trouble::not_found;
    const bool renamed =
        is_free && disk.rename(root, name, root, *directory).has_value();
    some_renamed = some_renamed || renamed;
    tree.ports.log.line(
        renamed ? Severity::info : Severity::warning, "folder_named_in_utf_8",
        {{"directory", name}, {"renamed", renamed ? *directory : "no"}});
  }
  return some_renamed ? tree.flush_directories({root}) : StoreResult<>{};
}

StoreResult<> MaildirStore::subscribe(std::string_view mailbox, bool on) {
  Inside& in = *inside_;
  if (const auto ok = in.tree.check_not_failed(); !ok) return ok;
  const auto name = canonical(mailbox);
  if (!name) return std::unexpected(name.error());
  if (const auto ok = in.read_subscriptions(); !ok) return ok;
  if (on && !in.subscriptions.names().contains(*name) &&
      in.subscriptions.names().size() >= in.tree.limits.subscriptions_max) {
    return std::unexpected(StoreError::limit);
  }
  const auto set = in.subscriptions.set(*name, on);
  if (set) return {};
  return std::unexpected(set.error() == Trouble::input_output
                             ? in.tree.fail_flush("subscriptions")
                             : in.tree.fail("subscriptions", set.error()));
}

}  // namespace postkeep::store
