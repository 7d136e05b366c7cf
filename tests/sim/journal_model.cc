#include "sim/journal_model.h"

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
  std::map<MessageId, Noted> kept;
  for (const RecoveredMessage& message : opened->messages) {
    // Recovery made durable what it found, accepted before or not.
    Noted& noted = kept[message.id] = messages_.at(message.id);
    noted.accepted = true;
    noted.done.clear();
    for (std::uint32_t i = 0; i < message.recipients_done.size(); ++i) {
      if (message.recipients_done[i]) noted.done.insert(i);
    }
    noted.settled = noted.done;
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
  Noted noted{make_entry(next_entry_, recipients), {}, false, {}, {}};
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
  if (sequence) outcomes_.insert_or_assign(*sequence, Outcome{id, recipient});
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
    messages_.at(outcome.id).settled.insert(outcome.recipient);
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

std::string JournalModel::check_found(const Journal::Opened& opened) const {
  // J5: a power cut damages nothing.
  if (opened.report.damaged_places != 0) return "J5: damage reported";
  std::set<MessageId> found;
  for (const RecoveredMessage& message : opened.messages) {
    found.insert(message.id);
    const auto noted = messages_.find(message.id);
    if (noted == messages_.end()) return "J2: a message never appended";
    const auto stored = opened.journal->read(message.id);
    if (!stored || text_of(stored->octets) != noted->second.text ||
        message.entry != noted->second.entry ||
        message.message_octets != noted->second.text.size()) {
      return "J2: octets differ";
    }
    for (std::uint32_t i = 0; i < message.recipients_done.size(); ++i) {
      const bool is_done = message.recipients_done[i];
      if (is_done && !noted->second.done.contains(i)) {
        return "J4: an outcome never told";
      }
      if (!is_done && noted->second.settled.contains(i)) {
        return "J3: a durable outcome is gone";
      }
    }
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
