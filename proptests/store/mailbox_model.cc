#include "store/mailbox_model.h"

#include <algorithm>

namespace postkeep::store {
namespace {

std::string parent_of(const std::string& mailbox) {
  const std::size_t end = mailbox.rfind('/');
  return end == std::string::npos ? std::string() : mailbox.substr(0, end);
}

bool is_below(const std::string& mailbox, const std::string& parent) {
  return mailbox.starts_with(parent + "/");
}

std::set<std::string> changed_keywords(const std::set<std::string>& before,
                                       const MailboxModel::Change& change) {
  if (change.how == FlagChange::replace) return change.keywords;
  std::set<std::string> after = before;
  for (const std::string& keyword : change.keywords) {
    if (change.how == FlagChange::add) {
      after.insert(keyword);
    } else {
      after.erase(keyword);
    }
  }
  return after;
}

std::uint8_t changed_system(std::uint8_t before,
                            const MailboxModel::Change& change) {
  switch (change.how) {
    case FlagChange::replace: return change.system;
    case FlagChange::add:
      return static_cast<std::uint8_t>(before | change.system);
    case FlagChange::remove:
      return static_cast<std::uint8_t>(before & ~change.system);
  }
  return before;
}

}  // namespace

void MailboxModel::begin_step() {
  for (auto& [name, folder] : folders) {
    folder.has_changed = folder.has_crashed = false;
    folder.arrived.clear();
    folder.changed.clear();
    folder.gone.clear();
  }
}

std::vector<Uid> MailboxModel::append(
    const std::string& mailbox, const std::vector<ModelMessage>& messages) {
  ModelFolder& folder = folders.at(mailbox);
  std::vector<Uid> uids;
  for (const ModelMessage& message : messages) {
    const Uid uid = folder.uid_next++;
    folder.messages[uid] = message;
    folder.messages[uid].modification = 0;
    folder.arrived.push_back(uid);
    folder.has_changed = true;
    uids.push_back(uid);
  }
  return uids;
}

Folder::FlagsChanged MailboxModel::change_flags(const std::string& mailbox,
                                                std::span<const Uid> uids,
                                                const Change& change) {
  ModelFolder& folder = folders.at(mailbox);
  Folder::FlagsChanged result;
  for (const Uid uid : uids) {
    const auto found = folder.messages.find(uid);
    if (found == folder.messages.end()) continue;
    ModelMessage& message = found->second;
    if (change.unchanged_since &&
        message.modification > *change.unchanged_since) {
      result.modified.push_back(uid);
      continue;
    }
    const std::uint8_t system = changed_system(message.system, change);
    const auto keywords = changed_keywords(message.keywords, change);
    if (system == message.system && keywords == message.keywords) continue;
    message.system = system;
    message.keywords = keywords;
    message.modification = 0;
    message.recent = false;
    folder.has_changed = true;
    folder.changed.push_back(uid);
    result.changed.push_back(uid);
  }
  return result;
}

std::vector<Uid> MailboxModel::expunge(const std::string& mailbox,
                                       std::span<const Uid> uids) {
  ModelFolder& folder = folders.at(mailbox);
  std::vector<Uid> expunged;
  for (const Uid uid : std::set<Uid>(uids.begin(), uids.end())) {
    if (folder.messages.erase(uid) == 0) continue;
    folder.expunged[uid] = 0;
    folder.gone.push_back(uid);
    folder.has_changed = true;
    expunged.push_back(uid);
  }
  return expunged;
}

Folder::UidPairs MailboxModel::carry(const std::string& from,
                                     std::span<const Uid> uids,
                                     const std::string& to, bool moving) {
  // Which are there is said first: a copy in the same folder is not copied.
  std::vector<std::pair<Uid, ModelMessage>> leaving;
  for (const Uid uid : uids) {
    const auto& there = folders.at(from).messages;
    const auto found = there.find(uid);
    if (found != there.end()) leaving.emplace_back(*found);
  }
  Folder::UidPairs pairs;
  for (auto& [uid, copy] : leaving) {
    copy.recent = copy.system == 0 && copy.keywords.empty();
    pairs.emplace_back(uid, append(to, {copy}).front());
    if (moving) expunge(from, {&uid, 1});
  }
  return pairs;
}

std::vector<Uid> MailboxModel::recent(const std::string& mailbox, bool take) {
  std::vector<Uid> uids;
  for (auto& [uid, message] : folders.at(mailbox).messages) {
    if (!message.recent) continue;
    uids.push_back(uid);
    if (take) message.recent = false;
  }
  return uids;
}

void MailboxModel::make_parents(const std::string& mailbox) {
  for (std::string parent = parent_of(mailbox); !parent.empty();
       parent = parent_of(parent)) {
    folders.try_emplace(parent);
  }
}

StoreResult<> MailboxModel::create(const std::string& mailbox,
                                   std::string_view special_use) {
  if (has(mailbox)) return std::unexpected(StoreError::exists);
  make_parents(mailbox);
  folders[mailbox].special_use = special_use;
  return {};
}

StoreResult<> MailboxModel::remove(const std::string& mailbox) {
  if (mailbox == "INBOX") return std::unexpected(StoreError::not_allowed);
  if (folders.erase(mailbox) == 0) {
    return std::unexpected(StoreError::not_found);
  }
  return {};
}

StoreResult<> MailboxModel::rename(const std::string& from,
                                   const std::string& to) {
  if (has(to)) return std::unexpected(StoreError::exists);
  if (from == "INBOX") {
    make_parents(to);
    folders.try_emplace(to);
    std::vector<Uid> uids;
    for (const auto& [uid, message] : folders.at(from).messages) {
      uids.push_back(uid);
    }
    carry(from, uids, to, true);
    return {};
  }
  if (is_below(to, from)) return std::unexpected(StoreError::not_allowed);
  std::map<std::string, std::string> new_names;
  for (const auto& [name, folder] : folders) {
    if (name != from && !is_below(name, from)) continue;
    new_names[name] = to + name.substr(from.size());
    if (has(new_names[name])) return std::unexpected(StoreError::exists);
  }
  if (new_names.empty()) return std::unexpected(StoreError::not_found);
  make_parents(to);
  for (const auto& [old_name, new_name] : new_names) {
    auto node = folders.extract(old_name);
    node.key() = new_name;
    folders.insert(std::move(node));
  }
  return {};
}

std::vector<FolderInfo> MailboxModel::list() const {
  std::map<std::string, FolderInfo> infos;
  for (const auto& [name, folder] : folders) {
    infos[name] = {name, false, true, false, folder.special_use};
  }
  for (const std::string& name : subscribed) {
    infos.try_emplace(name, FolderInfo{name, false, false, false, {}});
    infos.at(name).subscribed = true;
  }
  for (const auto& [name, folder] : folders) {
    for (std::string parent = parent_of(name); !parent.empty();
         parent = parent_of(parent)) {
      infos.try_emplace(parent, FolderInfo{parent, false, false, false, {}});
      infos.at(parent).has_children = true;
    }
  }
  std::vector<FolderInfo> sorted;
  sorted.push_back(infos.extract("INBOX").mapped());
  for (const auto& [name, info] : infos) sorted.push_back(info);
  return sorted;
}

void MailboxModel::lose_index() {
  for (auto& [name, folder] : folders) {
    for (auto& [uid, message] : folder.messages) message.modification = 0;
    // What went meanwhile is not known, even when nothing is left.
    folder.has_changed = folder.uid_next > 1;
    folder.history_from = UINT64_MAX;
  }
}

void MailboxModel::crash() {
  for (auto& [name, folder] : folders) {
    folder.has_crashed = true;
    folder.history_from = UINT64_MAX;
  }
}

}  // namespace postkeep::store
