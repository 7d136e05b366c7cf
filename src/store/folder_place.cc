// Messages that come in: deliveries, durable with a later flush for many, and
// appends, durable on return.
#include <algorithm>
#include <utility>

#include "base/checksum.h"
#include "store/maildir_folder.h"

namespace postkeep::store {
namespace {

constexpr std::int64_t internal_date_max = 999'999'999'999'999'999;
// Larger texts are read when somebody asks: to hold one in one piece takes as
// much memory again.
constexpr std::uint64_t read_once_octets_max = 1024UL * 1024;

std::string waiting_name(const DeliveryId& id) {
  std::string name(unfinished_file_prefix);
  for (const Octet octet : id) {
    name += "0123456789abcdef"[octet >> 4];
    name += "0123456789abcdef"[octet & 0xF];
  }
  return name;
}

std::uint64_t octets_in(std::span<const Octets> pieces) {
  std::uint64_t sum = 0;
  for (const Octets piece : pieces) sum += piece.size();
  return sum;
}

std::uint32_t checksum_of(std::span<const Octets> pieces) {
  std::uint32_t checksum = 0;
  for (const Octets piece : pieces) checksum = crc32c(piece, checksum);
  return checksum;
}

}  // namespace

StoreResult<> MaildirFolder::check_room(std::uint64_t octets,
                                        std::size_t messages) const {
  if (octets > tree_.limits.message_octets_max || octets > UINT32_MAX) {
    return std::unexpected(StoreError::limit);
  }
  const std::size_t most = tree_.limits.folder_messages_max;
  if (messages_.size() > most || messages > most - messages_.size()) {
    return std::unexpected(StoreError::limit);
  }
  return {};
}

StoreResult<> MaildirFolder::write_text(DirectoryHandle in,
                                        std::string_view name,
                                        std::span<const Octets> pieces,
                                        bool flush) {
  Disk& disk = tree_.disk;
  auto file = disk.open(in, name, Open::create_new);
  if (!file && file.error() == Trouble::exists) {
    // The same delivery, begun before a crash.
    static_cast<void>(disk.remove(in, name));
    file = disk.open(in, name, Open::create_new);
  }
  if (!file) return std::unexpected(tree_.fail("write_text", file.error()));
  const auto written = disk.write_pieces(*file, 0, pieces);
  const auto flushed = written && flush ? disk.flush(*file) : DiskResult<>{};
  disk.close(*file);
  if (written && flushed) return {};
  static_cast<void>(disk.remove(in, name));
  return std::unexpected(!written ? tree_.fail("write_text", written.error())
                                  : tree_.fail_flush("write_text"));
}

// From tmp/; what cannot be renamed is removed.
StoreResult<> MaildirFolder::rename_waiting(const Waiting& waiting) {
  const auto renamed = tree_.disk.rename(
      tmp_, waiting.file, waiting.to_new ? new_ : cur_, waiting.shown_as());
  if (renamed) return {};
  static_cast<void>(tree_.disk.remove(tmp_, waiting.file));
  return std::unexpected(tree_.fail("place_text", renamed.error()));
}

StoreResult<Uid> MaildirFolder::place(const DeliveryId& id,
                                      std::span<const Octets> pieces,
                                      std::int64_t internal_date) {
  if (const auto ok = check_usable(); !ok) return std::unexpected(ok.error());
  const std::uint64_t octets = octets_in(pieces);
  if (const auto ok = check_room(octets, 1); !ok) {
    return std::unexpected(ok.error());
  }
  if (const auto ok = reserve(1, 1); !ok) return std::unexpected(ok.error());
  Waiting waiting;
  waiting.name = {std::clamp<std::int64_t>(internal_date, 0, internal_date_max),
                  id,
                  static_cast<std::uint32_t>(octets),
                  state_.folder,
                  take_uid(),
                  checksum_of(pieces),
                  {}};
  waiting.file = waiting_name(id);
  waiting.to_new = true;
  before_change();
  if (const auto ok = write_text(tmp_, waiting.file, pieces, false); !ok) {
    return std::unexpected(ok.error());
  }
  if (const auto ok = rename_waiting(waiting); !ok) {
    return std::unexpected(ok.error());
  }
  after_change();
  const Uid uid = waiting.name.uid;
  unflushed_.push_back({++tree_.placed, uid});
  tree_.deliveries.placed(
      id, {state_.folder, uid, waiting.name.internal_date, false});
  if (scanned_) {
    add(waiting.name, {}, true, take_modification());
    tell_arrived(uid);
  }
  read_once(uid, pieces);
  return uid;
}

// The structure is read while the octets are at hand: no file is opened for it.
// The index keeps it in memory until it has many, or until a session ends.
void MaildirFolder::read_once(Uid uid, std::span<const Octets> pieces) {
  if (octets_in(pieces) > read_once_octets_max) return;
  std::vector<Octet> whole;
  whole.reserve(octets_in(pieces));
  for (const Octets piece : pieces) {
    whole.insert(whole.end(), piece.begin(), piece.end());
  }
  tree_.index.keep(
      state_.folder, uid,
      std::make_shared<const message::Summary>(message::read_summary(whole)));
}

StoreResult<> MaildirFolder::place_again(Uid uid,
                                         std::span<const Octets> pieces) {
  if (const auto ok = check_usable(); !ok) return ok;
  const auto index = index_of(uid);
  if (!index) return {};
  Waiting waiting;
  waiting.name = own_name(*index);
  if (octets_in(pieces) != waiting.name.octets ||
      (waiting.name.checksum &&
       *waiting.name.checksum != checksum_of(pieces))) {
    return {};  // The trace fields differ: what is there is as good.
  }
  waiting.info = info_of(*index);
  waiting.file = waiting_name(waiting.name.id);
  waiting.to_new = files_[*index].in_new;
  before_change();
  // Flushed at once: what it replaces may be whole on the disk.
  if (const auto ok = write_text(tmp_, waiting.file, pieces, true); !ok) {
    return ok;
  }
  if (const auto ok = rename_waiting(waiting); !ok) return ok;
  after_change();
  const Uid lowest =
      has_unflushed() ? std::min(uid, unflushed_.front().uid) : uid;
  unflushed_.push_front({++tree_.placed, lowest});
  return {};
}

StoreResult<Uid> MaildirFolder::append(Octets text, Flags flags,
                                       std::int64_t internal_date) {
  const Appended one{text, flags, internal_date};
  const auto uids = append_all({&one, 1});
  if (!uids) return std::unexpected(uids.error());
  return uids->front();
}

StoreResult<std::vector<Uid>> MaildirFolder::append_all(
    std::span<const Appended> messages) {
  if (const auto ok = check_usable(); !ok) return std::unexpected(ok.error());
  if (messages.empty()) return std::vector<Uid>{};
  for (const Appended& one : messages) {
    if (const auto ok = check_room(one.text.size(), messages.size()); !ok) {
      return std::unexpected(ok.error());
    }
  }
  if (keywords_changed_) {
    if (const auto ok = write_state(true); !ok) {
      return std::unexpected(ok.error());
    }
    keywords_changed_ = false;
  }
  if (const auto ok = reserve(messages.size(), 1); !ok) {
    return std::unexpected(ok.error());
  }
  std::vector<Waiting> waiting;
  for (const Appended& one : messages) waiting.push_back(waiting_for(one));
  const auto done = messages.size() == 1
                        ? append_one(waiting.front(), messages.front().text)
                        : append_group(waiting, messages);
  if (!done) return std::unexpected(done.error());
  const ModificationSequence modification = take_modification();
  std::vector<Uid> uids;
  for (const Waiting& one : waiting) {
    add(one.name, one.info, one.to_new, modification);
    uids.push_back(one.name.uid);
  }
  for (const Uid uid : uids) tell_arrived(uid);
  for (std::size_t n = 0; n < uids.size(); ++n) {
    read_once(uids[n], {&messages[n].text, 1});
  }
  return uids;
}

MaildirFolder::Waiting MaildirFolder::waiting_for(const Appended& one) {
  Waiting waiting;
  waiting.name = {
      std::clamp<std::int64_t>(one.internal_date, 0, internal_date_max),
      tree_.random_id(),
      static_cast<std::uint32_t>(one.text.size()),
      state_.folder,
      take_uid(),
      crc32c(one.text),
      {}};
  waiting.info = with_flags({}, one.flags);
  waiting.file = waiting_name(waiting.name.id);
  waiting.to_new = one.flags == Flags{};
  return waiting;
}

// The text into tmp/, durable: before it has a name that is looked at.
StoreResult<> MaildirFolder::append_one(const Waiting& waiting, Octets text) {
  if (const auto ok = write_text(tmp_, waiting.file, {&text, 1}, true); !ok) {
    return ok;
  }
  before_change();
  if (const auto ok = rename_waiting(waiting); !ok) return ok;
  const auto flushed = tree_.flush_directories({waiting.to_new ? new_ : cur_});
  after_change();
  return flushed;
}

StoreResult<> MaildirFolder::append_group(std::span<const Waiting> waiting,
                                          std::span<const Appended> messages) {
  auto group = begin_group();
  if (!group) return std::unexpected(group.error());
  for (std::size_t n = 0; n < waiting.size(); ++n) {
    Member member{waiting[n].shown_as(), waiting[n].to_new};
    const auto written = write_text(group->directory, member.file,
                                    {&messages[n].text, 1}, false);
    if (!written) {
      drop_group(*group);
      return written;
    }
    group->members.push_back(std::move(member));
  }
  if (const auto ok = tree_.flush_everything(); !ok) {
    drop_group(*group);
    return ok;
  }
  return show_group(*group);
}

}  // namespace postkeep::store
