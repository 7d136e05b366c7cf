// JournalModel: what a journal was told and promised, to hold it against.
//
// Here:      operations on a journal with a note of each; the check of what a
//            recovered journal says.
// Not here:  which operations, and when the power fails (the tests).
// Grammar:   none.
// Laws:      invariants J1 to J8, J11 of docs/spool_states.md.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sim/sim_disk.h"
#include "sim/sim_random.h"
#include "spool/journal.h"

namespace postkeep::sim {

class JournalModel {
 public:
  explicit JournalModel(spool::JournalLimits limits) : limits_(limits) {}

  // Opens the journal of `disk`; false when it cannot be opened.
  bool open(SimDisk& disk, std::uint64_t seed);
  // The process ends and begins again; the power stays on.
  void restart();
  // After a power cut: forgets what is not there and never had to be.
  bool open_again(SimDisk& disk, std::uint64_t seed);
  void close() { journal_.reset(); }
  [[nodiscard]] spool::Journal& journal() { return *journal_; }

  // Operations. Each does nothing when the journal refuses.
  void append(std::size_t recipients, std::size_t text_octets);
  // The oldest message's next recipient, or all of them.
  void done_next();
  void done_all();
  // A report about the oldest message's next recipient, or all of them: they
  // are done with it.
  void report_next(bool all);
  // The sender of the oldest message is told of its delay.
  void report_delay();
  void hold_next();
  void defer_next();
  void start_flush();
  void end_flush();
  void flush() {
    start_flush();
    end_flush();
  }
  void come_to_rest();

  // Recovers `disk`, as a power cut left it, and holds it against the notes.
  // Empty, or which invariant is broken.
  [[nodiscard]] std::string check(SimDisk& disk) const;
  // The same for a disk of which no recovery may be possible yet.
  [[nodiscard]] std::string check_found(
      const spool::Journal::Opened& opened) const;
  [[nodiscard]] std::size_t messages() const { return messages_.size(); }

 private:
  struct Noted {
    spool::Entry entry;
    std::string text;
    bool accepted = false;            // Its client read 250.
    std::set<std::uint32_t> done;     // Told to the journal.
    std::set<std::uint32_t> settled;  // And durable.
    std::uint8_t marks = 0;           // Told to the journal; never taken back.
    std::uint8_t settled_marks = 0;
    std::uint32_t attempts = 0;  // Of deferrals told so far.
    // Of a report: what it is about, and which recipients it settles.
    spool::Report report;
  };
  using Messages = std::map<spool::MessageId, Noted>;

  void note_durable();
  void done(spool::MessageId id, std::uint32_t recipient);
  // The oldest accepted message with something left to do, or the end.
  Messages::iterator oldest();
  void report(Messages::iterator about, spool::ReportKind kind,
              std::vector<std::uint32_t> recipients);
  [[nodiscard]] std::string check_message(
      const spool::Journal::Opened& opened,
      const spool::RecoveredMessage& message) const;
  [[nodiscard]] std::string check_report(
      const std::map<spool::MessageId, const spool::RecoveredMessage*>& found,
      spool::MessageId id, const Noted& noted) const;

  spool::JournalLimits limits_;
  SimDisk* disk_ = nullptr;
  std::unique_ptr<SimRandom> random_;
  std::unique_ptr<spool::Journal> journal_;
  Messages messages_;
  struct Outcome {
    spool::MessageId id = 0;
    std::optional<std::uint32_t> recipient;
    std::uint8_t marks = 0;
  };
  std::multimap<spool::Sequence, Outcome> outcomes_;
  std::uint64_t next_entry_ = 1;
  std::vector<FileHandle> flushing_;
  std::uint64_t mark_ = 0;
};

}  // namespace postkeep::sim
