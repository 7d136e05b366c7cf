// SegmentBuilder: a journal segment made by hand, for tests of recovery.
//
// Here:      a header, records one after the other, the octets.
// Not here:  how the journal writes them (spool/journal.h).
// Grammar:   none.
// Laws:      none; scan() finds what was added.
#pragma once

#include <algorithm>
#include <vector>

#include "spool/record.h"
#include "spool/recovery.h"

namespace postkeep::spool {

class SegmentBuilder {
 public:
  SegmentBuilder(std::uint64_t generation, Sequence first_sequence,
                 Sequence kept_up_to, Sequence durable_up_to,
                 std::size_t octets = 16 * 1024)
      : octets_(octets) {
    header_.use = SegmentUse::records;
    header_.generation = generation;
    header_.follows = generation - 1;
    header_.first_sequence = first_sequence;
    header_.kept_up_to = kept_up_to;
    header_.durable_up_to = durable_up_to;
    header_.key.fill(static_cast<Octet>(generation));
    const SegmentHeaderOctets head = write(header_);
    for (const std::uint64_t offset : segment_header_offsets) {
      std::ranges::copy(head, at(offset));
    }
  }

  // Appends a record; says where, or nullopt when it does not fit.
  std::optional<std::uint64_t> add(Sequence sequence, Sequence durable_up_to,
                                   RecordType type,
                                   const std::vector<Octet>& payload) {
    const std::uint64_t count = record_octets(payload.size());
    if (end_ + count > octets_.size()) return std::nullopt;
    const Octets piece{payload};
    const RecordHeader record{type,
                              header_.generation,
                              sequence,
                              durable_up_to,
                              static_cast<std::uint32_t>(payload.size()),
                              sip_hash(header_.key, {&piece, 1})};
    const std::uint64_t offset = end_;
    std::ranges::copy(write(record, header_.key), at(offset));
    std::ranges::copy(payload, at(offset + record_header_octets));
    end_ += count;
    return offset;
  }
  // One that says message `sequence` is done: the shortest record.
  std::optional<std::uint64_t> add(Sequence sequence, Sequence durable_up_to) {
    return add(sequence, durable_up_to, RecordType::message_done,
               write(Outcome{sequence, std::nullopt}));
  }

  [[nodiscard]] std::vector<Octet>& octets() { return octets_; }
  [[nodiscard]] const SegmentHeader& header() const { return header_; }
  [[nodiscard]] std::uint64_t end() const { return end_; }

 private:
  std::vector<Octet>::iterator at(std::uint64_t offset) {
    return octets_.begin() + static_cast<std::ptrdiff_t>(offset);
  }
  SegmentHeader header_;
  std::vector<Octet> octets_;
  std::uint64_t end_ = segment_records_offset;
};

}  // namespace postkeep::spool
