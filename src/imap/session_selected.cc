// The commands about messages of the selected mailbox (RFC 9051 section 6.4).
#include <algorithm>
#include <utility>

#include "imap/fetch.h"
#include "imap/resync.h"
#include "imap/search.h"
#include "imap/session_core.h"
#include "imap/session_work.h"
#include "message/charset.h"

namespace postkeep::imap {

std::optional<std::vector<store::Uid>> SessionCore::chosen(
    const SequenceSet& set, bool by_uid) {
  const SessionView& view = selected_->view;
  const std::span<const store::Uid> uids = view.uids();
  std::vector<store::Uid> result;
  if (set.saved_result) {
    std::ranges::set_intersection(uids, selected_->saved,
                                  std::back_inserter(result));
    return result;
  }
  const std::uint32_t largest =
      by_uid ? (uids.empty() ? 0 : uids.back()) : view.size();
  const auto ranges = resolve(set, largest);
  // RFC 9051 section 9, seq-number: BAD for a number above the mailbox's
  // size, and for "*" when it is empty.
  if (!by_uid && (ranges.empty() || ranges.back().last > view.size())) {
    bad("There is no message of that number");
    return std::nullopt;
  }
  for (const SequenceRange& range : ranges) {
    if (by_uid) {
      const auto first = std::ranges::lower_bound(uids, range.first);
      const auto last = std::ranges::upper_bound(uids, range.last);
      result.insert(result.end(), first, last);
    } else {
      result.insert(result.end(), uids.begin() + range.first - 1,
                    uids.begin() + range.last);
    }
  }
  return result;
}

// For commands that do all or nothing. Messages that are gone: a UID of them
// names nothing (RFC 9051 section 6.4.9), a number is an error.
std::optional<std::vector<store::Uid>> SessionCore::chosen_there(
    const SequenceSet& set, bool by_uid) {
  auto uids = chosen(set, by_uid);
  if (!uids) return std::nullopt;
  const auto gone = std::erase_if(
      *uids, [this](store::Uid uid) { return selected_->view.is_gone(uid); });
  if (gone != 0 && !by_uid) {
    no("EXPUNGEISSUED", "Some of the messages are gone");
    return std::nullopt;
  }
  return uids;
}

bool SessionCore::may_write() {
  if (!selected_->read_only) return true;
  no("CANNOT", "The mailbox was opened read-only");
  return false;
}

// The mailbox that messages are put into; nullptr when that was answered.
std::shared_ptr<store::Folder> SessionCore::target(const std::string& mailbox) {
  auto folder = store_.open(mailbox);
  if (folder) return *folder;
  no_target(folder.error());
  return nullptr;
}

void SessionCore::no_target(store::StoreError why) {
  if (why == store::StoreError::not_found) {
    no("TRYCREATE", "No such mailbox");
  } else {
    failed(why);
  }
}

store::StoreResult<store::Flags> SessionCore::flags_of(const FlagList& list,
                                                       store::Folder& folder,
                                                       bool makes_new) {
  static_assert(system_flag_answered == store::flag_answered &&
                system_flag_flagged == store::flag_flagged &&
                system_flag_deleted == store::flag_deleted &&
                system_flag_seen == store::flag_seen &&
                system_flag_draft == store::flag_draft);
  store::Flags flags{list.system, 0};
  for (const std::string& keyword : list.keywords) {
    if (makes_new) {
      const auto bit = folder.keyword_bit(keyword);
      if (!bit) return std::unexpected(bit.error());
      flags.keywords |= 1U << *bit;
    } else if (const auto bit = known_keyword(folder, keyword)) {
      flags.keywords |= 1U << *bit;
    }
  }
  return flags;
}

void SessionCore::run(const Close& /*request*/) {
  std::vector<store::Uid> uids;
  if (!selected_->read_only) {
    for (const store::Message& message : selected_->folder->messages()) {
      if ((message.flags.system & store::flag_deleted) != 0) {
        uids.push_back(message.uid);
      }
    }
  }
  work_ = std::make_unique<ExpungeWork>(std::move(uids), true);
}

void SessionCore::run(const Unselect& /*request*/) {
  unselect();
  ok();
}

// Only what the client knows to be there: it has not seen the rest, nor their
// flags.
void SessionCore::run(const Expunge& request) {
  if (!may_write()) return;
  std::vector<store::Uid> uids;
  if (request.uids) {
    auto wanted = chosen(*request.uids, true);
    if (!wanted) return;
    uids = std::move(*wanted);
  } else {
    const auto all = selected_->view.uids();
    uids.assign(all.begin(), all.end());
  }
  std::erase_if(uids, [this](store::Uid uid) {
    const store::Message* message = selected_->folder->find(uid);
    return message == nullptr ||
           (message->flags.system & store::flag_deleted) == 0;
  });
  work_ = std::make_unique<ExpungeWork>(std::move(uids), false);
}

void SessionCore::run(const Store& request) {
  if (!may_write()) return;
  auto uids = chosen(request.set, request.by_uid);
  if (!uids) return;
  if (request.unchanged_since) enable_condstore();
  const bool makes_new = request.how != StoreHow::remove;
  const auto flags =
      flags_of(request.flags, *selected_->folder, makes_new && !uids->empty());
  if (!flags) {
    failed(flags.error());
    return;
  }
  const auto how = [&] {
    switch (request.how) {
      case StoreHow::add: return store::FlagChange::add;
      case StoreHow::remove: return store::FlagChange::remove;
      case StoreHow::replace: break;
    }
    return store::FlagChange::replace;
  }();
  work_ = std::make_unique<StoreWork>(std::move(*uids), how, *flags, request);
}

// RFC 4315 section 3: the sets name messages in the same order.
std::string SessionCore::copy_code(const store::Folder& target,
                                   const store::Folder::UidPairs& pairs) const {
  std::vector<store::Uid> from;
  std::vector<store::Uid> to;
  for (const auto& [old_uid, new_uid] : pairs) {
    from.push_back(old_uid);
    to.push_back(new_uid);
  }
  return "COPYUID " + std::to_string(target.uid_validity()) + ' ' +
         write(ranges_of(from)) + ' ' + write(ranges_of(to));
}

void SessionCore::run(const Copy& request) {
  const auto uids = chosen_there(request.set, request.by_uid);
  if (!uids) return;
  const auto folder = target(request.mailbox);
  if (!folder) return;
  if (uids->empty()) {
    ok();
    return;
  }
  const auto pairs = selected_->folder->copy(*uids, *folder);
  if (!pairs) {
    failed(pairs.error());
    return;
  }
  ok(pairs->empty() ? std::string{} : copy_code(*folder, *pairs));
}

// RFC 6851 section 4.3: COPYUID goes ahead, untagged, so that the client
// knows it before the messages vanish.
void SessionCore::run(const Move& request) {
  if (!may_write()) return;
  const auto uids = chosen_there(request.set, request.by_uid);
  if (!uids) return;
  const auto folder = target(request.mailbox);
  if (!folder) return;
  if (uids->empty()) {
    ok();
    return;
  }
  store::Folder& source = *selected_->folder;
  const bool stays = folder == selected_->folder;
  const auto pairs =
      stays ? source.copy(*uids, *folder) : source.move(*uids, *folder);
  if (!pairs) {
    failed(pairs.error());
    return;
  }
  if (!pairs->empty()) {
    write_status(output_, Condition::ok, copy_code(*folder, *pairs), "Moved");
  }
  if (stays) {
    if (const auto gone = source.expunge(*uids); !gone) {
      failed(gone.error());
      return;
    }
  }
  // RFC 6851 section 4.4: as EXPUNGE does.
  complete({Condition::ok, {}, done(), true, !pairs->empty()});
}

void SessionCore::run(const Fetch& request) {
  // RFC 7162 section 3.2.6.
  if (request.vanished && !quick_resync_) {
    bad("QRESYNC is not enabled");
    return;
  }
  auto uids = chosen(request.set, request.by_uid);
  if (!uids) return;
  std::vector<FetchItem> items = request.items;
  const bool asks_modification =
      std::ranges::any_of(items, [](const FetchItem& item) {
        return item.kind == FetchKind::modification_sequence;
      });
  if (request.changed_since || asks_modification) enable_condstore();
  std::vector<SequenceRange> vanished;
  if (request.changed_since) {
    // RFC 7162 section 3.1.4.1: MODSEQ is asked for with it.
    if (!asks_modification) {
      items.emplace_back().kind = FetchKind::modification_sequence;
    }
    keep_changed(*uids, *request.changed_since);
    if (request.vanished)
      vanished = missing(request.set, *request.changed_since);
  }
  work_ = std::make_unique<FetchWork>(std::move(items), std::move(*uids),
                                      request.by_uid, std::move(vanished));
}

// RFC 7162 section 3.1.4.1: only what has changed since is told of.
void SessionCore::keep_changed(std::vector<store::Uid>& uids,
                               store::ModificationSequence since) const {
  std::erase_if(uids, [&](store::Uid uid) {
    const store::Message* message = selected_->folder->find(uid);
    return message == nullptr || message->modification_sequence <= since;
  });
}

std::vector<SequenceRange> SessionCore::missing(
    const SequenceSet& set, store::ModificationSequence since) const {
  store::Folder& folder = *selected_->folder;
  Known known;
  known.uids = set.saved_result ? ranges_of(selected_->saved)
                                : known_uids(set, folder.uid_next());
  known.since = since;
  return missing_of(known, folder, selected_->view);
}

void SessionCore::run(const Search& request) {
  // RFC 6855 section 3: strings are UTF-8 then, whatever CHARSET says.
  if (utf8_accept_ && request.charset) {
    bad("No CHARSET after UTF8=ACCEPT");
    return;
  }
  auto keys = keys_in_utf8(request);
  if (!keys) {
    // RFC 9051 section 7.1: the charsets that are understood.
    if (request.returned && request.returned->save) selected_->saved.clear();
    no("BADCHARSET (" + std::string(message::charset_names()) + ')',
       "That charset is not understood here");
    return;
  }
  if (asks_modification_sequence(request.keys)) enable_condstore();
  work_ = std::make_unique<SearchWork>(request, *keys, *this);
}

}  // namespace postkeep::imap
