#include "imap/session_work.h"

#include <algorithm>

namespace postkeep::imap {

// False: it went wrong, and complete() has been called.
bool StoreWork::change_slice(SessionCore& core) {
  const std::size_t count =
      std::min(slice_messages_max, uids_.size() - changed_);
  const auto slice = std::span(uids_).subspan(changed_, count);
  store::Folder& folder = *core.selected().folder;
  auto done = core.quietly([&] {
    return folder.change_flags(slice, how_, flags_, unchanged_since_,
                               store::Durable::by_flush);
  });
  if (!done) {
    const StoreAnswer answer = answer_to(done.error());
    core.complete({Condition::no, std::string(answer.code),
                   std::string(answer.text), by_uid_});
    return false;
  }
  if (!done->changed.empty()) core.hold_until_flushed();
  changed_ += count;
  just_changed_ = std::move(done->changed);
  std::ranges::sort(just_changed_);
  std::ranges::sort(done->modified);
  modified_.insert(modified_.end(), done->modified.begin(),
                   done->modified.end());
  return true;
}

// RFC 7162 section 3.1.3: the new modification sequence is told even if
// .SILENT is asked for; what failed the test is told as it is now.
void StoreWork::tell(SessionCore& core, store::Uid uid) {
  if (!silent_ || std::ranges::binary_search(modified_, uid)) {
    core.write_flags_of(uid);
  } else if (core.condstore() &&
             (unchanged_since_ ||
              std::ranges::binary_search(just_changed_, uid))) {
    core.write_modification_of(uid);
  }
}

std::string StoreWork::modified_code(SessionCore& core) {
  if (by_uid_) return "MODIFIED " + write(ranges_of(modified_));
  // No number moves while STORE is answered.
  std::vector<std::uint32_t> numbers;
  for (const store::Uid uid : modified_) {
    if (const auto number = core.selected().view.number_of(uid)) {
      numbers.push_back(*number);
    }
  }
  return "MODIFIED " + write(ranges_of(numbers));
}

bool StoreWork::step(SessionCore& core) {
  if (told_ == changed_ && changed_ < uids_.size() && !change_slice(core)) {
    return true;
  }
  const store::Folder& folder = *core.selected().folder;
  for (; told_ < changed_; ++told_) {
    if (!core.has_room()) return false;
    if (folder.find(uids_[told_]) == nullptr) {
      some_gone_ = true;
    } else {
      tell(core, uids_[told_]);
    }
  }
  if (changed_ < uids_.size()) return false;
  // With .SILENT nobody has asked for flags, but new ones are news.
  core.tell_keywords();
  if (some_gone_ && !by_uid_) {
    core.complete({Condition::no,
                   modified_.empty() ? "EXPUNGEISSUED" : modified_code(core),
                   "Some of the messages are gone", false});
  } else if (!modified_.empty()) {
    core.complete({Condition::ok, modified_code(core),
                   "Some of the messages had changed", by_uid_});
  } else {
    core.complete({Condition::ok, {}, core.done(), by_uid_});
  }
  return true;
}

bool ExpungeWork::step(SessionCore& core) {
  const std::size_t count = std::min(slice_messages_max, uids_.size() - done_);
  const auto slice = std::span(uids_).subspan(done_, count);
  if (!slice.empty()) {
    const auto gone = core.selected().folder->expunge(slice);
    if (!gone) {
      const StoreAnswer answer = answer_to(gone.error());
      core.complete({Condition::no, std::string(answer.code),
                     std::string(answer.text), !closes_});
      return true;
    }
    done_ += count;
    some_expunged_ = some_expunged_ || !gone->empty();
  }
  if (done_ < uids_.size()) return false;
  // RFC 7162 section 3.2.8: CLOSE must not tell the highest sequence; finish()
  // tells none where no mailbox is selected.
  if (closes_) core.unselect();
  core.complete({Condition::ok, {}, core.done(), true, some_expunged_});
  return true;
}

}  // namespace postkeep::imap
