// Recovery: what a journal's segments say after whatever happened to them.
//
// Here:      scanning one segment, deciding over all of them.
// Not here:  reading files and setting damage aside (journal_open.cc).
// Grammar:   none; records are read by record.h.
// Laws:      proptests/spool/recovery_laws.h: octets are never invented, what
//            was durable is kept or reported, deciding twice changes nothing.
//
// Both functions are pure: fuzzers call them with whatever octets they like.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <vector>

#include "base/octets.h"
#include "spool/record.h"
#include "spool/report.h"

namespace postkeep::spool {

struct FoundRecord {
  RecordHeader header;
  std::uint64_t offset = 0;
  // Where the valid record before it ended. Less than `offset` when octets lie
  // between them in which no valid record stands.
  std::uint64_t gap_offset = 0;
  Sequence id = 0;  // The message that it is about.
  // Of recipient_done, of a deferral.
  std::optional<std::uint32_t> recipient;
  std::uint8_t marks = 0;  // Of marks, of a marked message.
  // Of a report; its `id` is its own, as of every message.
  std::optional<Report> report;
};

struct Scan {
  SegmentHeader header;
  std::vector<FoundRecord> records;  // In the order of offset and sequence.
  std::uint64_t end = 0;             // After the last valid record.
  std::uint64_t octets = 0;          // Of the whole segment.
  bool has_newer = false;            // A valid record of a type not known here.
};

enum class ScanError : std::uint8_t {
  unborn,   // Never flushed with a header: all zeros where one would be.
  damaged,  // Neither header can be read.
  newer,    // A format of later days.
};

// Finds every valid record of a segment.
[[nodiscard]] std::expected<Scan, ScanError> scan(Octets segment);

// Octets of a segment that held records that had been durable, and do not any
// more.
struct Damage {
  std::size_t segment = 0;  // An index into the scans.
  std::uint64_t offset = 0;
  std::uint64_t end = 0;
};

struct Decision {
  // Records up to here count; later ones are the torn tail.
  Sequence kept_up_to = 0;
  // What someone says had been flushed; the rest of what counts was found, but
  // may stand in memory alone.
  Sequence durable_up_to = 0;
  Sequence next_sequence = 1;  // Above everything seen.
  std::uint64_t next_generation = 1;
  std::vector<Damage> damages;  // To be set aside and reported.
};

// Decides which records count, over all segments of one journal, in any order.
// What follows a gap counts only if some record or header says that what was in
// the gap had been flushed: then the gap is damage. Otherwise it is where the
// tail was torn, and nothing after it had been promised to anyone.
[[nodiscard]] Decision decide(std::span<const Scan> scans);

}  // namespace postkeep::spool
