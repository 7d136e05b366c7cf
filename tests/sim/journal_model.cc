#include "sim/journal_model.h"

#include <algorithm>

#include "base/check.h"
#include "spool/journal_world.h"

namespace postkeep::sim {

using namespace postkeep::spool;

namespace {

std::uint32_t first_undone(const std::set<std::uint32_t>& done) {
  std::uint32_t recipient = 0;
  while (done.contains(recipient)) recipient += 1;
  return recipient;
}

}  // namespace

bool JournalModel::open(SimDisk& disk, std::uint64_t seed) {
  disk_ = &disk;
  journal_.reset();
  random_ = std::make_unique<SimRandom>(seed);
  auto opened = Journal::open(disk, disk.root(), *random_, limits_);
  if (!opened) return false;
  journal_ = std::move(opened->journal);
  return true;
}

bool JournalModel::open_again(SimDisk& disk, std::uint64_t seed) {
  journal_.reset();
  disk_ = &disk;
  flushing_.clear();
  random_ = std::make_unique<SimRandom>(seed);
  auto opened = Journal::open(disk, disk.root(), *random_, limits_);
  if (!opened || !check_found(*opened).empty()) return false;
  journal_ = std::move(opened->journal);
  Messages kept;
  for (const RecoveredMessage& message : opened->messages) {
    // Recovery made durable what it found, accepted before or not.
    Noted& noted = kept[message.id] = messages_.at(message.id);
    noted.accepted = true;
    noted.done.clear();
    for (std::uint32_t i = 0; i < message.recipients_done.size(); ++i) {
      if (message.recipients_done[i]) noted.done.insert(i);
    }
    noted.settled = noted.done;
    noted.marks = noted.settled_marks = message.marks;
  }
  messages_ = std::move(kept);
  outcomes_.clear();
  return true;
}

void JournalModel::restart() {
  // A fault may hit the first attempt; it is there once.
  PK_CHECK(open_again(*disk_, 11) || open_again(*disk_, 12));
}

void JournalModel::append(std::size_t recipients, std::size_t text_octets) {
  Noted noted;
  noted.entry = make_entry(next_entry_, recipients);
  noted.text.assign(text_octets, static_cast<char>('a' + next_entry_ % 26));
  next_entry_ += 1;
  const auto id = spool::append(*journal_, noted.entry, noted.text);
  if (!id) return;
  // J8: a number that someone may rely on is not given out again.
  const auto old = messages_.find(*id);
  PK_CHECK(old == messages_.end() || !old->second.accepted);
  messages_.insert_or_assign(*id, std::move(noted));
}

void JournalModel::done(MessageId id, std::uint32_t recipient) {
  messages_.at(id).done.insert(recipient);
  const auto sequence = journal_->append_done(id, recipient);
  if (sequence) outcomes_.emplace(*sequence, Outcome{id, recipient, 0});
}

JournalModel::Messages::iterator JournalModel::oldest() {
  return std::ranges::find_if(messages_, [](const auto& one) {
    return one.second.accepted &&
           one.second.done.size() < one.second.entry.recipients.size();
  });
}

void JournalModel::report(Messages::iterator about, ReportKind kind,
                          std::vector<std::uint32_t> recipients) {
  Noted noted;
  noted.entry = make_entry(next_entry_, 1);
  noted.text.assign(200, static_cast<char>('A' + next_entry_ % 26));
  next_entry_ += 1;
  noted.report = {about->first, kind, recipients};
  const Octets piece = octets(noted.text);
  const auto id =
      journal_->append_report(noted.report, noted.entry, {&piece, 1});
  if (!id) {
    // A write that failed may have left it there.
    if (!journal_->is_stopped()) return;
  }
  if (kind == ReportKind::delayed) {
    about->second.marks |= mark_delay_told;
    if (id) outcomes_.emplace(*id, Outcome{about->first, {}, mark_delay_told});
  }
  for (const std::uint32_t one : recipients) {
    if (kind == ReportKind::delayed) break;
    about->second.done.insert(one);
    if (id) outcomes_.emplace(*id, Outcome{about->first, one, 0});
  }
  if (id) messages_.insert_or_assign(*id, std::move(noted));
}

void JournalModel::report_next(bool all) {
  const auto about = oldest();
  if (about == messages_.end()) return;
  std::vector<std::uint32_t> recipients;
  for (std::uint32_t i = 0; i < about->second.entry.recipients.size(); ++i) {
    if (about->second.done.contains(i)) continue;
    recipients.push_back(i);
    if (!all) break;
  }
  report(about, ReportKind::done, std::move(recipients));
}

void JournalModel::report_delay() {
  const auto about = oldest();
  if (about == messages_.end()) return;
  report(about, ReportKind::delayed, {first_undone(about->second.done)});
}

void JournalModel::hold_next() {
  const auto held = oldest();
  if (held == messages_.end()) return;
  held->second.marks |= mark_held;
  const auto sequence = journal_->append_marks(held->first, held->second.marks);
  if (sequence) {
    outcomes_.emplace(*sequence, Outcome{held->first, {}, held->second.marks});
  }
}

void JournalModel::defer_next() {
  const auto deferred = oldest();
  if (deferred == messages_.end()) return;
  Noted& noted = deferred->second;
  noted.attempts += 1;
  (void)journal_->append_deferral({deferred->first,
                                   first_undone(noted.done),
                                   noted.attempts,
                                   WallTime{std::chrono::seconds{1}},
                                   {"4.2.0", "mx.example.org", "later"}});
}

void JournalModel::done_next() {
  for (auto& [id, noted] : messages_) {
    const std::size_t count = noted.entry.recipients.size();
    if (!noted.accepted || noted.done.size() == count) continue;
    return done(id, first_undone(noted.done));
  }
}

void JournalModel::done_all() {
  for (auto& [id, noted] : messages_) {
    const std::size_t count = noted.entry.recipients.size();
    if (!noted.accepted || noted.done.size() == count) continue;
    while (noted.done.size() < count) {
      done(id, first_undone(noted.done));
    }
    return;
  }
}

void JournalModel::start_flush() {
  flushing_ = journal_->take_flush();
  mark_ = disk_->mark();
}

void JournalModel::end_flush() {
  if (flushing_.empty()) return;
  bool ok = true;
  for (const FileHandle file : flushing_) {
    ok = disk_->flush_until(file, mark_) && ok;
  }
  flushing_.clear();
  journal_->flushed(ok);
  note_durable();
}

void JournalModel::note_durable() {
  const Sequence durable = journal_->durable_up_to();
  for (auto& [id, noted] : messages_) noted.accepted |= id <= durable;
  for (const auto& [sequence, outcome] : outcomes_) {
    if (sequence > durable) break;
    Noted& noted = messages_.at(outcome.id);
    if (outcome.recipient) noted.settled.insert(*outcome.recipient);
    noted.settled_marks |= outcome.marks;
  }
}

void JournalModel::come_to_rest() {
  for (int i = 0; i < 20; ++i) {
    const bool more = journal_->upkeep();
    const bool flushes = journal_->flush_need() != FlushNeed::none;
    flush();
    if (!more && !flushes) return;
  }
}

std::string JournalModel::check_message(const Journal::Opened& opened,
                                        const RecoveredMessage& message) const {
  const auto at = messages_.find(message.id);
  if (at == messages_.end()) return "J2: a message never appended";
  const Noted& noted = at->second;
  const auto stored = opened.journal->read(message.id);
  if (!stored || text_of(stored->octets) != noted.text ||
      message.entry != noted.entry ||
      message.message_octets != noted.text.size()) {
    return "J2: octets differ";
  }
  for (std::uint32_t i = 0; i < message.recipients_done.size(); ++i) {
    const bool is_done = message.recipients_done[i];
    if (is_done && !noted.done.contains(i)) {
      return "J4: an outcome never told";
    }
    if (!is_done && noted.settled.contains(i)) {
      return "J3: a durable outcome is gone";
    }
  }
  if ((message.marks & ~noted.marks) != 0) return "J4: a mark never told";
  if ((noted.settled_marks & ~message.marks) != 0) {
    return "J3: a durable mark is gone";
  }
  for (const Deferral& deferral : message.deferrals) {
    if (deferral.id != message.id || deferral.attempts > noted.attempts ||
        message.recipients_done.at(deferral.recipient)) {
      return "J4: a deferral never told";
    }
  }
  return {};
}

// A report and what it says of the other message: both or neither.
std::string JournalModel::check_report(
    const std::map<MessageId, const RecoveredMessage*>& found, MessageId id,
    const Noted& noted) const {
  const auto about = found.find(noted.report.about);
  if (about == found.end()) return {};
  const RecoveredMessage& other = *about->second;
  const bool is_there = found.contains(id);
  // Delivered, it may be gone, and what it said stays.
  const bool may_be_gone = !noted.done.empty();
  for (const std::uint32_t one : noted.report.recipients) {
    const bool is_said = noted.report.kind == ReportKind::done
                             ? other.recipients_done.at(one)
                             : (other.marks & mark_delay_told) != 0;
    if (is_there && !is_said) return "J11: a report without its outcome";
    if (!is_there && is_said && !may_be_gone &&
        noted.report.kind == ReportKind::done) {
      return "J11: an outcome without its report";
    }
  }
  return {};
}

std::string JournalModel::check_found(const Journal::Opened& opened) const {
  // J5: a power cut damages nothing.
  if (opened.report.damaged_places != 0) return "J5: damage reported";
  std::map<MessageId, const RecoveredMessage*> found;
  for (const RecoveredMessage& message : opened.messages) {
    found.emplace(message.id, &message);
    std::string broken = check_message(opened, message);
    if (!broken.empty()) return broken;
  }
  for (const auto& [id, noted] : messages_) {
    if (noted.report.about == 0) continue;
    std::string broken = check_report(found, id, noted);
    if (!broken.empty()) return broken;
  }
  for (const auto& [id, noted] : messages_) {
    const std::size_t count = noted.entry.recipients.size();
    if (noted.accepted && noted.done.size() < count && !found.contains(id)) {
      return "J1: accepted message " + std::to_string(id) + " is lost";
    }
    if (noted.settled.size() == count && found.contains(id)) {
      return "J3: a message that was done is back";
    }
  }
  return {};
}

std::string JournalModel::check(SimDisk& disk) const {
  SimRandom random{99};
  auto opened = Journal::open(disk, disk.root(), random, limits_);
  if (!opened) return "cannot be opened";
  std::string broken = check_found(*opened);
  if (!broken.empty()) return broken;
  // J8: what comes next does not take a number that was promised.
  const auto next = spool::append(*opened->journal, make_entry(7), "next");
  if (!next) return "J8: nothing can be appended";
  for (const auto& [id, noted] : messages_) {
    if (noted.accepted && *next <= id) return "J8: a number given twice";
  }
  return {};
}

}  // namespace postkeep::sim
