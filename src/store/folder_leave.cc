// Messages that go: expunged, copied or moved to another folder.
#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "base/check.h"
#include "store/maildir_folder.h"

namespace postkeep::store {

StoreResult<MaildirFolder::Renamed> MaildirFolder::remove_file(
    std::size_t index) {
  const auto removed = tree_.disk.remove(directory_of(index), file_name(index));
  if (removed) return Renamed::done;
  if (removed.error() == Trouble::not_found) return Renamed::not_there;
  return std::unexpected(tree_.fail("expunge", removed.error()));
}

StoreResult<> MaildirFolder::record_all_expunged() {
  if (const auto ok = scan(); !ok) return ok;
  std::vector<DeliveryId> ids;
  ids.reserve(files_.size());
  for (const File& file : files_) ids.push_back(file.id);
  return tree_.record_expunged(ids);
}

StoreResult<std::vector<Uid>> MaildirFolder::expunge(
    std::span<const Uid> uids) {
  if (const auto ok = check_usable(); !ok) return std::unexpected(ok.error());
  const std::set<Uid> unique(uids.begin(), uids.end());
  std::vector<Uid> wanted;
  std::vector<DeliveryId> ids;
  for (const Uid uid : unique) {
    const auto index = index_of(uid);
    if (!index) continue;
    wanted.push_back(uid);
    ids.push_back(files_[*index].id);
  }
  if (wanted.empty()) return wanted;
  // Before the files: a delivery that is repeated must not come back.
  if (const auto ok = tree_.record_expunged(ids); !ok) {
    return std::unexpected(ok.error());
  }
  std::vector<Uid> expunged;
  StoreResult<> result = remove_files(wanted, expunged);
  if (result && !wanted.empty()) {
    // Another program has renamed these.
    result = look_again();
    if (result) result = remove_files(wanted, expunged);
  }
  const auto flushed = tree_.flush_directories({cur_, new_});
  if (!result) return std::unexpected(result.error());
  if (!flushed) return std::unexpected(flushed.error());
  std::ranges::sort(expunged);
  return expunged;
}

// Leaves in `wanted` those whose files were not where they should be.
StoreResult<> MaildirFolder::remove_files(std::vector<Uid>& wanted,
                                          std::vector<Uid>& expunged) {
  if (const auto ok = reserve(0, 1); !ok) return ok;
  std::vector<Uid> removed;
  std::vector<Uid> not_there;
  StoreResult<> result;
  before_change();
  for (const Uid uid : wanted) {
    const auto index = index_of(uid);
    if (!index) continue;
    const auto gone = remove_file(*index);
    if (!gone) {
      result = std::unexpected(gone.error());
      break;
    }
    (*gone == Renamed::done ? removed : not_there).push_back(uid);
  }
  after_change();
  if (!removed.empty()) drop(removed, take_modification());
  expunged.insert(expunged.end(), removed.begin(), removed.end());
  wanted = std::move(not_there);
  return result;
}

StoreResult<Folder::UidPairs> MaildirFolder::copy(std::span<const Uid> uids,
                                                  Folder& target) {
  return carry(uids, static_cast<MaildirFolder&>(target), false);
}

StoreResult<Folder::UidPairs> MaildirFolder::move(std::span<const Uid> uids,
                                                  Folder& target) {
  return carry(uids, static_cast<MaildirFolder&>(target), true);
}

// The target's bits for keywords of this folder, by name. Letters without a
// name are left behind: there they might be another keyword's.
StoreResult<std::array<std::uint32_t, folder_keywords_max>>
MaildirFolder::keywords_in(MaildirFolder& target, std::uint32_t used) {
  std::array<std::uint32_t, folder_keywords_max> there{};
  const std::vector<std::string> names = state_.keywords;
  for (std::size_t bit = 0; bit < names.size(); ++bit) {
    if ((used >> bit & 1) == 0 || names[bit].empty()) continue;
    const auto in_target = target.keyword_bit(names[bit]);
    if (!in_target) return std::unexpected(in_target.error());
    there[bit] = std::uint32_t{1} << *in_target;
  }
  return there;
}

// Which are there; those that another program renamed are looked for once.
StoreResult<std::vector<Uid>> MaildirFolder::find_files(
    std::span<const Uid> uids) {
  for (const Uid uid : uids) {
    const auto index = index_of(uid);
    if (!index) continue;
    if (tree_.disk.status(directory_of(*index), file_name(*index))) continue;
    if (const auto ok = look_again(); !ok) return std::unexpected(ok.error());
    break;
  }
  std::set<Uid> unique;
  std::vector<Uid> there;
  for (const Uid uid : uids) {
    if (index_of(uid) && unique.insert(uid).second) there.push_back(uid);
  }
  return there;
}

StoreResult<std::vector<MaildirFolder::Leaving>> MaildirFolder::plan(
    std::span<const Uid> uids, MaildirFolder& target, bool moving) {
  std::uint32_t used = 0;
  for (const Uid uid : uids) used |= find(uid)->flags.keywords;
  const auto bits = keywords_in(target, used);
  if (!bits) return std::unexpected(bits.error());
  if (target.keywords_changed_) {
    if (const auto ok = target.write_state(true); !ok) {
      return std::unexpected(ok.error());
    }
    target.keywords_changed_ = false;
  }
  if (const auto ok = target.reserve(uids.size(), 2); !ok) {
    return std::unexpected(ok.error());
  }
  if (const auto ok = reserve(0, moving ? 2 : 0); !ok) {
    return std::unexpected(ok.error());
  }
  std::vector<Leaving> leaving;
  for (const Uid uid : uids) {
    const std::size_t index = *index_of(uid);
    Leaving one;
    one.uid = uid;
    one.from = directory_of(index);
    one.file = file_name(index);
    one.name = own_name(index);
    one.name.others.clear();  // They say something of this folder.
    one.name.folder = target.state_.folder;
    one.name.uid = target.take_uid();
    if (!moving) one.name.id = tree_.random_id();
    one.info.upper = files_[index].upper;
    for (std::size_t bit = 0; bit < bits->size(); ++bit) {
      if ((info_of(index).lower >> bit & 1) != 0)
        one.info.lower |= (*bits)[bit];
    }
    one.to_new = one.info == Info{};
    one.to = one.to_new ? target.new_ : target.cur_;
    one.new_file = one.to_new ? write(one.name) : write(one.name, one.info);
    leaving.push_back(std::move(one));
  }
  return leaving;
}

// A link where the file system can: the octets of a message never change.
DiskResult<> MaildirFolder::copy_file(const Leaving& one, MaildirFolder& target,
                                      DirectoryHandle to) {
  const auto linked = tree_.disk.link(one.from, one.file, to, one.new_file);
  if (linked || linked.error() == Trouble::not_found ||
      linked.error() == Trouble::no_space) {
    return linked;
  }
  const auto octets = read_whole(one.from, one.file);
  if (!octets) return std::unexpected(octets.error());
  const Octets piece = *octets;
  if (!target.write_text(to, one.new_file, {&piece, 1}, true)) {
    return std::unexpected(Trouble::other);
  }
  return {};
}

// All or none. What another program has just taken is passed over.
StoreResult<> MaildirFolder::copy_files(std::vector<Leaving>& leaving,
                                        MaildirFolder& target) {
  // One name is there or not, by itself.
  if (leaving.size() == 1) {
    const Leaving& one = leaving.front();
    target.before_change();
    if (tree_.disk.link(one.from, one.file, one.to, one.new_file)) {
      const auto flushed = tree_.flush_directories({one.to});
      target.after_change();
      return flushed;
    }
  }
  auto group = target.begin_group();
  if (!group) return std::unexpected(group.error());
  std::vector<Leaving> copied;
  for (Leaving& one : leaving) {
    const auto done = copy_file(one, target, group->directory);
    if (!done && done.error() != Trouble::not_found) {
      target.drop_group(*group);
      return std::unexpected(tree_.fail("copy", done.error()));
    }
    if (!done) {
      look_needed_ = true;
      continue;
    }
    group->members.push_back({one.new_file, one.to_new});
    copied.push_back(std::move(one));
  }
  leaving = std::move(copied);
  const auto flushed = tree_.flush_directories({group->directory});
  if (leaving.empty() || !flushed) {
    target.drop_group(*group);
    return flushed;
  }
  return target.show_group(*group);
}

// All or none in the face of errors: what was done is taken back when one
// fails. Only what a power cut interrupts may be there in part: each message
// in one of the two folders (RFC 6851 section 3.3).
StoreResult<> MaildirFolder::move_files(std::vector<Leaving>& leaving,
                                        MaildirFolder& target) {
  Disk& disk = tree_.disk;
  std::vector<Leaving> moved;
  before_change();
  target.before_change();
  for (Leaving& one : leaving) {
    const auto done = disk.rename(one.from, one.file, one.to, one.new_file);
    if (done) {
      moved.push_back(std::move(one));
      continue;
    }
    if (done.error() == Trouble::not_found) {
      look_needed_ = true;  // Another program has just taken it.
      continue;
    }
    for (const Leaving& back : moved) {
      static_cast<void>(
          disk.rename(back.to, back.new_file, back.from, back.file));
    }
    look_needed_ = target.look_needed_ = true;
    return std::unexpected(tree_.fail("move", done.error()));
  }
  leaving = std::move(moved);
  // The new names first: at no moment is a message under neither.
  const auto flushed =
      tree_.flush_directories({target.cur_, target.new_, cur_, new_});
  after_change();
  target.after_change();
  return flushed;
}

StoreResult<Folder::UidPairs> MaildirFolder::carry(std::span<const Uid> uids,
                                                   MaildirFolder& target,
                                                   bool moving) {
  if (const auto ok = check_usable(); !ok) return std::unexpected(ok.error());
  if (const auto ok = target.refresh(); !ok) return std::unexpected(ok.error());
  const auto wanted = find_files(uids);
  if (!wanted) return std::unexpected(wanted.error());
  if (wanted->empty()) return UidPairs{};
  if (const auto ok = target.check_room(0, wanted->size()); !ok) {
    return std::unexpected(ok.error());
  }
  if (const auto ok = flush_if_unflushed(*wanted); !ok) {
    return std::unexpected(ok.error());
  }
  auto leaving = plan(*wanted, target, moving);
  if (!leaving) return std::unexpected(leaving.error());
  const auto carried =
      moving ? move_files(*leaving, target) : copy_files(*leaving, target);
  if (!carried) return std::unexpected(carried.error());
  return settle(*leaving, target, moving);
}

Folder::UidPairs MaildirFolder::settle(const std::vector<Leaving>& leaving,
                                       MaildirFolder& target, bool moving) {
  UidPairs pairs;
  std::vector<Uid> left;
  for (const Leaving& one : leaving) {
    pairs.emplace_back(one.uid, one.name.uid);
    left.push_back(one.uid);
  }
  if (leaving.empty()) return pairs;
  tree_.index.copy(state_.folder, target.state_.folder, pairs);
  if (moving) {
    std::ranges::sort(left);
    drop(left, take_modification());
  }
  const ModificationSequence modification = target.take_modification();
  for (const Leaving& one : leaving) {
    target.add(one.name, one.info, one.to_new, modification);
    if (moving) {
      tree_.deliveries.moved(one.name.id, one.name.folder, one.name.uid);
    }
  }
  for (const Leaving& one : leaving) target.tell_arrived(one.name.uid);
  return pairs;
}

}  // namespace postkeep::store
