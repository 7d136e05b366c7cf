#include "imap/fetch.h"

#include <algorithm>
#include <utility>

#include "imap/date.h"
#include "imap/fetch_structure.h"
#include "message/header.h"

namespace postkeep::imap {
namespace {

bool is_section(FetchKind kind) {
  return kind == FetchKind::body_section || kind == FetchKind::binary ||
         kind == FetchKind::binary_size || kind == FetchKind::rfc822 ||
         kind == FetchKind::rfc822_header || kind == FetchKind::rfc822_text;
}

// RFC 9051 section 6.4.5: fetching any of these implicitly sets \Seen.
bool sets_seen(const FetchItem& item) {
  switch (item.kind) {
    case FetchKind::body_section:
    case FetchKind::binary: return !item.peek;
    case FetchKind::rfc822:
    case FetchKind::rfc822_text: return true;
    default: return false;
  }
}

// ENVELOPE and BODYSTRUCTURE as they are kept by the store: both, with a NUL
// between, which neither can have. To be raised by three with any change of how
// they are written.
constexpr std::uint8_t first_shown_form = 1;

std::uint8_t shown_form(Dialect dialect) {
  return static_cast<std::uint8_t>(first_shown_form +
                                   static_cast<std::uint8_t>(dialect));
}

bool is_shown(const FetchItem& item) {
  return item.kind == FetchKind::envelope ||
         item.kind == FetchKind::body_structure;
}

// RFC 3501's items are BODY sections under another name.
Section section_of(const FetchItem& item) {
  Section section = item.section;
  if (item.kind == FetchKind::rfc822_header) section.text = SectionText::header;
  if (item.kind == FetchKind::rfc822_text) section.text = SectionText::text;
  return section;
}

}  // namespace

FetchWork::FetchWork(std::vector<FetchItem> items, std::vector<store::Uid> uids,
                     bool by_uid, std::vector<SequenceRange> vanished,
                     std::optional<Completion> ending)
    : items_(std::move(items)),
      uids_(std::move(uids)),
      by_uid_(by_uid),
      vanished_(std::move(vanished)),
      ending_(std::move(ending)) {
  for (const FetchItem& item : items_) {
    needs_text_ = needs_text_ || is_section(item.kind);
    needs_shown_ = needs_shown_ || is_shown(item);
    needs_summary_ =
        needs_summary_ || (needs_structure(item) && !is_shown(item));
    marks_seen_ = marks_seen_ || sets_seen(item);
    asks_flags_ = asks_flags_ || item.kind == FetchKind::flags;
    asks_uid_ = asks_uid_ || item.kind == FetchKind::uid;
    asks_modification_ =
        asks_modification_ || item.kind == FetchKind::modification_sequence;
  }
  if (needs_summary_) needs_shown_ = false;
}

std::string& FetchWork::words() {
  if (pieces_.empty() || pieces_.back().held) pieces_.emplace_back();
  return pieces_.back().words;
}

// Before all FETCH data, in lines of a length that clients bear.
void FetchWork::write_vanished(SessionCore& core) {
  constexpr std::size_t ranges_at_once = 256;
  while (vanished_written_ < vanished_.size() && core.has_room()) {
    const auto rest = std::span(vanished_).subspan(vanished_written_);
    const auto now = rest.first(std::min(ranges_at_once, rest.size()));
    core.out() += "* VANISHED (EARLIER) ";
    core.out() += write(now);
    core.out() += "\r\n";
    vanished_written_ += now.size();
  }
}

// Moves what waits into the output, as far as there is room.
void FetchWork::write_pieces(SessionCore& core) {
  while (!pieces_.empty() && core.has_room()) {
    Piece& piece = pieces_.front();
    if (piece.words_written < piece.words.size()) {
      const std::string_view rest =
          std::string_view(piece.words).substr(piece.words_written);
      const std::string_view now = rest.substr(0, output_octets_max);
      core.out() += now;
      piece.words_written += now.size();
      if (now.size() < rest.size()) continue;
    }
    const Octets now =
        piece.octets.first(std::min(output_octets_max, piece.octets.size()));
    if (piece.as_they_are) {
      core.out().append(reinterpret_cast<const char*>(now.data()), now.size());
    } else {
      write_literal_octets(core.out(), now);
    }
    piece.octets = piece.octets.subspan(now.size());
    if (piece.octets.empty()) pieces_.pop_front();
  }
}

bool FetchWork::step(SessionCore& core) {
  write_vanished(core);
  write_pieces(core);
  slice_octets_ = 0;
  for (std::size_t n = 0; n < slice_messages_max; ++n) {
    if (!pieces_.empty() || !core.has_room() || core.folder_is_gone() ||
        slice_octets_ > slice_octets_max) {
      return false;
    }
    if (next_ == uids_.size()) {
      complete(core);
      return true;
    }
    if (marks_seen_ && next_ == seen_) mark_seen_ahead(core);
    const store::Uid uid = uids_[next_++];
    if (needs_text_ || needs_summary_) {
      const store::Message* message = core.selected().folder->find(uid);
      slice_octets_ += message == nullptr ? 0 : message->octets;
    }
    start_message(core, uid);
    newly_seen_.erase(uid);
    write_pieces(core);
  }
  return false;
}

void FetchWork::mark_seen_ahead(SessionCore& core) {
  Selected& selected = core.selected();
  std::vector<store::Uid> unseen;
  std::size_t octets = 0;
  while (seen_ < uids_.size() && seen_ - next_ < seen_ahead_messages_max &&
         octets < seen_ahead_octets_max) {
    const store::Message* message = selected.folder->find(uids_[seen_++]);
    if (message == nullptr) continue;
    octets += message->octets;
    if ((message->flags.system & store::flag_seen) == 0) {
      unseen.push_back(message->uid);
    }
  }
  if (unseen.empty() || selected.read_only) return;
  // A disk that is full is no reason not to show the mail.
  const auto done = core.quietly([&] {
    return selected.folder->change_flags(unseen, store::FlagChange::add,
                                         {store::flag_seen, 0}, {});
  });
  if (done) newly_seen_.insert(done->changed.begin(), done->changed.end());
}

bool FetchWork::find_source(SessionCore& core, store::Uid uid, Source& source) {
  store::Folder& folder = *core.selected().folder;
  store::StoreResult<> result;
  if (needs_text_) {
    if (auto text = folder.text(uid)) {
      source.text = *text;
    } else {
      result = std::unexpected(text.error());
    }
  }
  if (needs_summary_ && result) {
    if (auto summary = folder.summary(uid)) {
      source.summary = *summary;
    } else {
      result = std::unexpected(summary.error());
    }
  }
  if (needs_shown_ && result) result = find_shown(core, uid, source);
  // Only now: reading may have shown that it is gone.
  source.message = folder.find(uid);
  if (source.message == nullptr) {
    some_gone_ = true;
    return false;
  }
  if (!result) some_unread_ = true;
  return result.has_value();
}

// From the store, or made, and kept for the next time.
store::StoreResult<> FetchWork::find_shown(SessionCore& core, store::Uid uid,
                                           Source& source) {
  store::Folder& folder = *core.selected().folder;
  const std::uint8_t form = shown_form(core.dialect());
  const auto split = [&](std::string_view words) {
    const std::size_t end = words.find('\0');
    if (end == std::string_view::npos) return false;
    source.envelope = words.substr(0, end);
    source.structure = words.substr(end + 1);
    slice_octets_ += words.size();
    return true;
  };
  const auto kept = folder.shown(uid, form);
  if (kept && split(*kept)) return {};
  if (const store::Message* const message = folder.find(uid)) {
    slice_octets_ += message->octets;
  }
  const auto summary = folder.summary(uid);
  if (!summary) return std::unexpected(summary.error());
  made_.clear();
  write_envelope(made_, (*summary)->envelope, core.dialect());
  made_ += '\0';
  write_structure(made_, **summary, true, core.dialect());
  folder.keep_shown(uid, form, made_);
  static_cast<void>(split(made_));
  return {};
}

void FetchWork::start_message(SessionCore& core, store::Uid uid) {
  const auto number = core.selected().view.number_of(uid);
  Source source;
  if (!number || !find_source(core, uid, source)) return;
  // RFC 7162 section 3.2.4: who has enabled CONDSTORE is told of a change with
  // UID and modification sequence, this one among them.
  const bool is_changed = newly_seen_.contains(uid);
  const bool adds_flags = !asks_flags_ && is_changed;
  const bool adds_rest = core.condstore() && is_changed;
  if (asks_flags_ || adds_flags) core.tell_keywords();

  words() += "* ";
  write_number(words(), *number);
  words() += " FETCH (";
  if ((by_uid_ || adds_rest) && !asks_uid_) {
    words() += "UID ";
    write_number(words(), uid);
  }
  for (const FetchItem& item : items_) write_item(core, item, source);
  if (adds_flags) {
    words() += " FLAGS ";
    write_flags(core, *source.message);
  }
  if (adds_rest && !asks_modification_) {
    words() += ' ';
    core.write_modification(words(), *source.message);
  }
  words() += ")\r\n";
}

void FetchWork::write_flags(SessionCore& core, const store::Message& message) {
  Selected& selected = core.selected();
  const bool recent =
      core.dialect() != Dialect::rev2 && selected.view.is_recent(message.uid);
  write_flag_list(words(), message.flags, selected.folder->keywords(), recent);
  selected.view.told(message.uid);
}

void FetchWork::write_item(SessionCore& core, const FetchItem& item,
                           const Source& source) {
  const Dialect dialect = core.dialect();
  if (!words().ends_with('(')) words() += ' ';
  switch (item.kind) {
    case FetchKind::flags:
      words() += "FLAGS ";
      write_flags(core, *source.message);
      break;
    case FetchKind::uid:
      words() += "UID ";
      write_number(words(), source.message->uid);
      break;
    case FetchKind::internal_date:
      words() += "INTERNALDATE ";
      words() += write_date_time(source.message->internal_date);
      break;
    case FetchKind::rfc822_size:
      words() += "RFC822.SIZE ";
      write_number(words(), source.message->octets);
      break;
    case FetchKind::envelope:
      words() += "ENVELOPE ";
      if (source.summary) {
        write_envelope(words(), source.summary->envelope, dialect);
      } else {
        words() += source.envelope;
      }
      break;
    case FetchKind::body:
      words() += "BODY ";
      write_structure(words(), *source.summary, false, dialect);
      break;
    case FetchKind::body_structure:
      words() += "BODYSTRUCTURE ";
      if (source.summary) {
        write_structure(words(), *source.summary, true, dialect);
      } else {
        words() += source.structure;
      }
      break;
    case FetchKind::rfc822:
    case FetchKind::rfc822_header:
    case FetchKind::rfc822_text:
    case FetchKind::body_section: write_section(item, source); break;
    case FetchKind::binary:
    case FetchKind::binary_size: write_binary(item, source); break;
    case FetchKind::modification_sequence:
      core.write_modification(words(), *source.message);
      break;
  }
}

void FetchWork::write_section(const FetchItem& item, const Source& source) {
  switch (item.kind) {
    case FetchKind::rfc822: words() += "RFC822"; break;
    case FetchKind::rfc822_header: words() += "RFC822.HEADER"; break;
    case FetchKind::rfc822_text: words() += "RFC822.TEXT"; break;
    default: write_section_name(words(), item); break;
  }
  words() += ' ';
  const auto found = find_section(section_of(item), source.text->octets(),
                                  source.summary.get());
  if (!found) {
    words() += "NIL";
    return;
  }
  add_octets(*found, item, source, false);
}

void FetchWork::write_binary(const FetchItem& item, const Source& source) {
  const auto found =
      find_binary(item.section, source.text->octets(), source.summary.get());
  some_undecoded_ = some_undecoded_ || found.is_unknown;
  write_section_name(words(), item);
  words() += ' ';
  if (item.kind == FetchKind::binary_size) {
    write_number(words(), found.octets ? found.octets->octets().size() : 0);
  } else if (!found.octets) {
    words() += "NIL";
  } else {
    add_octets(*found.octets, item, source, true);
  }
}

// One literal of the octets, the whole of them or what is asked for.
void FetchWork::add_octets(const SectionOctets& octets, const FetchItem& item,
                           const Source& source, bool is_binary) {
  const Octets clipped = clip(octets.octets(), item.partial);
  const bool has_nul =
      is_binary && std::ranges::find(clipped, Octet{0}) != clipped.end();
  if (has_nul) words() += '~';
  write_literal_start(words(), clipped.size());
  if (octets.made) {
    if (has_nul) {
      words().append(reinterpret_cast<const char*>(clipped.data()),
                     clipped.size());
    } else {
      write_literal_octets(words(), clipped);
    }
    return;
  }
  pieces_.push_back({{}, 0, source.text, clipped, has_nul});
}

void FetchWork::complete(SessionCore& core) {
  Completion completion{Condition::ok, {}, core.done(), by_uid_};
  if (some_unread_) {
    completion.condition = Condition::no;
    completion.code = "UNAVAILABLE";
    completion.text = "Some of the messages could not be read";
  } else if (some_undecoded_) {
    completion.condition = Condition::no;
    completion.code = "UNKNOWN-CTE";
    completion.text = "An encoding is not known here";
  } else if (some_gone_ && !by_uid_) {
    completion.condition = Condition::no;
    completion.code = "EXPUNGEISSUED";
    completion.text = "Some of the messages are gone";
  } else if (ending_) {
    completion = *ending_;
  }
  core.complete(std::move(completion));
}

}  // namespace postkeep::imap
