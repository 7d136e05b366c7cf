// Flags and keywords: the letters at the end of a file's name.
#include <algorithm>
#include <utility>

#include "store/maildir_folder.h"

namespace postkeep::store {
namespace {

Flags changed_by(const Flags& before, FlagChange how, const Flags& flags) {
  switch (how) {
    case FlagChange::replace: return flags;
    case FlagChange::add:
      return {static_cast<std::uint8_t>(before.system | flags.system),
              before.keywords | flags.keywords};
    case FlagChange::remove:
      return {static_cast<std::uint8_t>(before.system & ~flags.system),
              before.keywords & ~flags.keywords};
  }
  return before;
}

}  // namespace

// Gives a file the name with `info`; from new/ that is one in cur/.
StoreResult<MaildirFolder::Renamed> MaildirFolder::rename_with(
    std::size_t index, const Info& info) {
  const std::string name = write(own_name(index), info);
  const auto renamed =
      tree_.disk.rename(directory_of(index), file_name(index), cur_, name);
  if (!renamed && renamed.error() == Trouble::not_found) {
    return Renamed::not_there;
  }
  if (!renamed) {
    return std::unexpected(tree_.fail("change_flags", renamed.error()));
  }
  return Renamed::done;
}

StoreResult<Folder::FlagsChanged> MaildirFolder::change_flags(
    std::span<const Uid> uids, FlagChange how, Flags flags,
    std::optional<ModificationSequence> unchanged_since, Durable durable) {
  if (const auto ok = check_usable(); !ok) return std::unexpected(ok.error());
  FlagsChanged result;
  std::vector<Uid> wanted;
  for (const Uid uid : uids) {
    const Message* message = find(uid);
    if (message == nullptr) continue;
    if (unchanged_since && message->modification_sequence > *unchanged_since) {
      result.modified.push_back(uid);
    } else if (changed_by(message->flags, how, flags) != message->flags) {
      wanted.push_back(uid);
    }
  }
  if (wanted.empty()) return result;
  if (const auto ok = flush_if_unflushed(wanted); !ok) {
    return std::unexpected(ok.error());
  }
  if (keywords_changed_) {
    if (const auto ok = write_state(true); !ok) {
      return std::unexpected(ok.error());
    }
    keywords_changed_ = false;
  }
  StoreResult<> done =
      change_files(wanted, how, flags, unchanged_since, result);
  if (durable == Durable::at_once) {
    // Even when some went wrong: what was renamed stays so.
    const auto flushed = flush_flags();
    if (done) done = flushed;
  }
  for (const Uid uid : result.changed) tell_changed(uid);
  if (!done) return std::unexpected(done.error());
  return result;
}

StoreResult<> MaildirFolder::flush_flags() {
  if (gone_) return std::unexpected(StoreError::not_found);
  return tree_.flush_directories(
      {std::exchange(flags_in_cur_, DirectoryHandle::none),
       std::exchange(flags_in_new_, DirectoryHandle::none)});
}

// Those whose files another program has renamed are looked for once; what it
// changed counts against `unchanged_since`.
StoreResult<> MaildirFolder::change_files(
    std::vector<Uid> wanted, FlagChange how, const Flags& flags,
    std::optional<ModificationSequence> unchanged_since, FlagsChanged& result) {
  std::vector<Uid>& changed = result.changed;
  std::optional<StoreError> wrong;
  for (int tries = 0; tries < 2 && !wrong && !wanted.empty(); ++tries) {
    std::vector<Uid> renamed_by_others;
    if (tries > 0) {
      if (const auto ok = look_again(); !ok) wrong = ok.error();
    }
    if (const auto ok = reserve(0, 1); !ok) wrong = ok.error();
    if (wrong) break;
    const ModificationSequence modification = take_modification();
    before_change();
    for (const Uid uid : wanted) {
      const auto index = wrong ? std::nullopt : index_of(uid);
      if (!index) continue;
      if (unchanged_since &&
          messages_[*index].modification_sequence > *unchanged_since) {
        result.modified.push_back(uid);
        continue;
      }
      const Flags after = changed_by(messages_[*index].flags, how, flags);
      const Info info = with_flags(info_of(*index), after);
      const auto renamed = rename_with(*index, info);
      if (!renamed) {
        wrong = renamed.error();
      } else if (*renamed == Renamed::not_there) {
        renamed_by_others.push_back(uid);
      } else {
        flags_in_cur_ = cur_;
        if (files_[*index].in_new) flags_in_new_ = new_;
        files_[*index].in_new = false;
        set_info(*index, info);
        messages_[*index].modification_sequence = modification;
        changed.push_back(uid);
      }
    }
    after_change();
    wanted = std::move(renamed_by_others);
  }
  if (wrong) return std::unexpected(*wrong);
  return {};
}

StoreResult<std::vector<Uid>> MaildirFolder::recent(bool take) {
  if (gone_) return std::unexpected(StoreError::not_found);
  std::vector<Uid> uids;
  for (std::size_t n = 0; n < files_.size(); ++n) {
    if (files_[n].in_new) uids.push_back(messages_[n].uid);
  }
  if (!take || uids.empty()) return uids;
  // Not flushed: after a power cut they are recent once more.
  before_change();
  for (const Uid uid : uids) {
    const auto index = index_of(uid);
    const auto renamed = rename_with(*index, info_of(*index));
    if (!renamed) return std::unexpected(renamed.error());
    if (*renamed == Renamed::done) {
      files_[*index].in_new = false;
    } else {
      look_needed_ = true;
    }
  }
  after_change();
  return uids;
}

}  // namespace postkeep::store
