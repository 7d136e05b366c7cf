// JournalModel: what a journal was told and promised, to hold it against.
//
// Here:      operations on a journal with a note of each; the check of what a
//            recovered journal says.
// Not here:  which operations, and when the power fails (the tests).
// Grammar:   none.
// Laws:      invariants J1 to J8 of docs/spool_states.md.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
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
  };

  void note_durable();
  void done(spool::MessageId id, std::uint32_t recipient);

  spool::JournalLimits limits_;
  SimDisk* disk_ = nullptr;
  std::unique_ptr<SimRandom> random_;
  std::unique_ptr<spool::Journal> journal_;
  std::map<spool::MessageId, Noted> messages_;
  struct Outcome {
    spool::MessageId id = 0;
    std::uint32_t recipient = 0;
  };
  std::map<spool::Sequence, Outcome> outcomes_;
  std::uint64_t next_entry_ = 1;
  std::vector<FileHandle> flushing_;
  std::uint64_t mark_ = 0;
};

}  // namespace postkeep::sim
