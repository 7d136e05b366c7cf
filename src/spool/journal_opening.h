// Opening: a journal while it is being read, judged and taken over.
//
// Here:      Journal::Opening.
// Not here:  its steps (journal_open.cc), what becomes of live messages
//            (journal_adopt.cc), which records count (recovery.h).
// Grammar:   none.
// Laws:      invariants J1 to J6 of docs/spool_states.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "spool/journal.h"
#include "spool/recovery.h"

namespace postkeep::spool {

class Journal::Opening {
 public:
  Opening(Journal& journal, const Take& take)
      : journal_(journal), take_(take) {}
  std::expected<void, OpenError> run();

  RecoveryReport report;
  std::vector<RecoveredMessage> messages;

 private:
  // What is known of one message before its entry is read.
  struct Known {
    std::size_t scan = 0;  // Where its newest copy stands.
    std::size_t record = 0;
    std::vector<std::uint64_t> generations;
    std::vector<std::uint32_t> done;
    bool all_done = false;
    std::uint8_t marks = 0;
    // The last deferral of each recipient: which scan, which record.
    std::map<std::uint32_t, std::pair<std::size_t, std::size_t>> deferrals;
  };
  using Done = std::expected<void, OpenError>;

  Done lock();
  Done read_segments();
  Done read_segment(const std::string& name);
  Done read_whole(FileHandle file, std::vector<Octet>& octets, bool& complete);
  void set_file_aside(Segment& segment);
  void set_aside(std::size_t scan, std::uint64_t offset, std::uint64_t end);
  bool copy_aside(const Segment& from, std::uint64_t offset, std::uint64_t end);
  Done cut();
  Done rewrite();
  Done rewrite(Segment& segment, std::uint64_t offset, std::uint64_t end);
  std::map<Sequence, Known> gather();
  void gather(std::size_t scan, std::size_t record,
              std::map<Sequence, Known>& known);
  void adopt(Sequence id, const Known& known);
  std::vector<Deferral> deferrals_of(const Known& known,
                                     const Located& located);
  Done flush();

  Journal& journal_;
  const Take& take_;
  std::vector<Scan> scans_;
  std::vector<Segment*> segments_;  // Beside scans_.
  Decision decision_;
};

}  // namespace postkeep::spool
