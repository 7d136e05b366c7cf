#include "spool/recovery.h"

#include <algorithm>
#include <map>
#include <utility>

namespace postkeep::spool {
namespace {

Octets part(Octets segment, std::uint64_t offset, std::uint64_t count) {
  if (offset > segment.size()) return {};
  const Octets rest = segment.subspan(static_cast<std::size_t>(offset));
  return rest.first(
      static_cast<std::size_t>(std::min<std::uint64_t>(count, rest.size())));
}

bool is_zero(Octets octets) {
  return std::ranges::all_of(octets, [](Octet octet) { return octet == 0; });
}

std::expected<SegmentHeader, ScanError> choose_header(Octets segment) {
  std::optional<SegmentHeader> chosen;
  bool blank = true;
  for (const std::uint64_t offset : segment_header_offsets) {
    const Octets there = part(segment, offset, segment_header_octets);
    blank &= is_zero(there);
    const auto header = read_segment_header(there);
    if (!header) continue;
    if (header->format > segment_format) {
      return std::unexpected(ScanError::newer);
    }
    // Of two the younger; of one generation, the one that was freed.
    if (!chosen || header->generation > chosen->generation ||
        (header->generation == chosen->generation &&
         header->use == SegmentUse::free)) {
      chosen = header;
    }
  }
  if (chosen) return *chosen;
  return std::unexpected(blank ? ScanError::unborn : ScanError::damaged);
}

// What is wanted of a payload before its message is looked for again.
void note_payload(Octets payload, FoundRecord& found) {
  const RecordType type = found.header.type;
  if (const auto outcome = read_outcome(type, payload)) {
    found.id = outcome->id;
    found.recipient = outcome->recipient;
  } else if (const auto message = read_message(type, payload)) {
    found.id = message->id != 0 ? message->id : found.header.sequence;
    found.marks = message->marks;
  } else if (type == RecordType::report) {
    found.id = found.header.sequence;
    if (auto read = read_report(payload))
      found.report = std::move(read->report);
  } else if (type == RecordType::deferral) {
    const auto deferral = read_deferral(payload);
    found.id = deferral ? deferral->id : 0;
    if (deferral) found.recipient = deferral->recipient;
  } else if (type == RecordType::marks) {
    const auto marks = read_marks(payload);
    found.id = marks ? marks->id : 0;
    found.marks = marks ? marks->marks : 0;
  }
}

// The valid record at `offset`, if there is one. Its sequence number must be
// above `last`: records are written in order.
std::optional<FoundRecord> record_at(Octets segment, std::uint64_t offset,
                                     const SegmentHeader& of, Sequence last) {
  const auto header =
      read_record_header(part(segment, offset, record_header_octets), of.key);
  if (!header || header->generation != of.generation ||
      header->sequence <= last || header->sequence < of.first_sequence) {
    return std::nullopt;
  }
  const Octets payload =
      part(segment, offset + record_header_octets, header->payload_octets);
  if (payload.size() != header->payload_octets ||
      sip_hash(of.key, {&payload, 1}) != header->payload_hash) {
    return std::nullopt;
  }
  FoundRecord found{*header, offset, offset, 0, {}, 0, {}};
  note_payload(payload, found);
  return found;
}

bool is_known(RecordType type) {
  return type >= RecordType::message && type <= RecordType::marked_message;
}

// What decide() finds out on its way through the segments.
struct Walk {
  Sequence durable = 0;       // Someone says that up to here all was flushed.
  Sequence cut = UINT64_MAX;  // The first that does not count.
  std::vector<Damage> damages;

  // The records first..last are not where they should be.
  void missing(Sequence first, Sequence last, const Damage& where) {
    if (first > durable) {
      cut = std::min(cut, first);
      return;
    }
    damages.push_back(where);
    if (last > durable) cut = std::min(cut, durable + 1);
  }
};

}  // namespace

std::expected<Scan, ScanError> scan(Octets segment) {
  const auto header = choose_header(segment);
  if (!header) return std::unexpected(header.error());
  Scan found{*header, {}, segment_records_offset, segment.size(), false};
  if (header->use == SegmentUse::free) return found;
  Sequence last = 0;
  std::uint64_t offset = segment_records_offset;
  while (offset < segment.size()) {
    auto record = record_at(segment, offset, *header, last);
    if (!record) {
      offset += record_alignment_octets;
      continue;
    }
    record->gap_offset = found.end;
    last = record->header.sequence;
    offset += record_octets(record->header.payload_octets);
    found.end = offset;
    found.has_newer |= !is_known(record->header.type);
    found.records.push_back(*record);
  }
  return found;
}

Decision decide(std::span<const Scan> scans) {
  std::vector<std::size_t> order(scans.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, {},
                    [&](std::size_t i) { return scans[i].header.generation; });

  Walk walk;
  Sequence seen = 0;
  for (const Scan& one : scans) {
    walk.durable = std::max(walk.durable, one.header.durable_up_to);
    seen = std::max({seen, one.header.kept_up_to,
                     std::max<Sequence>(one.header.first_sequence, 1) - 1});
    for (const FoundRecord& record : one.records) {
      walk.durable = std::max(walk.durable, record.header.durable_up_to);
      seen = std::max(seen, record.header.sequence);
    }
  }

  std::map<std::uint64_t, std::pair<std::size_t, Sequence>> lasts;
  for (const std::size_t i : order) {
    const Scan& one = scans[i];
    // How far a closed segment went stands in the header of the next one.
    const auto before = lasts.find(one.header.follows);
    if (before != lasts.end() &&
        one.header.kept_up_to > before->second.second) {
      const auto [closed, last] = before->second;
      walk.missing(last + 1, one.header.kept_up_to,
                   {closed, scans[closed].end, scans[closed].octets});
    }
    if (one.header.use == SegmentUse::free) continue;
    Sequence expected = one.header.first_sequence;
    for (const FoundRecord& record : one.records) {
      if (record.header.sequence > expected) {
        walk.missing(expected, record.header.sequence - 1,
                     {i, record.gap_offset, record.offset});
      }
      expected = record.header.sequence + 1;
    }
    lasts[one.header.generation] = {i, std::max<Sequence>(expected, 1) - 1};
  }

  Decision decision;
  decision.durable_up_to = walk.durable;
  for (const Scan& one : scans) {
    decision.next_generation =
        std::max(decision.next_generation, one.header.generation + 1);
    for (const FoundRecord& record : one.records) {
      if (record.header.sequence >= walk.cut) continue;
      decision.kept_up_to =
          std::max(decision.kept_up_to, record.header.sequence);
    }
  }
  // Durable records may all have been freed; their numbers stay used.
  decision.kept_up_to =
      std::max(decision.kept_up_to, std::min(walk.durable, walk.cut - 1));
  decision.next_sequence = std::max(seen, decision.kept_up_to) + 1;
  decision.damages = std::move(walk.damages);
  return decision;
}

}  // namespace postkeep::spool
