#include "store/maildir_store.h"

#include <algorithm>
#include <utility>

#include "store/folder_name.h"
#include "store/maildir_inside.h"

namespace postkeep::store {
namespace {

constexpr std::string_view lock_file_name = "postkeep-lock";

}  // namespace

StoreResult<std::string> canonical(std::string_view mailbox) {
  auto name = canonical_mailbox(mailbox);
  if (!name) return std::unexpected(StoreError::bad_name);
  if (!directory_name(*name)) return std::unexpected(StoreError::bad_name);
  return *std::move(name);
}

StoreResult<std::unique_ptr<MaildirStore>> MaildirStore::open(
    const MaildirPorts& ports, const MaildirLimits& limits) {
  auto store = std::make_unique<MaildirStore>(Key{}, ports, limits);
  if (const auto ok = store->inside_->start(); !ok) {
    return std::unexpected(ok.error());
  }
  return store;
}

MaildirStore::MaildirStore(Key /*of open*/, const MaildirPorts& ports,
                           const MaildirLimits& limits)
    : inside_(std::make_unique<Inside>(ports, limits)) {}

MaildirStore::~MaildirStore() {
  Inside& in = *inside_;
  // INBOX last: it keeps what counts for all.
  for (auto& [name, held] : in.open) {
    if (held.folder.get() != in.tree.inbox) held.folder->close();
  }
  if (in.tree.inbox != nullptr) in.tree.inbox->close();
  in.tree.inbox = nullptr;
  in.open.clear();
  if (in.lock != FileHandle::none) in.tree.disk.close(in.lock);
}

StoreResult<> MaildirStore::Inside::start() {
  Disk& disk = tree.disk;
  const DirectoryHandle root = disk.root();
  const auto file = disk.open(root, lock_file_name, Open::write_create);
  if (!file) return std::unexpected(tree.fail("lock", file.error()));
  lock = *file;
  if (const auto ok = disk.lock(lock); !ok) {
    tree.fail("lock", ok.error());
    return std::unexpected(ok.error() == Trouble::locked
                               ? StoreError::not_allowed
                               : StoreError::trouble);
  }
  clear_leftovers();
  if (const auto ok = complete_renames(); !ok) return ok;
  if (const auto ok = tree.deliveries.read(tree.now_seconds()); !ok) {
    return std::unexpected(tree.fail("deliveries", ok.error()));
  }
  if (const auto state = peek(root)) {
    tree_was_ours = true;
    tree.uid_validity_last =
        std::max(state->uid_validity_last, state->uid_validity);
  } else {
    // INBOX is new, or its state is lost: no folder's number is taken again.
    tree.uid_validity_last_is_known = !disk.status(root, "cur");
    if (const auto ok = name_utf_8_folders(); !ok) return ok;
    const auto all = mailboxes();
    if (!all) return std::unexpected(all.error());
    for (const auto& [mailbox, directory] : *all) {
      if (const auto other = peek(directory)) {
        tree.uid_validity_last =
            std::max(tree.uid_validity_last, other->uid_validity);
      }
    }
  }
  // A list of another server is ours before INBOX is.
  if (const auto ok = read_subscriptions(); !ok) return ok;
  const auto inbox = MaildirFolder::open(tree, "INBOX", root);
  if (!inbox) return std::unexpected(inbox.error());
  open["INBOX"] = {*inbox, 0};
  tree.inbox = inbox->get();
  return {};
}

std::optional<FolderState> MaildirStore::Inside::peek(DirectoryHandle in) {
  FolderState state;
  const auto found = StateFile(tree.disk).read(in, state);
  if (!found) return std::nullopt;
  if (*found != StateFile::Found::whole && *found != StateFile::Found::in_part)
    return std::nullopt;
  return state;
}

std::optional<FolderState> MaildirStore::Inside::peek(
    std::string_view directory) {
  const auto handle = tree.disk.open_directory(tree.disk.root(), directory);
  if (!handle) return std::nullopt;
  auto state = peek(*handle);
  tree.disk.close(*handle);
  return state;
}

StoreResult<std::shared_ptr<MaildirFolder>> MaildirStore::Inside::folder(
    std::string_view mailbox) {
  const auto name = canonical(mailbox);
  if (!name) return std::unexpected(name.error());
  if (const auto found = open.find(*name); found != open.end()) {
    if (!found->second.folder->is_gone()) {
      found->second.last_used = ++uses;
      return found->second.folder;
    }
    open.erase(found);  // Another program removed it, and perhaps made it anew.
    special_uses.erase(*name);
  }
  close_idle();
  const auto directory =
      tree.disk.open_directory(tree.disk.root(), *directory_name(*name));
  if (!directory) {
    if (directory.error() == Trouble::not_found ||
        directory.error() == Trouble::wrong_kind) {
      return std::unexpected(StoreError::not_found);
    }
    return std::unexpected(tree.fail("open_folder", directory.error()));
  }
  const auto opened = MaildirFolder::open(tree, *name, *directory);
  if (!opened) return opened;
  for (const auto& [other_name, other] : open) {
    if (other.folder->id() != (*opened)->id()) continue;
    if (const auto ok = (*opened)->become_another(); !ok) {
      return std::unexpected(ok.error());
    }
  }
  open[*name] = {*opened, ++uses};
  return opened;
}

void MaildirStore::Inside::close_idle() {
  const auto is_idle = [&](const auto& one) {
    return one.second.folder.use_count() == 1 &&
           one.second.folder.get() != tree.inbox &&
           !one.second.folder->has_unflushed();
  };
  while (true) {
    auto oldest = open.end();
    std::size_t idle = 0;
    for (auto one = open.begin(); one != open.end(); ++one) {
      if (!is_idle(*one)) continue;
      idle += 1;
      if (oldest == open.end() ||
          one->second.last_used < oldest->second.last_used) {
        oldest = one;
      }
    }
    if (idle <= idle_folders_max) return;
    open.erase(oldest);
  }
}

StoreResult<std::shared_ptr<Folder>> MaildirStore::open(
    std::string_view mailbox) {
  const auto folder = inside_->folder(mailbox);
  if (!folder) return std::unexpected(folder.error());
  if (const auto ok = (*folder)->refresh(); !ok) {
    return std::unexpected(ok.error());
  }
  return *folder;
}

StoreResult<FolderStatus> MaildirStore::status(std::string_view mailbox) {
  const auto folder = inside_->folder(mailbox);
  if (!folder) return std::unexpected(folder.error());
  if (const auto ok = (*folder)->refresh(); !ok) {
    return std::unexpected(ok.error());
  }
  const auto recent = (*folder)->recent(false);
  if (!recent) return std::unexpected(recent.error());
  FolderStatus status;
  for (const Message& message : (*folder)->messages()) {
    status.messages += 1;
    status.unseen += (message.flags.system & flag_seen) == 0 ? 1U : 0U;
    status.deleted += (message.flags.system & flag_deleted) != 0 ? 1U : 0U;
    status.octets += message.octets;
  }
  status.recent = static_cast<std::uint32_t>(recent->size());
  status.uid_next = (*folder)->uid_next();
  status.uid_validity = (*folder)->uid_validity();
  status.highest_modification_sequence =
      (*folder)->highest_modification_sequence();
  return status;
}

// After a crash, or a stop while the spool still waited: ids stand in the names
// of files that may be anywhere by now. Only folders whose state says that
// there may be such are looked into.
StoreResult<> MaildirStore::Inside::find_deliveries() {
  if (deliveries_found) return {};
  auto all = mailboxes();
  if (!all) return std::unexpected(all.error());
  all->emplace("INBOX", "");
  for (const auto& [mailbox, directory] : *all) {
    if (!open.contains(mailbox)) {
      const auto state = peek(directory);
      if (state && state->clean && state->uid_flushed >= state->uid_next &&
          state->uid_settled >= state->uid_next) {
        continue;
      }
      // Without a state there are files with foreign names alone.
      if (!state) continue;
    }
    const auto one = folder(mailbox);
    if (!one) return std::unexpected(one.error());
    if (!(*one)->has_unsettled()) continue;
    if (const auto ok = (*one)->scan(); !ok) return ok;
  }
  deliveries_found = true;
  return {};
}

StoreResult<Placed> MaildirStore::deliver(const DeliveryId& id,
                                          std::string_view mailbox,
                                          std::span<const Octets> pieces,
                                          std::int64_t internal_date) {
  Inside& in = *inside_;
  if (const auto ok = in.tree.check_not_failed(); !ok) {
    return std::unexpected(ok.error());
  }
  if (const auto ok = in.find_deliveries(); !ok) {
    return std::unexpected(ok.error());
  }
  if (const DeliveryIds::Place* known = in.tree.deliveries.find(id)) {
    if (known->uid != 0 && known->recovered) {
      for (const auto& [name, held] : in.open) {
        if (held.folder->id() != known->folder || !held.folder->scanned()) {
          continue;
        }
        if (const auto ok = held.folder->place_again(known->uid, pieces); !ok) {
          return std::unexpected(ok.error());
        }
        return Placed{held.folder->uid_validity(), 0};
      }
    }
    return Placed{};
  }
  auto folder = in.folder(mailbox);
  if (!folder && folder.error() == StoreError::not_found) {
    if (const auto ok = create(mailbox); !ok) {
      return std::unexpected(ok.error());
    }
    folder = in.folder(mailbox);
  }
  if (!folder) return std::unexpected(folder.error());
  const auto uid = (*folder)->place(id, pieces, internal_date);
  if (!uid) return std::unexpected(uid.error());
  return Placed{(*folder)->uid_validity(), *uid};
}

StoreResult<> MaildirStore::flush_deliveries() {
  MaildirTree& tree = inside_->tree;
  if (const auto ok = tree.check_not_failed(); !ok) return ok;
  if (tree.flushed == tree.placed) return {};
  return tree.flush_everything();
}

MaildirStore::DeliveryMark MaildirStore::delivery_mark() const {
  return inside_->tree.placed;
}

void MaildirStore::deliveries_flushed(DeliveryMark mark, bool durable) {
  MaildirTree& tree = inside_->tree;
  if (!durable) {
    tree.fail_flush("deliveries");
    return;
  }
  tree.flushed = std::max(tree.flushed, std::min(mark, tree.placed));
}

bool MaildirStore::has_unflushed_deliveries() const {
  return inside_->tree.flushed < inside_->tree.placed;
}

bool MaildirStore::has_failed() const { return inside_->tree.failed; }

void MaildirStore::forget(std::span<const DeliveryId> ids) {
  for (const DeliveryId& id : ids) inside_->tree.deliveries.forget(id);
}

}  // namespace postkeep::store
