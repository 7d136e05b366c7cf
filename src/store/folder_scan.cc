// What is in a folder that was closed: who has a number, who gets one.
#include <algorithm>
#include <iterator>
#include <utility>

#include "base/checksum.h"
#include "store/maildir_folder.h"

namespace postkeep::store {
namespace {

// 10^18 seconds is what a name has digits for.
constexpr std::int64_t internal_date_max = 999'999'999'999'999'999;

}  // namespace

StoreResult<> MaildirFolder::scan() {
  if (scanned_) return {};
  if (const auto ok = check_usable(); !ok) return ok;
  if (const auto ok = settle_tmp(); !ok) return ok;
  auto seen = look();
  if (!seen) return std::unexpected(seen.error());
  std::vector<Seen> foreign;
  split_foreign(*seen, foreign);
  if (state_.taking_over != 0) {
    if (const auto ok = take_over_files(*seen, foreign); !ok) return ok;
  }
  if (const auto ok = set_torn_aside(*seen); !ok) return ok;
  messages_.reserve(seen->size());
  files_.reserve(seen->size());
  for (Seen& one : *seen) {
    make_canonical(one);
    add(*one.own, one.info, one.in_new, 0);
  }
  if (const auto ok = number_anew(); !ok) {
    messages_.clear();
    files_.clear();
    return ok;
  }
  register_unsettled();
  scanned_ = true;
  verify_from_ = 0;
  return adopt(foreign, true);
}

StoreResult<std::vector<MaildirFolder::Seen>> MaildirFolder::look() {
  const SteadyTime begun = tree_.ports.clock.steady();
  // Taken first: what changes while we list is seen the next time.
  const auto new_stamp = stamp_of("new");
  const auto cur_stamp = stamp_of("cur");
  if (!new_stamp) return std::unexpected(new_stamp.error());
  if (!cur_stamp) return std::unexpected(cur_stamp.error());
  std::vector<Seen> seen;
  if (const auto ok = look_into(new_, true, seen); !ok) {
    return std::unexpected(ok.error());
  }
  if (const auto ok = look_into(cur_, false, seen); !ok) {
    return std::unexpected(ok.error());
  }
  new_stamp_ = *new_stamp;
  cur_stamp_ = *cur_stamp;
  look_needed_ = false;
  hot_since_ = tree_.ports.clock.steady();
  look_took_ = *hot_since_ - begun;
  return seen;
}

StoreResult<> MaildirFolder::look_into(DirectoryHandle directory, bool in_new,
                                       std::vector<Seen>& seen) {
  auto entries = tree_.disk.list(directory);
  if (!entries) return std::unexpected(tree_.fail("list", entries.error()));
  seen.reserve(seen.size() + entries->size());
  MaildirNameReader reader;
  for (DirectoryEntry& entry : *entries) {
    if (entry.kind != EntryKind::file || entry.name.front() == '.') continue;
    Seen one;
    one.in_new = in_new;
    if (auto name = reader.read(entry.name)) {
      one.own = name->own;
      one.has_info = name->info.has_value();
      if (name->info) one.info = *name->info;
    }
    one.canonical = one.own && one.has_info != in_new &&
                    (in_new || write(*one.own, one.info) == entry.name);
    one.inode = entry.inode;
    one.name = std::move(entry.name);
    seen.push_back(std::move(one));
  }
  return {};
}

// Leaves in `seen`, by ascending UID, the files whose numbers are ours, one
// for each number.
void MaildirFolder::split_foreign(std::vector<Seen>& seen,
                                  std::vector<Seen>& foreign) {
  const auto is_ours = [&](const Seen& one) {
    return one.own && one.own->folder == state_.folder &&
           one.own->uid < state_.uid_next;
  };
  std::vector<Seen> ours;
  ours.reserve(seen.size());
  for (Seen& one : seen) {
    (is_ours(one) ? ours : foreign).push_back(std::move(one));
  }
  seen = std::move(ours);
  std::ranges::sort(seen, [](const Seen& one, const Seen& other) {
    return std::pair{one.own->uid, std::string_view(one.name)} <
           std::pair{other.own->uid, std::string_view(other.name)};
  });
  std::vector<Seen> kept;
  kept.reserve(seen.size());
  for (Seen& one : seen) {
    if (kept.empty() || kept.back().own->uid != one.own->uid) {
      kept.push_back(std::move(one));
      continue;
    }
    if (!is_same_file(kept.back(), one)) foreign.push_back(std::move(one));
  }
  seen = std::move(kept);
}

// Two names with one UID. One file that was renamed while we listed, or that a
// power cut left under its old name too, is one message: under its name in
// cur/. Else the other is a copy, and gets a number of its own.
bool MaildirFolder::is_same_file(Seen& kept, Seen& other) {
  const auto directory = [&](const Seen& one) {
    return one.in_new ? new_ : cur_;
  };
  if (!tree_.disk.status(directory(other), other.name)) return true;
  if (!tree_.disk.status(directory(kept), kept.name)) {
    std::swap(kept, other);
    return true;
  }
  if (kept.inode != other.inode || kept.inode == 0) return false;
  if (kept.in_new && !other.in_new) std::swap(kept, other);
  static_cast<void>(tree_.disk.remove(directory(other), other.name));
  return true;
}

// After a crash, files that no flush had covered may hold anything. The spool
// delivers them again; what is there is set aside, not removed.
StoreResult<> MaildirFolder::set_torn_aside(std::vector<Seen>& seen) {
  if (verify_from_ == 0) return {};
  const auto first = std::ranges::lower_bound(
      seen, verify_from_, {}, [](const Seen& one) { return one.own->uid; });
  std::vector<Seen> kept(std::make_move_iterator(seen.begin()),
                         std::make_move_iterator(first));
  std::optional<Uid> unflushed_from;
  bool some_aside = false;
  for (auto one = first; one != seen.end(); ++one) {
    const auto whole = is_whole(*one);
    if (!whole) return std::unexpected(whole.error());
    if (!*whole) {
      std::string aside(set_aside_prefix);
      aside += write(*one->own);
      // A power cut in here before may have left the file under both names;
      // then a rename would do nothing.
      static_cast<void>(tree_.disk.remove(tmp_, aside));
      const auto moved =
          tree_.disk.rename(one->in_new ? new_ : cur_, one->name, tmp_, aside);
      tree_.ports.log.line(Severity::warning, "message_torn",
                           {{"mailbox", name_},
                            {"uid", std::uint64_t{one->own->uid}},
                            {"set_aside", moved ? aside : "no"}});
      some_aside = true;
      continue;
    }
    if (!unflushed_from) unflushed_from = one->own->uid;
    kept.push_back(std::move(*one));
  }
  if (unflushed_from) {
    unflushed_.push_front({++tree_.placed, *unflushed_from});
  }
  seen = std::move(kept);
  // Before the state says that all below some UID has been flushed.
  return some_aside ? tree_.flush_directories({new_, cur_}) : StoreResult<>{};
}

StoreResult<bool> MaildirFolder::is_whole(const Seen& seen) {
  const DirectoryHandle in = seen.in_new ? new_ : cur_;
  const auto status = tree_.disk.status(in, seen.name);
  if (!status) return status.error() == Trouble::not_found;
  if (status->octets != seen.own->octets) return false;
  if (!seen.own->checksum) return true;
  const auto checksum = file_checksum(in, seen.name);
  if (!checksum && checksum.error() == Trouble::not_found) return true;
  if (!checksum) return std::unexpected(tree_.fail("verify", checksum.error()));
  return *checksum == *seen.own->checksum;
}

// Others may write flags in any order, move a file into cur/ without ":2,", or
// leave flags on one in new/: given the name that we find it by.
void MaildirFolder::make_canonical(Seen& seen) {
  if (seen.canonical) return;
  const DirectoryHandle from = seen.in_new ? new_ : cur_;
  const bool stays_new = seen.in_new && !seen.has_info;
  std::string name = stays_new ? write(*seen.own) : write(*seen.own, seen.info);
  if (!tree_.disk.rename(from, seen.name, stays_new ? new_ : cur_, name)) {
    look_needed_ = true;
    return;
  }
  seen.name = std::move(name);
  seen.in_new = stays_new;
  seen.has_info = !stays_new;
  seen.canonical = true;
}

// Gives each message its modification sequence: the index's where that is of
// this very state of the folder and says the same of the message, else one new
// one, as if all had just changed.
StoreResult<> MaildirFolder::number_anew() {
  std::optional<IndexedFolder> indexed;
  // Deliveries since then only add messages, which no row of it has.
  if (was_clean_ && state_.index_stamp != 0) {
    indexed = tree_.index.read(state_.folder, state_.index_stamp);
  }
  std::vector<std::size_t> changed;
  std::vector<Uid> removed;
  std::size_t row = 0;
  static const std::vector<IndexedMessage> none;
  const auto& rows = indexed ? indexed->messages : none;
  for (std::size_t n = 0; n < messages_.size(); ++n) {
    Message& message = messages_[n];
    while (row < rows.size() && rows[row].uid < message.uid) {
      removed.push_back(rows[row++].uid);
    }
    const bool is_known = row < rows.size() && rows[row].uid == message.uid;
    if (is_known && rows[row].flags == message.flags &&
        rows[row].modification_sequence < state_.modification_next) {
      message.modification_sequence = rows[row].modification_sequence;
    } else {
      changed.push_back(n);
    }
    row += is_known ? 1U : 0U;
  }
  for (; row < rows.size(); ++row) removed.push_back(rows[row].uid);
  history_from_ = 1;
  index_anew_ = !indexed;
  indexed_up_to_ = highest_modification_sequence();
  if (indexed) {
    history_from_ = indexed->history_from;
    expunged_.assign(indexed->expunged.begin(), indexed->expunged.end());
  }
  // Without the index, what went meanwhile is not known: nobody may take the
  // highest sequence told before for the state of now, though nothing be left.
  const bool history_lost = !indexed && state_.uid_next > 1;
  if (changed.empty() && removed.empty() && !history_lost) return {};
  if (const auto ok = reserve(0, 1); !ok) return ok;
  const ModificationSequence modification = take_modification();
  if (history_lost) history_from_ = modification;
  for (const std::size_t n : changed) {
    messages_[n].modification_sequence = modification;
  }
  remember_expunged(removed, modification);
  return {};
}

void MaildirFolder::register_unsettled() {
  const std::int64_t oldest = tree_.now_seconds() - delivery_repeat_seconds_max;
  for (std::size_t n = 0; n < messages_.size(); ++n) {
    const Message& message = messages_[n];
    if (message.uid < settled_up_to_ || message.internal_date < oldest)
      continue;
    if (tree_.deliveries.find(files_[n].id) != nullptr) continue;
    tree_.deliveries.placed(files_[n].id, {state_.folder, message.uid,
                                           message.internal_date, true});
  }
  settled_up_to_ = state_.uid_next;
}

// Gives numbers to files that have none of ours: in the order of their names,
// which begin with the time of their delivery.
StoreResult<> MaildirFolder::adopt(std::vector<Seen>& foreign, bool ids_stay) {
  if (foreign.empty()) return {};
  const std::size_t room =
      tree_.limits.folder_messages_max -
      std::min<std::size_t>(messages_.size(), tree_.limits.folder_messages_max);
  std::ranges::sort(foreign, {}, &Seen::name);
  if (foreign.size() > room) {
    tree_.ports.log.line(Severity::warning, "mailbox_full",
                         {{"mailbox", name_},
                          {"left_out", std::uint64_t{foreign.size() - room}}});
    foreign.resize(room);
  }
  if (const auto ok = reserve(foreign.size(), 1); !ok) return ok;
  const ModificationSequence modification = take_modification();
  before_change();
  for (Seen& one : foreign) {
    const auto adopted = adopt_one(one, ids_stay, modification);
    if (!adopted) return std::unexpected(adopted.error());
    if (*adopted) tell_arrived(messages_.back().uid);
  }
  after_change();
  return {};
}

StoreResult<bool> MaildirFolder::adopt_one(Seen& seen, bool id_stays,
                                           ModificationSequence modification) {
  const auto given = give_name(seen, id_stays, 0);
  if (!given || !*given) return given;
  tree_.deliveries.moved(seen.own->id, state_.folder, seen.own->uid);
  add(*seen.own, seen.info, seen.in_new, modification);
  return true;
}

StoreResult<bool> MaildirFolder::give_name(Seen& seen, bool id_stays, Uid uid) {
  const DirectoryHandle from = seen.in_new ? new_ : cur_;
  const auto status = tree_.disk.status(from, seen.name);
  if (!status && status.error() == Trouble::not_found) return false;
  if (!status) return std::unexpected(tree_.fail("adopt", status.error()));
  if (status->octets > tree_.limits.message_octets_max ||
      status->octets > UINT32_MAX) {
    return false;
  }
  OwnName name;
  // A file of ours from another folder keeps what its name knows; a copy of
  // one that is here is another message.
  const bool known = id_stays && seen.own && seen.own->octets == status->octets;
  if (known && !(seen.own->folder == state_.folder &&
                 index_of(seen.own->uid).has_value())) {
    name = *seen.own;
    name.others.clear();
  } else {
    name.id = tree_.random_id();
    name.internal_date = std::clamp<std::int64_t>(status->modified / 1'000'000,
                                                  0, internal_date_max);
  }
  name.octets = static_cast<std::uint32_t>(status->octets);
  name.folder = state_.folder;
  name.uid = uid != 0 ? uid : take_uid();
  const bool stays_new = seen.in_new && !seen.has_info;
  std::string file = stays_new ? write(name) : write(name, seen.info);
  const auto renamed =
      tree_.disk.rename(from, seen.name, stays_new ? new_ : cur_, file);
  if (!renamed && renamed.error() == Trouble::not_found) return false;
  if (!renamed) return std::unexpected(tree_.fail("adopt", renamed.error()));
  seen.name = std::move(file);
  seen.own = name;
  seen.in_new = stays_new;
  seen.has_info = !stays_new;
  seen.canonical = true;
  return true;
}

}  // namespace postkeep::store
