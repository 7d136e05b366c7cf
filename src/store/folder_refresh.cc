// What other programs did to a folder while it was open.
#include <algorithm>
#include <utility>

#include "store/maildir_folder.h"

namespace postkeep::store {
namespace {

// Times of directories are as coarse as the kernel's tick, so that a change
// right after a listing may leave them as they were: once it is this long ago
// we look once more. Where looking takes long (a million messages: seconds) it
// is longer, so that looking takes a sixteenth of the time at most, and still
// below the 30 s within which others' changes are to be seen.
constexpr Duration hot_time_min = std::chrono::seconds(1);
constexpr Duration hot_time_max = std::chrono::seconds(25);
constexpr int hot_looks = 16;

}  // namespace

StoreResult<> MaildirFolder::refresh() {
  if (gone_) return std::unexpected(StoreError::not_found);
  if (!scanned_) return scan();
  // What is known may still be read.
  if (tree_.failed) return {};
  const auto others = others_were_here();
  if (!others) return std::unexpected(others.error());
  if (!*others) return {};
  return look_again();
}

StoreResult<MaildirFolder::Stamp> MaildirFolder::stamp_of(
    std::string_view directory) const {
  const auto status = tree_.disk.status(directory_, directory);
  if (!status) {
    if (status.error() == Trouble::not_found) {
      return std::unexpected(StoreError::not_found);
    }
    return std::unexpected(tree_.fail("status", status.error()));
  }
  return Stamp{status->modified, status->changed};
}

StoreResult<bool> MaildirFolder::others_were_here() {
  const auto new_stamp = stamp_of("new");
  const auto cur_stamp = stamp_of("cur");
  if (!new_stamp || !cur_stamp) {
    const StoreError why = new_stamp ? cur_stamp.error() : new_stamp.error();
    if (why == StoreError::not_found) removed();
    return std::unexpected(why);
  }
  if (look_needed_ || *new_stamp != new_stamp_ || *cur_stamp != cur_stamp_) {
    return true;
  }
  return hot_since_ && is_cold_since(*hot_since_);
}

bool MaildirFolder::is_cold_since(SteadyTime time) const {
  return tree_.ports.clock.steady() - time >=
         std::clamp(look_took_ * hot_looks, hot_time_min, hot_time_max);
}

// Before a change of our own: were others here since we looked?
void MaildirFolder::before_change() {
  if (!scanned_ || look_needed_) return;
  const auto new_stamp = stamp_of("new");
  const auto cur_stamp = stamp_of("cur");
  if (!new_stamp || !cur_stamp || *new_stamp != new_stamp_ ||
      *cur_stamp != cur_stamp_) {
    look_needed_ = true;
  }
}

// After it: the times that it left are ours.
void MaildirFolder::after_change() {
  if (!scanned_) return;
  const auto new_stamp = stamp_of("new");
  const auto cur_stamp = stamp_of("cur");
  if (!new_stamp || !cur_stamp) {
    look_needed_ = true;
    return;
  }
  new_stamp_ = *new_stamp;
  cur_stamp_ = *cur_stamp;
  hot_since_ = tree_.ports.clock.steady();
}

StoreResult<> MaildirFolder::look_again() {
  const std::optional<SteadyTime> was_hot = hot_since_;
  const Stamp new_before = new_stamp_;
  const Stamp cur_before = cur_stamp_;
  auto seen = look();
  if (!seen) return std::unexpected(seen.error());
  // What was renamed while we listed may be in neither half of the listing.
  if (lacks_some(*seen)) {
    seen = look();
    if (!seen) return std::unexpected(seen.error());
  }
  // Nothing since, and not in the moment after a change: cold from now on.
  if (was_hot && new_stamp_ == new_before && cur_stamp_ == cur_before &&
      is_cold_since(*was_hot)) {
    hot_since_.reset();
  }
  return merge(*seen);
}

std::optional<std::size_t> MaildirFolder::known_as(const Seen& seen) const {
  if (!seen.own || seen.own->folder != state_.folder) return std::nullopt;
  const auto index = index_of(seen.own->uid);
  if (!index || files_[*index].id != seen.own->id) return std::nullopt;
  return index;
}

bool MaildirFolder::lacks_some(const std::vector<Seen>& seen) const {
  std::vector<bool> found(messages_.size());
  for (const Seen& one : seen) {
    if (const auto index = known_as(one)) found[*index] = true;
  }
  return std::ranges::find(found, false) != found.end();
}

StoreResult<> MaildirFolder::merge(std::vector<Seen>& seen) {
  if (const auto ok = reserve(0, 2); !ok) return ok;
  ModificationSequence modification = 0;
  constexpr std::size_t none = SIZE_MAX;
  std::vector<std::size_t> found(messages_.size(), none);
  std::vector<Seen> foreign;
  std::vector<Uid> changed;
  before_change();
  for (std::size_t n = 0; n < seen.size(); ++n) {
    const auto index = known_as(seen[n]);
    if (index && found[*index] == none) {
      found[*index] = n;
    } else if (!index) {
      foreign.push_back(std::move(seen[n]));
    } else if (!is_same_file(seen[found[*index]], seen[n])) {
      // The file that is as we know it keeps the number; the other is a copy.
      if (seen[n].name == file_name(*index)) {
        std::swap(seen[found[*index]], seen[n]);
      }
      foreign.push_back(std::move(seen[n]));
    }
  }
  for (std::size_t at = 0; at < found.size(); ++at) {
    if (found[at] == none) continue;
    Seen& one = seen[found[at]];
    make_canonical(one);
    const Flags before = messages_[at].flags;
    files_[at].in_new = one.in_new;
    set_info(at, one.info);
    set_others(one.own->uid, one.own->others);
    if (messages_[at].flags == before) continue;
    if (modification == 0) modification = take_modification();
    messages_[at].modification_sequence = modification;
    changed.push_back(messages_[at].uid);
  }
  after_change();
  std::vector<Uid> missing;
  for (std::size_t n = 0; n < found.size(); ++n) {
    if (found[n] == none) missing.push_back(messages_[n].uid);
  }
  if (!missing.empty()) {
    drop(missing, take_modification());
  }
  for (const Uid uid : changed) tell_changed(uid);
  return adopt(foreign, true);
}

}  // namespace postkeep::store
