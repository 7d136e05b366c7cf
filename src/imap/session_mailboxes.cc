// The commands about mailboxes as a whole: SELECT, CREATE, DELETE, RENAME,
// SUBSCRIBE, LIST, STATUS, APPEND (RFC 9051 section 6.3).
#include <algorithm>
#include <array>
#include <utility>

#include "imap/fetch.h"
#include "imap/list.h"
#include "imap/resync.h"
#include "imap/session_core.h"
#include "message/header.h"

namespace postkeep::imap {
namespace {

bool is_special_use(std::string_view use) {
  static constexpr std::array<std::string_view, 5> known = {
      "\\Archive", "\\Drafts", "\\Junk", "\\Sent", "\\Trash"};
  return std::ranges::any_of(known, [use](std::string_view one) {
    return message::same_without_case(one, use);
  });
}

// Of the message itself: what is inside of it is nobody's header yet.
bool has_8_bit_header(const std::string& text) {
  const std::size_t octets =
      message::read_header(postkeep::octets(text)).octets;
  return std::ranges::any_of(std::string_view(text).substr(0, octets),
                             [](char c) { return (c & 0x80) != 0; });
}

bool asks_highest(const std::vector<StatusItem>& items) {
  return std::ranges::find(items, StatusItem::highest_modification_sequence) !=
         items.end();
}

}  // namespace

void SessionCore::run(const Select& request) {
  // RFC 7162 section 3.2.5.
  if (request.quick_resync && !quick_resync_) {
    bad("QRESYNC is not enabled");
    return;
  }
  // RFC 9051 section 6.3.2: whatever comes of it, nothing stays selected. RFC
  // 7162 section 3.2.11 has the code for RFC 3501's clients too.
  if (selected_) {
    write_status(output_, Condition::ok, "CLOSED", "The former mailbox");
  }
  unselect();
  if (request.condstore || request.quick_resync) enable_condstore();
  const auto folder = store_.open(request.mailbox);
  if (!folder) {
    failed(folder.error());
    return;
  }
  if (const auto fresh = (*folder)->refresh(); !fresh) {
    failed(fresh.error());
    return;
  }
  const auto recent = (*folder)->recent(!request.read_only);
  if (!recent) {
    failed(recent.error());
    return;
  }
  selected_.emplace();
  selected_->folder = *folder;
  selected_->read_only = request.read_only;
  selected_->view.start((*folder)->messages());
  selected_->view.add_recent(*recent);
  (*folder)->observe(this);
  last_refresh_ = clock_.steady();
  write_selected();
  if (request.quick_resync &&
      request.quick_resync->uid_validity == (*folder)->uid_validity()) {
    resync(*request.quick_resync);
    return;
  }
  ok(request.read_only ? "READ-ONLY" : "READ-WRITE");
}

// RFC 7162 section 3.2.5: what a client that was away has missed. A sequence
// above all that were given is of another history of this mailbox, so that
// nothing is known to be as the client knows it.
void SessionCore::resync(const QuickResync& known) {
  const store::Folder& folder = *selected_->folder;
  const std::span<const store::Uid> there = selected_->view.uids();
  const SequenceSet all{{{1, sequence_star}}, false};
  const SequenceSet& set = known.known_uids ? *known.known_uids : all;
  Known client;
  client.uids = known_uids(set, folder.uid_next());
  client.since =
      known.modification_sequence > folder.highest_modification_sequence()
          ? 0
          : known.modification_sequence;
  if (known.matches) {
    client.matched = last_match(known.matches->first.ranges,
                                known.matches->second.ranges, there);
  }
  std::vector<store::Uid> uids;
  std::ranges::copy_if(there, std::back_inserter(uids),
                       [&](store::Uid uid) { return has(client.uids, uid); });
  keep_changed(uids, client.since);
  std::vector<FetchItem> items(2);
  items[0].kind = FetchKind::flags;
  items[1].kind = FetchKind::modification_sequence;
  // What happens meanwhile is told with the next command: a client may take
  // expunges before the end of SELECT for those that it missed.
  work_ = std::make_unique<FetchWork>(
      std::move(items), std::move(uids), true,
      missing_of(client, *selected_->folder, selected_->view),
      Completion{Condition::ok,
                 selected_->read_only ? "READ-ONLY" : "READ-WRITE", done(),
                 false});
}

// RFC 3501 section 6.3.1; RFC 9051 section 6.3.2 has LIST in place of RECENT
// and UNSEEN.
void SessionCore::write_selected() {
  const store::Folder& folder = *selected_->folder;
  // An impossible value, so that FLAGS is told even when there is no keyword.
  selected_->keywords_told = {"\\"};
  tell_keywords();
  write_count(output_, selected_->view.size(), "EXISTS");
  if (dialect_ != Dialect::rev2) {
    write_count(output_, selected_->view.recent_size(), "RECENT");
    const auto messages = folder.messages();
    const auto unseen = std::ranges::find_if(messages, [](const auto& it) {
      return (it.flags.system & store::flag_seen) == 0;
    });
    if (unseen != messages.end()) {
      const auto number = unseen - messages.begin() + 1;
      write_status(output_, Condition::ok, "UNSEEN " + std::to_string(number),
                   "First unseen");
    }
  }
  write_permanent_flags();
  write_status(output_, Condition::ok,
               "UIDVALIDITY " + std::to_string(folder.uid_validity()),
               "UIDs are valid");
  write_status(output_, Condition::ok,
               "UIDNEXT " + std::to_string(folder.uid_next()),
               "The next UID, at least");
  if (condstore_) write_highest();
  if (dialect_ == Dialect::rev2) {
    output_ += "* LIST (" + attributes_of_selected() + ") \"";
    output_ += static_cast<char>(separator());
    output_ += "\" ";
    write_mailbox(output_, folder.name(), dialect_, separator());
    output_ += "\r\n";
  }
}

// RFC 9051 section 6.3.2: the attributes MUST be accurate. None is no lie.
std::string SessionCore::attributes_of_selected() {
  const auto folders = store_.list();
  if (!folders) return {};
  const auto found = std::ranges::find(*folders, selected_->folder->name(),
                                       &store::FolderInfo::name);
  return found == folders->end() ? std::string{}
                                 : attributes_of(*found, true, true);
}

void SessionCore::run(const Create& request) {
  // RFC 6154 section 3: USEATTR for a use that cannot be had. \All and
  // \Flagged are for mailboxes that show messages of others.
  if (request.special_uses.size() > 1 ||
      !std::ranges::all_of(request.special_uses, is_special_use)) {
    no("USEATTR", "No mailbox can have that special use");
    return;
  }
  // RFC 9051 section 6.3.4: a separator at the end says that names below will
  // follow; it is not part of the name.
  std::string_view mailbox = request.mailbox;
  if (mailbox.ends_with('/')) mailbox.remove_suffix(1);
  const std::string_view use = request.special_uses.empty()
                                   ? std::string_view{}
                                   : std::string_view(request.special_uses[0]);
  if (const auto made = store_.create(mailbox, use); !made) {
    failed(made.error());
    return;
  }
  ok();
}

void SessionCore::run(const Delete& request) {
  // The client's own mailbox, deleted by itself, is no reason to end.
  const auto folder = store_.open(request.mailbox);
  const bool is_own = folder && selected_ && selected_->folder == *folder;
  if (const auto gone = store_.remove(request.mailbox); !gone) {
    failed(gone.error());
    return;
  }
  if (is_own) unselect();
  ok();
}

void SessionCore::run(const Rename& request) {
  std::string_view to = request.to;
  if (to.ends_with('/')) to.remove_suffix(1);
  if (const auto done = store_.rename(request.from, to); !done) {
    failed(done.error());
    return;
  }
  ok();
}

void SessionCore::run(const Subscribe& request) {
  std::string_view mailbox = request.mailbox;
  if (mailbox.ends_with('/')) mailbox.remove_suffix(1);
  if (const auto done = store_.subscribe(mailbox, request.on); !done) {
    failed(done.error());
    return;
  }
  ok();
}

void SessionCore::run(const List& request) {
  auto folders = store_.list();
  if (!folders) {
    failed(folders.error());
    return;
  }
  if (asks_highest(request.return_status)) enable_condstore();
  work_ = std::make_unique<ListWork>(request, std::move(*folders));
}

void SessionCore::run(const Lsub& request) {
  auto folders = store_.list();
  if (!folders) {
    failed(folders.error());
    return;
  }
  work_ = std::make_unique<LsubWork>(request, std::move(*folders));
}

void SessionCore::run(const Status& request) {
  const auto status = store_.status(request.mailbox);
  if (!status) {
    failed(status.error());
    return;
  }
  if (asks_highest(request.items)) enable_condstore();
  write_status_of(request.mailbox, request.items, *status);
  ok();
}

void SessionCore::write_status_of(const std::string& mailbox,
                                  const std::vector<StatusItem>& items,
                                  const store::FolderStatus& status) {
  output_ += "* STATUS ";
  write_mailbox(output_, mailbox, dialect_, separator());
  output_ += " (";
  const auto write_item = [this](std::string_view item, std::uint64_t value) {
    if (output_.back() != '(') output_ += ' ';
    output_ += item;
    output_ += ' ';
    write_number(output_, value);
  };
  for (const StatusItem item : items) {
    switch (item) {
      case StatusItem::messages: write_item("MESSAGES", status.messages); break;
      case StatusItem::recent: write_item("RECENT", status.recent); break;
      case StatusItem::uid_next: write_item("UIDNEXT", status.uid_next); break;
      case StatusItem::uid_validity:
        write_item("UIDVALIDITY", status.uid_validity);
        break;
      case StatusItem::unseen: write_item("UNSEEN", status.unseen); break;
      case StatusItem::deleted: write_item("DELETED", status.deleted); break;
      case StatusItem::size: write_item("SIZE", status.octets); break;
      case StatusItem::highest_modification_sequence:
        write_item("HIGHESTMODSEQ", status.highest_modification_sequence);
        break;
      case StatusItem::append_limit:
        write_item("APPENDLIMIT", limits_.command.message_octets);
        break;
    }
  }
  output_ += ")\r\n";
}

// RFC 3502 section 6.3.11: all of them or none.
void SessionCore::run(const Append& request) {
  for (const AppendedMessage& one : request.messages) {
    if (one.is_utf8 && !limits_.offers_utf8) {
      bad("UTF8=ACCEPT is not offered");
      return;
    }
    if (one.text.empty()) {
      no("CANNOT", "An empty message cannot be kept");
      return;
    }
    // RFC 3516 section 4.4.
    if (one.is_literal8 && one.text.find('\0') != std::string::npos) {
      no("UNKNOWN-CTE", "A message with NUL in it cannot be kept");
      return;
    }
    // RFC 6855 section 4. RFC 9051 section 6.3.12 lets UTF-8 headers in.
    if (limits_.offers_utf8 && !speaks_utf8(dialect_) &&
        has_8_bit_header(one.text)) {
      no("CANNOT",
         "8-bit octets in a header want ENABLE UTF8=ACCEPT (RFC 6855)");
      return;
    }
  }
  const auto folder = target(request.mailbox);
  if (!folder) return;
  std::vector<store::Folder::Appended> messages;
  for (const AppendedMessage& one : request.messages) {
    const auto flags = flags_of(one.flags, *folder, true);
    if (!flags) {
      failed(flags.error());
      return;
    }
    messages.push_back(
        {octets(one.text), *flags,
         one.internal_date
             ? seconds_since_1970(*one.internal_date)
             : std::chrono::floor<std::chrono::seconds>(clock_.wall())
                   .time_since_epoch()
                   .count()});
  }
  const auto uids = folder->append_all(messages);
  if (!uids) {
    failed(uids.error());
    return;
  }
  ok("APPENDUID " + std::to_string(folder->uid_validity()) + ' ' +
     write(ranges_of(*uids)));
}

}  // namespace postkeep::imap
