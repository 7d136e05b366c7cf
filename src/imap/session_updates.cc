// What the client is told unasked: EXPUNGE, EXISTS, RECENT, FLAGS and FETCH of
// changes by others (RFC 9051 section 5.2 and section 7.4 to 7.5).
#include <algorithm>
#include <iterator>

#include "imap/session_core.h"

namespace postkeep::imap {
namespace {

// Lines announced in one slice.
constexpr std::size_t announced_max = 512;

constexpr store::Flags every_flag = {
    store::flag_answered | store::flag_flagged | store::flag_deleted |
        store::flag_seen | store::flag_draft,
    0xFFFF'FFFF};

}  // namespace

void SessionCore::arrived(store::Uid uid) { selected_->view.arrived(uid); }

void SessionCore::changed(store::Uid uid) {
  if (quiet_) {
    changed_quietly_.push_back(uid);
  } else {
    selected_->view.changed(uid);
  }
}

void SessionCore::gone(store::Uid uid, store::ModificationSequence when) {
  selected_->view.gone(uid, when);
}

// Of each that the command changed the store told once. The rest is what it
// came to know on the way of other programs' doing: that is news.
void SessionCore::tell_later(std::vector<store::Uid> changed_by_command) {
  std::ranges::sort(changed_by_command);
  std::ranges::sort(changed_quietly_);
  std::vector<store::Uid> news;
  std::ranges::set_difference(changed_quietly_, changed_by_command,
                              std::back_inserter(news));
  for (const store::Uid uid : news) selected_->view.changed(uid);
  changed_quietly_.clear();
}

bool SessionCore::has_news() const {
  if (!selected_) return false;
  const SessionView& view = selected_->view;
  return view.has_gone() || view.has_arrivals() || view.has_changes();
}

bool SessionCore::announce(bool may_expunge) {
  if (!selected_) return false;
  SessionView& view = selected_->view;
  if (may_expunge && view.has_gone()) {
    announce_gone();
    if (view.has_gone()) return true;
  }
  if (view.has_arrivals()) announce_arrivals();
  if (view.has_changes()) {
    for (const store::Uid uid : view.take_changes(announced_max)) {
      write_flags_of(uid);
    }
  }
  return view.has_changes();
}

// RFC 7162 section 3.2.10: one or the other, for as long as the connection.
void SessionCore::announce_gone() {
  SessionView& view = selected_->view;
  if (!quick_resync_) {
    for (const std::uint32_t number : view.expunge(announced_max)) {
      write_count(output_, number, "EXPUNGE");
    }
    return;
  }
  output_ += "* VANISHED ";
  output_ += write(ranges_of(view.vanish(announced_max)));
  output_ += "\r\n";
}

store::ModificationSequence SessionCore::highest_told() const {
  const auto gone = selected_->view.gone_since();
  return gone ? *gone - 1 : selected_->folder->highest_modification_sequence();
}

void SessionCore::write_highest() {
  write_status(output_, Condition::ok,
               "HIGHESTMODSEQ " + std::to_string(highest_told()), "Highest");
}

void SessionCore::enable_condstore() {
  if (condstore_) return;
  condstore_ = true;
  if (selected_) write_highest();
}

void SessionCore::announce_arrivals() {
  SessionView& view = selected_->view;
  view.take_arrivals();
  write_count(output_, view.size(), "EXISTS");
  if (dialect_ == Dialect::rev2) return;
  // A failure here costs a flag that RFC 9051 has given up, no more.
  if (const auto recent = selected_->folder->recent(!selected_->read_only)) {
    view.add_recent(*recent);
  }
  write_count(output_, view.recent_size(), "RECENT");
}

void SessionCore::tell_keywords() {
  const std::vector<std::string>& keywords = selected_->folder->keywords();
  if (keywords == selected_->keywords_told) return;
  selected_->keywords_told = keywords;
  output_ += "* FLAGS ";
  write_flag_list(output_, every_flag, keywords, false);
  output_ += "\r\n";
  const bool is_news =
      selected_->room_told && *selected_->room_told != takes_keywords();
  if (is_news && !selected_->read_only) write_permanent_flags();
}

// With \* for as long as there is room for new keywords. RFC 9051 section 7.1:
// once there is none, the client MUST be told.
void SessionCore::write_permanent_flags() {
  std::string flags = "PERMANENTFLAGS ";
  if (selected_->read_only) {
    flags += "()";
  } else {
    write_flag_list(flags, every_flag, selected_->folder->keywords(), false);
    if (takes_keywords()) flags.insert(flags.size() - 1, " \\*");
  }
  selected_->room_told = takes_keywords();
  write_status(output_, Condition::ok, flags, "What can be kept");
}

bool SessionCore::takes_keywords() const {
  const auto used =
      std::ranges::count_if(selected_->folder->keywords(),
                            [](const auto& it) { return !it.empty(); });
  return static_cast<std::size_t>(used) < store::folder_keywords_max;
}

void SessionCore::write_flags_of(store::Uid uid) {
  const auto number = selected_->view.number_of(uid);
  const store::Message* message = selected_->folder->find(uid);
  if (!number || message == nullptr) return;
  tell_keywords();
  selected_->view.told(uid);
  output_ += "* ";
  write_number(output_, *number);
  output_ += " FETCH (UID ";
  write_number(output_, uid);
  output_ += " FLAGS ";
  const bool recent =
      dialect_ != Dialect::rev2 && selected_->view.is_recent(uid);
  write_flag_list(output_, message->flags, selected_->folder->keywords(),
                  recent);
  if (condstore_) {
    output_ += ' ';
    write_modification(output_, *message);
  }
  output_ += ")\r\n";
}

void SessionCore::write_modification_of(store::Uid uid) {
  const auto number = selected_->view.number_of(uid);
  const store::Message* message = selected_->folder->find(uid);
  if (!number || message == nullptr) return;
  output_ += "* ";
  write_number(output_, *number);
  output_ += " FETCH (UID ";
  write_number(output_, uid);
  output_ += ' ';
  write_modification(output_, *message);
  output_ += ")\r\n";
}

void SessionCore::write_modification(std::string& out,
                                     const store::Message& message) {
  out += "MODSEQ (";
  write_number(out, message.modification_sequence);
  out += ')';
  highest_written_ = std::max(highest_written_, message.modification_sequence);
}

// What other programs did meanwhile. A disk that cannot be read now is no
// reason to end a session: the next look may tell.
void SessionCore::refresh() {
  last_refresh_ = clock_.steady();
  if (selected_ && !folder_is_gone_) {
    static_cast<void>(selected_->folder->refresh());
  }
}

void SessionCore::unselect() {
  if (!selected_) return;
  selected_->folder->stop_observing(this);
  selected_.reset();
  folder_is_gone_ = false;
}

}  // namespace postkeep::imap
