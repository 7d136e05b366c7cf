#include "store/maildir_folder.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "store/foreign_lists.h"

namespace postkeep::store {
namespace {

constexpr std::array<std::string_view, 3> directories{"cur", "new", "tmp"};
// Courier and Dovecot tell folders from other directories by it.
constexpr std::string_view folder_mark = "maildirfolder";

// Makes what is missing of cur, new, tmp. True when something was made.
DiskResult<bool> make_directories(Disk& disk, DirectoryHandle in) {
  bool made = false;
  for (const std::string_view name : directories) {
    const auto ok = disk.make_directory(in, name);
    if (!ok && ok.error() != Trouble::exists) {
      return std::unexpected(ok.error());
    }
    made = made || ok;
  }
  return made;
}

}  // namespace

MaildirFolder::MaildirFolder(Key /*of open*/, MaildirTree& tree,
                             std::string name, DirectoryHandle directory)
    : held_(tree.shared_from_this()),
      tree_(tree),
      name_(std::move(name)),
      directory_(directory),
      state_file_(tree.disk) {}

MaildirFolder::~MaildirFolder() {
  close();
  for (const DirectoryHandle handle : {cur_, new_, tmp_}) {
    if (handle != DirectoryHandle::none) tree_.disk.close(handle);
  }
  if (directory_ != tree_.disk.root()) tree_.disk.close(directory_);
}

StoreResult<std::shared_ptr<MaildirFolder>> MaildirFolder::open(
    MaildirTree& tree, std::string name, DirectoryHandle directory) {
  auto folder =
      std::make_shared<MaildirFolder>(Key{}, tree, std::move(name), directory);
  if (const auto ok = folder->open_directories(); !ok) {
    folder->closed_ = true;
    return std::unexpected(ok.error());
  }
  if (const auto ok = folder->read_state(); !ok) {
    folder->closed_ = true;
    return std::unexpected(ok.error());
  }
  return folder;
}

StoreResult<> MaildirFolder::make(MaildirTree& tree, DirectoryHandle directory,
                                  std::string_view special_use) {
  Disk& disk = tree.disk;
  if (const auto made = make_directories(disk, directory); !made) {
    return std::unexpected(tree.fail("make_folder", made.error()));
  }
  const auto mark = disk.open(directory, folder_mark, Open::write_create);
  if (!mark) return std::unexpected(tree.fail("make_folder", mark.error()));
  disk.close(*mark);
  const auto uid_validity = tree.take_uid_validity();
  if (!uid_validity) return std::unexpected(uid_validity.error());
  FolderState state;
  state.folder = tree.random_number();
  state.uid_validity = *uid_validity;
  state.special_use = special_use;
  // Flushes the names of all that was made above, too.
  const auto written = StateFile(disk).write(directory, state, true);
  if (written) return {};
  return std::unexpected(written.error() == Trouble::input_output
                             ? tree.fail_flush("make_folder")
                             : tree.fail("make_folder", written.error()));
}

StoreResult<> MaildirFolder::open_directories() {
  const auto made = make_directories(tree_.disk, directory_);
  if (!made) return std::unexpected(tree_.fail("open_folder", made.error()));
  for (std::size_t n = 0; n < directories.size(); ++n) {
    const auto handle = tree_.disk.open_directory(directory_, directories[n]);
    if (!handle) {
      return std::unexpected(tree_.fail("open_folder", handle.error()));
    }
    (n == 0 ? cur_ : n == 1 ? new_ : tmp_) = *handle;
  }
  if (!*made) return {};
  return tree_.flush_directories({directory_});
}

StoreResult<> MaildirFolder::read_state() {
  const auto found = state_file_.read(directory_, state_);
  if (!found) return std::unexpected(tree_.fail("read_state", found.error()));
  if (*found == StateFile::Found::none || *found == StateFile::Found::begun) {
    const auto taken_over = take_over();
    if (!taken_over) return std::unexpected(taken_over.error());
    return *taken_over ? StoreResult<>{} : make_state();
  }
  if (*found == StateFile::Found::damaged) {
    tree_.ports.log.line(Severity::error, "folder_state_damaged",
                         {{"mailbox", name_}, {"numbered", "anew"}});
    return make_state();
  }
  if (*found == StateFile::Found::in_part) {
    tree_.ports.log.line(Severity::warning, "folder_state_damaged",
                         {{"mailbox", name_}, {"numbered", "further on"}});
  }
  was_clean_ = state_.clean;
  if (!state_.clean) {
    state_.uid_next = state_.uid_reserved;
    state_.modification_next = state_.modification_reserved;
  }
  if (state_.uid_flushed < state_.uid_next) verify_from_ = state_.uid_flushed;
  settled_up_to_ = std::min(state_.uid_settled, state_.uid_next);
  return {};
}

// A folder that another program made, or whose state is lost: all messages in
// it are new to us.
StoreResult<> MaildirFolder::make_state() {
  const auto uid_validity = tree_.take_uid_validity();
  if (!uid_validity) return std::unexpected(uid_validity.error());
  state_ = {};
  state_.folder = tree_.random_number();
  state_.uid_validity = *uid_validity;
  settled_up_to_ = state_.uid_next;
  return write_state(true);
}

StoreResult<> MaildirFolder::become_another() {
  tree_.ports.log.line(Severity::warning, "folder_copied",
                       {{"mailbox", name_}, {"numbered", "anew"}});
  verify_from_ = 0;
  return make_state();
}

bool MaildirFolder::has_unsettled() const {
  return !scanned_ && (verify_from_ != 0 || settled_up_to_ < state_.uid_next);
}

StoreResult<> MaildirFolder::write_state(bool flush) {
  if (const auto ok = tree_.check_not_failed(); !ok) return ok;
  // What was open before is settled by a scan, not by passing over it.
  if (!has_unsettled()) {
    state_.uid_flushed =
        has_unflushed() ? unflushed_.front().uid : state_.uid_next;
    const auto lowest = tree_.deliveries.lowest_uid(state_.folder);
    state_.uid_settled = lowest ? *lowest : state_.uid_next;
  }
  if (directory_ == tree_.disk.root()) {
    state_.uid_validity_last = tree_.uid_validity_last;
  }
  const auto written = state_file_.write(directory_, state_, flush);
  if (written) return {};
  if (written.error() == Trouble::input_output) {
    return std::unexpected(tree_.fail_flush("write_state"));
  }
  return std::unexpected(tree_.fail("write_state", written.error()));
}

StoreResult<> MaildirFolder::reserve(std::uint64_t uids,
                                     std::uint64_t modifications) {
  if (uids > uid_end - state_.uid_next ||
      modifications > modification_sequence_end - state_.modification_next) {
    return std::unexpected(StoreError::uid_exhausted);
  }
  const auto lacks = [&] {
    return state_.uid_next + uids > state_.uid_reserved ||
           state_.modification_next + modifications >
               state_.modification_reserved;
  };
  const auto past = [](std::uint64_t next, std::uint64_t wanted,
                       std::uint64_t reserved, std::uint64_t end) {
    if (next + wanted <= reserved) return reserved;
    const std::uint64_t block =
        std::max<std::uint64_t>(wanted, reservation_block);
    return std::min({next + block, reserved + reservation_max, end});
  };
  while (lacks()) {
    const FolderState before = state_;
    state_.uid_reserved =
        past(state_.uid_next, uids, state_.uid_reserved, uid_end);
    state_.modification_reserved =
        past(state_.modification_next, modifications,
             state_.modification_reserved, modification_sequence_end);
    state_.clean = false;
    if (const auto ok = write_state(true); !ok) {
      state_.uid_reserved = before.uid_reserved;
      state_.modification_reserved = before.modification_reserved;
      state_.clean = before.clean;
      return ok;
    }
  }
  return {};
}

Uid MaildirFolder::take_uid() {
  PK_CHECK(state_.uid_next < state_.uid_reserved);
  return static_cast<Uid>(state_.uid_next++);
}

ModificationSequence MaildirFolder::take_modification() {
  PK_CHECK(state_.modification_next < state_.modification_reserved);
  return state_.modification_next++;
}

Uid MaildirFolder::uid_next() const {
  return static_cast<Uid>(std::min<std::uint64_t>(state_.uid_next, UINT32_MAX));
}

StoreResult<> MaildirFolder::check_usable() const {
  if (gone_) return std::unexpected(StoreError::not_found);
  return tree_.check_not_failed();
}

std::optional<std::size_t> MaildirFolder::index_of(Uid uid) const {
  const auto found =
      std::ranges::lower_bound(messages_, uid, {}, &Message::uid);
  if (found == messages_.end() || found->uid != uid) return std::nullopt;
  return static_cast<std::size_t>(found - messages_.begin());
}

const Message* MaildirFolder::find(Uid uid) const {
  const auto index = index_of(uid);
  return index ? &messages_[*index] : nullptr;
}

OwnName MaildirFolder::own_name(std::size_t index) const {
  const Message& message = messages_[index];
  const File& file = files_[index];
  OwnName name{message.internal_date,
               file.id,
               message.octets,
               state_.folder,
               message.uid,
               {},
               {}};
  if (file.has_checksum) name.checksum = file.checksum;
  if (const auto others = others_.find(message.uid); others != others_.end()) {
    name.others = others->second;
  }
  return name;
}

Info MaildirFolder::info_of(std::size_t index) const {
  return {files_[index].upper, messages_[index].flags.keywords};
}

std::string MaildirFolder::file_name(std::size_t index) const {
  return files_[index].in_new ? write(own_name(index))
                              : write(own_name(index), info_of(index));
}

DirectoryHandle MaildirFolder::directory_of(std::size_t index) const {
  return files_[index].in_new ? new_ : cur_;
}

void MaildirFolder::add(const OwnName& name, const Info& info, bool in_new,
                        ModificationSequence modification) {
  PK_CHECK(messages_.empty() || messages_.back().uid < name.uid);
  messages_.push_back({name.uid, flags_of(info), modification,
                       name.internal_date, name.octets});
  File file;
  file.id = name.id;
  file.checksum = name.checksum.value_or(0);
  file.has_checksum = name.checksum.has_value();
  file.upper = info.upper & 0x3FFFFFF;
  file.in_new = in_new;
  files_.push_back(file);
  set_others(name.uid, name.others);
}

void MaildirFolder::set_others(Uid uid, const std::string& others) {
  if (!others.empty()) {
    others_[uid] = others;
  } else if (!others_.empty()) {
    others_.erase(uid);
  }
}

void MaildirFolder::set_info(std::size_t index, const Info& info) {
  messages_[index].flags = flags_of(info);
  files_[index].upper = info.upper & 0x3FFFFFF;
}

void MaildirFolder::drop(std::span<const Uid> uids,
                         ModificationSequence modification) {
  remember_expunged(uids, modification);
  std::size_t kept = 0;
  std::size_t next = 0;
  for (std::size_t n = 0; n < messages_.size(); ++n) {
    while (next < uids.size() && uids[next] < messages_[n].uid) ++next;
    if (next < uids.size() && uids[next] == messages_[n].uid) {
      set_others(messages_[n].uid, {});
      continue;
    }
    messages_[kept] = messages_[n];
    files_[kept] = files_[n];
    ++kept;
  }
  messages_.resize(kept);
  files_.resize(kept);
  for (const Uid uid : uids) tell_gone(uid, modification);
}

void MaildirFolder::remember_expunged(std::span<const Uid> uids,
                                      ModificationSequence modification) {
  for (const Uid uid : uids) {
    expunged_.push_back({modification, uid});
    removed_since_indexed_.push_back(uid);
  }
  while (expunged_.size() > expunged_history_max) {
    history_from_ = expunged_.front().modification_sequence;
    expunged_.pop_front();
  }
}

std::optional<std::vector<Uid>> MaildirFolder::expunged_since(
    ModificationSequence since) {
  if (since < history_from_) return std::nullopt;
  std::vector<Uid> uids;
  for (const Expunged& one : expunged_) {
    if (one.modification_sequence > since) uids.push_back(one.uid);
  }
  std::ranges::sort(uids);
  return uids;
}

void MaildirFolder::observe(FolderObserver* observer) {
  observers_.push_back(observer);
}

void MaildirFolder::stop_observing(FolderObserver* observer) {
  std::erase(observers_, observer);
}

void MaildirFolder::tell_arrived(Uid uid) {
  for (FolderObserver* observer : observers_) observer->arrived(uid);
}

void MaildirFolder::tell_changed(Uid uid) {
  for (FolderObserver* observer : observers_) observer->changed(uid);
}

void MaildirFolder::tell_gone(Uid uid, ModificationSequence modification) {
  for (FolderObserver* observer : observers_) observer->gone(uid, modification);
}

void MaildirFolder::removed() {
  if (gone_) return;
  gone_ = true;
  for (FolderObserver* observer : observers_) observer->folder_gone();
}

StoreResult<std::uint32_t> MaildirFolder::keyword_bit(
    std::string_view keyword) {
  if (keyword.empty() || keyword.size() > keyword_octets_max) {
    return std::unexpected(StoreError::limit);
  }
  std::vector<std::string>& names = state_.keywords;
  std::uint32_t taken = 0;  // By foreign files, without a name.
  for (const Message& message : messages_) taken |= message.flags.keywords;
  std::optional<std::uint32_t> free;
  for (std::uint32_t bit = 0; bit < folder_keywords_max; ++bit) {
    if (bit < names.size() && same_keyword(names[bit], keyword)) return bit;
    const bool is_free = bit >= names.size() || names[bit].empty();
    if (is_free && !free && (taken >> bit & 1) == 0) free = bit;
  }
  if (!free) return std::unexpected(StoreError::limit);
  if (names.size() <= *free) names.resize(*free + 1);
  names[*free] = keyword;
  keywords_changed_ = true;
  return *free;
}

bool MaildirFolder::has_unflushed() {
  while (!unflushed_.empty() && unflushed_.front().mark <= tree_.flushed) {
    unflushed_.pop_front();
  }
  return !unflushed_.empty();
}

StoreResult<> MaildirFolder::flush_if_unflushed(std::span<const Uid> uids) {
  if (!has_unflushed()) return {};
  const Uid from = unflushed_.front().uid;
  if (std::ranges::none_of(uids, [&](Uid uid) { return uid >= from; })) {
    return {};
  }
  return tree_.flush_everything();
}

// Messages whose modification sequence the index has not seen are those that
// changed since it was read.
void MaildirFolder::close() {
  if (closed_ || gone_ || tree_.failed) return;
  closed_ = true;
  if (state_.clean) return;
  if (scanned_) {
    std::vector<IndexedMessage> changed;
    for (const Message& message : messages_) {
      if (!index_anew_ && message.modification_sequence <= indexed_up_to_) {
        continue;
      }
      changed.push_back(
          {message.uid, message.modification_sequence, message.flags});
    }
    const std::vector<Expunged> history(expunged_.begin(), expunged_.end());
    const std::uint64_t stamp = tree_.random_number();
    const bool written =
        tree_.index.write(state_.folder, stamp, index_anew_, changed,
                          removed_since_indexed_, history, history_from_);
    state_.index_stamp = written ? stamp : 0;
  } else if (has_unsettled()) {
    return;
  }
  state_.clean = true;
  state_.uid_reserved = state_.uid_next;
  state_.modification_reserved = state_.modification_next;
  // Not flushed: when a power cut takes it, counting goes on further up.
  static_cast<void>(write_state(false));
}

}  // namespace postkeep::store
