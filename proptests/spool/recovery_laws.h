// The laws of spool/recovery.h. Said once, here; tried on examples by tests/,
// on generated segments by proptests/ and on mutated ones by fuzz/.
#pragma once

#include <algorithm>
#include <vector>

#include "spool/recovery.h"

namespace postkeep::spool {

// Every record lies within the segment, after the one before it, with a higher
// number; gaps lie between.
inline bool law_scan_is_in_order(Octets segment) {
  const auto found = scan(segment);
  if (!found) return true;
  std::uint64_t end = segment_records_offset;
  Sequence last = 0;
  for (const FoundRecord& record : found->records) {
    if (record.gap_offset != end || record.offset < end) return false;
    if (record.header.sequence <= last) return false;
    if (record.header.generation != found->header.generation) return false;
    const std::uint64_t octets =
        record_header_octets + std::uint64_t{record.header.payload_octets};
    if (record.offset + octets > segment.size()) return false;
    end = record.offset + record_octets(record.header.payload_octets);
    last = record.header.sequence;
  }
  return found->end == end && found->octets == segment.size() &&
         (found->header.use == SegmentUse::records || found->records.empty());
}

// What is decided does not depend on the order in which files are listed, and
// never promises a number twice.
inline bool law_decision_is_sound(std::vector<Scan> scans) {
  const Decision decision = decide(scans);
  std::ranges::reverse(scans);
  const Decision again = decide(scans);
  for (const Scan& scan : scans) {
    if (scan.header.generation >= decision.next_generation) return false;
    for (const FoundRecord& record : scan.records) {
      if (record.header.sequence >= decision.next_sequence) return false;
    }
  }
  for (const Damage& damage : decision.damages) {
    if (damage.segment >= scans.size() || damage.offset > damage.end) {
      return false;
    }
  }
  return decision.kept_up_to < decision.next_sequence &&
         decision.kept_up_to == again.kept_up_to &&
         decision.next_sequence == again.next_sequence &&
         decision.next_generation == again.next_generation &&
         decision.damages.size() == again.damages.size();
}

}  // namespace postkeep::spool
