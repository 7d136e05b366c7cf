#include "imap/session_work.h"

#include <algorithm>

namespace postkeep::imap {

// False: it went wrong, and complete() has been called.
bool StoreWork::change_slice(SessionCore& core) {
  const std::size_t count =
      std::min(slice_messages_max, uids_.size() - changed_);
  const auto slice = std::span(uids_).subspan(changed_, count);
  store::Folder& folder = *core.selected().folder;
  const auto done =
      core.quietly([&] { return folder.change_flags(slice, how_, flags_); });
  if (!done) {
    const StoreAnswer answer = answer_to(done.error());
    core.complete({Condition::no, std::string(answer.code),
                   std::string(answer.text), by_uid_});
    return false;
  }
  changed_ += count;
  return true;
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
    } else if (!silent_) {
      core.write_flags_of(uids_[told_]);
    }
  }
  if (changed_ < uids_.size()) return false;
  if (some_gone_ && !by_uid_) {
    core.complete({Condition::no, "EXPUNGEISSUED",
                   "Some of the messages are gone", false});
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
  }
  if (done_ < uids_.size()) return false;
  if (closes_) core.unselect();
  core.complete({Condition::ok, {}, core.done(), true});
  return true;
}

}  // namespace postkeep::imap
