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
#include <span>
#include <vector>

#include "base/octets.h"
#include "spool/record.h"

namespace postkeep::spool {

struct FoundRecord {
  RecordHeader header;
  std::uint64_t offset = 0;
};

// Octets in which no valid record stands, between two valid ones, or between
// the last valid one and the end of the segment.
struct Gap {
  std::uint64_t offset = 0;
  std::uint64_t end = 0;
};

struct Scan {
  SegmentHeader header;
  std::vector<FoundRecord> records;  // In the order of offset and sequence.
  // gaps[i] lies before records[gap_before[i]]; the rest follows the last.
  std::vector<Gap> gaps;
  std::vector<std::size_t> gap_before;
  std::uint64_t end = 0;  // After the last valid record.
  std::uint64_t octets = 0;
};

enum class ScanError : std::uint8_t {
  unborn,   // Never flushed with a header: all zeros where one would be.
  damaged,  // Neither header can be read.
  newer,    // A format of later days.
};

// Finds every valid record of a segment.
[[nodiscard]] std::expected<Scan, ScanError> scan(Octets segment);

struct Damage {
  std::size_t segment = 0;  // An index into the scans.
  Gap gap;
};

struct Decision {
  Sequence kept_up_to = 0;     // The last record that counts.
  Sequence next_sequence = 1;  // Above everything ever seen.
  std::uint64_t next_generation = 1;
  Sequence durable_up_to = 0;     // Claimed by what was found.
  std::uint64_t torn_octets = 0;  // In valid records that do not count.
  std::vector<Damage> damages;    // To be set aside and reported.
  // One for each scan, one for each of its records: whether it counts.
  std::vector<std::vector<bool>> counts;
};

// Decides which records count. `scans` in any order, of one journal.
[[nodiscard]] Decision decide(std::span<const Scan> scans);

}  // namespace postkeep::spool
