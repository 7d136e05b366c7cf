#include "tests/imap/memory_store.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace postkeep::imap {
namespace {

using store::StoreError;

std::string capitals(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  }
  return result;
}

// "INBOX" in any case, also as the first level of a longer name.
std::string canonical(std::string_view mailbox) {
  std::string result(mailbox);
  const std::size_t first = std::min(result.find('/'), result.size());
  if (capitals(result.substr(0, first)) == "INBOX") {
    result.replace(0, first, "INBOX");
  }
  return result;
}

bool is_below(std::string_view mailbox, std::string_view parent) {
  return mailbox.size() > parent.size() && mailbox.starts_with(parent) &&
         mailbox[parent.size()] == '/';
}

}  // namespace

MemoryStore::MemoryStore(MemoryLimits limits) : limits_(limits) {
  PK_CHECK(create("INBOX", {}).has_value());
}

std::optional<StoreError> MemoryStore::failure() {
  return std::exchange(failure_, std::nullopt);
}

std::optional<StoreError> MemoryStore::bad(std::string_view mailbox) const {
  std::size_t levels = 0;
  std::size_t start = 0;
  while (true) {
    const std::size_t end = std::min(mailbox.find('/', start), mailbox.size());
    const std::string_view level = mailbox.substr(start, end - start);
    if (level.empty() || level == "." || level == "..") {
      return StoreError::bad_name;
    }
    if (level.size() > limits_.component_octets_max) {
      return StoreError::bad_name;
    }
    if (std::ranges::any_of(level, [](char c) {
          return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
        })) {
      return StoreError::bad_name;
    }
    if (++levels > limits_.levels_max) return StoreError::limit;
    if (end == mailbox.size()) return std::nullopt;
    start = end + 1;
  }
}

bool MemoryStore::has_children(const std::string& mailbox) const {
  return std::ranges::any_of(folders_, [&](const auto& entry) {
    return is_below(entry.first, mailbox);
  });
}

store::StoreResult<std::vector<store::FolderInfo>> MemoryStore::list() {
  if (const auto error = failure()) return std::unexpected(*error);
  std::map<std::string, store::FolderInfo, std::less<>> all;
  for (const auto& [name, kept] : folders_) {
    store::FolderInfo& info = all[name];
    info.special_use = kept.special_use;
    for (std::size_t cut = name.rfind('/'); cut != std::string::npos;
         cut = name.rfind('/', cut - 1)) {
      all[name.substr(0, cut)].has_children = true;
      if (cut == 0) break;
    }
  }
  for (const std::string& name : subscribed_) all[name].subscribed = true;
  std::vector<store::FolderInfo> result;
  for (auto& [name, info] : all) {
    info.name = name;
    info.exists = folders_.contains(name);
    result.push_back(info);
  }
  const auto inbox =
      std::ranges::find(result, "INBOX", &store::FolderInfo::name);
  std::rotate(result.begin(), inbox, inbox + 1);
  return result;
}

store::StoreResult<> MemoryStore::create(std::string_view mailbox,
                                         std::string_view special_use) {
  if (const auto error = failure()) return std::unexpected(*error);
  const std::string name = canonical(mailbox);
  if (const auto error = bad(name)) return std::unexpected(*error);
  if (folders_.contains(name)) return std::unexpected(StoreError::exists);
  std::vector<std::string> missing = {name};
  for (std::size_t cut = name.rfind('/'); cut != std::string::npos;
       cut = name.rfind('/', cut - 1)) {
    if (!folders_.contains(name.substr(0, cut))) {
      missing.push_back(name.substr(0, cut));
    }
    if (cut == 0) break;
  }
  if (folders_.size() + missing.size() > limits_.folders_max) {
    return std::unexpected(StoreError::limit);
  }
  for (const std::string& one : missing) {
    folders_[one].folder =
        std::make_shared<MemoryFolder>(one, next_uid_validity_++, limits_);
  }
  folders_[name].special_use = special_use;
  return {};
}

store::StoreResult<> MemoryStore::remove(std::string_view mailbox) {
  if (const auto error = failure()) return std::unexpected(*error);
  const std::string name = canonical(mailbox);
  if (name == "INBOX") return std::unexpected(StoreError::not_allowed);
  const auto found = folders_.find(name);
  if (found == folders_.end()) return std::unexpected(StoreError::not_found);
  const std::shared_ptr<MemoryFolder> folder = found->second.folder;
  folders_.erase(found);
  folder->removed();
  return {};
}

store::StoreResult<> MemoryStore::rename_inbox(const std::string& to) {
  if (const auto made = create(to, {}); !made) return made;
  MemoryFolder& inbox = folder("INBOX");
  std::vector<store::Uid> uids;
  for (const store::Message& message : inbox.messages()) {
    uids.push_back(message.uid);
  }
  if (const auto moved = inbox.move(uids, folder(to)); !moved) {
    return std::unexpected(moved.error());
  }
  return {};
}

store::StoreResult<> MemoryStore::rename(std::string_view from,
                                         std::string_view to) {
  if (const auto error = failure()) return std::unexpected(*error);
  const std::string old_name = canonical(from);
  const std::string new_name = canonical(to);
  if (const auto error = bad(new_name)) return std::unexpected(*error);
  if (folders_.contains(new_name)) return std::unexpected(StoreError::exists);
  if (old_name == "INBOX") return rename_inbox(new_name);
  if (!folders_.contains(old_name) && !has_children(old_name)) {
    return std::unexpected(StoreError::not_found);
  }
  if (is_below(new_name, old_name)) {
    return std::unexpected(StoreError::not_allowed);
  }
  std::map<std::string, Kept, std::less<>> moved;
  for (const auto& [name, kept] : folders_) {
    if (name != old_name && !is_below(name, old_name)) continue;
    const std::string there = new_name + name.substr(old_name.size());
    if (const auto error = bad(there)) return std::unexpected(*error);
    if (folders_.contains(there)) return std::unexpected(StoreError::exists);
    moved.emplace(there, kept);
  }
  std::erase_if(folders_, [&](const auto& entry) {
    return entry.first == old_name || is_below(entry.first, old_name);
  });
  for (auto& [name, kept] : moved) {
    kept.folder->name_ = name;
    folders_[name] = kept;
  }
  for (std::size_t cut = new_name.find('/'); cut != std::string::npos;
       cut = new_name.find('/', cut + 1)) {
    const std::string parent = new_name.substr(0, cut);
    if (folders_.contains(parent)) continue;
    folders_[parent].folder =
        std::make_shared<MemoryFolder>(parent, next_uid_validity_++, limits_);
  }
  return {};
}

store::StoreResult<> MemoryStore::subscribe(std::string_view mailbox, bool on) {
  if (const auto error = failure()) return std::unexpected(*error);
  const std::string name = canonical(mailbox);
  if (const auto error = bad(name)) return std::unexpected(*error);
  if (on) {
    subscribed_.insert(name);
  } else {
    subscribed_.erase(name);
  }
  return {};
}

store::StoreResult<std::shared_ptr<store::Folder>> MemoryStore::open(
    std::string_view mailbox) {
  if (const auto error = failure()) return std::unexpected(*error);
  const auto found = folders_.find(canonical(mailbox));
  if (found == folders_.end()) return std::unexpected(StoreError::not_found);
  return found->second.folder;
}

store::StoreResult<store::FolderStatus> MemoryStore::status(
    std::string_view mailbox) {
  if (const auto error = failure()) return std::unexpected(*error);
  const auto found = folders_.find(canonical(mailbox));
  if (found == folders_.end()) return std::unexpected(StoreError::not_found);
  const MemoryFolder& folder = *found->second.folder;
  store::FolderStatus status;
  for (const store::Message& message : folder.messages()) {
    ++status.messages;
    status.octets += message.octets;
    if ((message.flags.system & store::flag_seen) == 0) ++status.unseen;
    if ((message.flags.system & store::flag_deleted) != 0) ++status.deleted;
  }
  status.recent = static_cast<std::uint32_t>(folder.recent_.size());
  status.uid_next = folder.uid_next();
  status.uid_validity = folder.uid_validity();
  status.highest_modification_sequence = folder.highest_modification_sequence();
  return status;
}

store::StoreResult<store::Placed> MemoryStore::deliver(
    const store::DeliveryId& id, std::string_view mailbox,
    std::span<const Octets> pieces, std::int64_t internal_date) {
  if (const auto error = failure()) return std::unexpected(*error);
  const std::string name = canonical(mailbox);
  if (!folders_.contains(name)) {
    if (const auto made = create(name, {}); !made) {
      return std::unexpected(made.error());
    }
  }
  MemoryFolder& target = folder(name);
  if (delivered_.contains(id)) {
    return store::Placed{target.uid_validity(), 0};
  }
  std::vector<Octet> text;
  for (const Octets& piece : pieces) {
    text.insert(text.end(), piece.begin(), piece.end());
  }
  const auto uid = target.append(text, {}, internal_date);
  if (!uid) return std::unexpected(uid.error());
  delivered_.insert(id);
  return store::Placed{target.uid_validity(), *uid};
}

void MemoryStore::forget(std::span<const store::DeliveryId> ids) {
  for (const store::DeliveryId& id : ids) delivered_.erase(id);
}

MemoryFolder& MemoryStore::folder(std::string_view mailbox) {
  const auto found = folders_.find(canonical(mailbox));
  PK_CHECK(found != folders_.end());
  return *found->second.folder;
}

}  // namespace postkeep::imap
