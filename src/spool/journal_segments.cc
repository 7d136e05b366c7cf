// The journal's segments: begun, freed, used again, and emptied by copying.
#include <algorithm>
#include <array>
#include <cstdio>

#include "base/check.h"
#include "spool/journal.h"

namespace postkeep::spool {

// A spare segment of at least `octets`: one that is ready, or a new file.
std::expected<Journal::Segment*, Trouble> Journal::take_spare(
    std::uint64_t octets) {
  for (const auto& segment : segments_) {
    if (segment->state == SegmentState::spare && segment->octets >= octets) {
      return segment.get();
    }
  }
  return make_segment(octets);
}

// Makes a file for a segment, or finishes one that had met a full disk. Its
// name and a header are durable before any record is written to it: so records
// without a header are damage, and a file without either was never used.
std::expected<Journal::Segment*, Trouble> Journal::make_segment(
    std::uint64_t octets) {
  octets = std::max(octets, limits_.segment_octets);
  Segment* raw = nullptr;
  for (const auto& segment : segments_) {
    if (segment->state == SegmentState::raw) raw = segment.get();
  }
  if (raw == nullptr) {
    std::array<char, 40> name{};
    std::snprintf(name.data(), name.size(), "segment-%08llu",
                  static_cast<unsigned long long>(next_file_));
    const auto file = disk_.open(directory_, name.data(), Open::create_new);
    if (!file) return std::unexpected(file.error());
    next_file_ += 1;
    segments_.push_back(std::make_unique<Segment>());
    raw = segments_.back().get();
    raw->name = name.data();
    raw->file = *file;
  }
  if (const auto reserved = disk_.reserve(raw->file, octets); !reserved) {
    return std::unexpected(reserved.error());
  }
  raw->header = {};
  if (const auto written = write_header(*raw); !written) {
    return std::unexpected(written.error());
  }
  auto flushed = disk_.flush(raw->file);
  if (flushed) flushed = disk_.flush_directory(directory_);
  if (!flushed) {
    stopped_ = true;  // A failed flush is not tried again.
    return std::unexpected(Trouble::input_output);
  }
  raw->octets = octets;
  raw->state = SegmentState::spare;
  raw->dirty = false;
  return raw;
}

std::expected<void, Trouble> Journal::write_header(Segment& segment) {
  const SegmentHeaderOctets octets = write(segment.header);
  segment.dirty = true;
  for (const std::uint64_t offset : segment_header_offsets) {
    const auto written = disk_.write(segment.file, offset, octets);
    if (!written) return written;
  }
  return {};
}

// Before the record that ends at `end` is written. Zeros are what reserved
// blocks read as, and what recovery takes for the end: so they change nothing
// but the price of the next flushes.
std::expected<void, Trouble> Journal::fill_ahead(Segment& segment,
                                                 std::uint64_t end) {
  static constexpr std::array<Octet, std::size_t{64} * 1024> zeros{};
  if (end <= segment.filled) return {};
  const std::uint64_t up_to =
      std::min(segment.octets, end + limits_.fill_octets);
  std::vector<Octets> pieces;
  for (std::uint64_t at = end; at < up_to;) {
    pieces.push_back(Octets{zeros}.first(static_cast<std::size_t>(
        std::min<std::uint64_t>(up_to - at, zeros.size()))));
    at += pieces.back().size();
  }
  const auto written = disk_.write_pieces(segment.file, end, pieces);
  if (written) segment.filled = up_to;
  return written;
}

// Makes a spare segment the active one, under a generation and a key of its
// own: nothing that was in it before is valid any more.
std::expected<void, Trouble> Journal::start_segment(Segment& segment) {
  PK_CHECK(segment.state == SegmentState::spare);
  segment.header = {};
  segment.header.use = SegmentUse::records;
  segment.header.generation = next_generation_++;
  segment.header.follows =
      active_ != nullptr ? active_->header.generation : follows_;
  segment.header.first_sequence = next_sequence_;
  segment.header.kept_up_to = kept_up_to_.value_or(next_sequence_ - 1);
  segment.header.durable_up_to = durable_;
  random_.fill(segment.header.key);
  if (const auto written = write_header(segment); !written) return written;
  kept_up_to_.reset();
  follows_ = 0;
  by_generation_[segment.header.generation] = &segment;
  segment.end = segment_records_offset;
  segment.live_octets = 0;
  segment.free_after = 0;
  segment.needed_by.clear();
  segment.state = SegmentState::active;
  if (active_ != nullptr) active_->state = SegmentState::closed;
  active_ = &segment;
  return {};
}

// Whether records in here must stay readable: a segment with a message that
// they say is done could still be read after a crash.
bool Journal::is_blocked(const Segment& segment) const {
  return std::ranges::any_of(segment.needed_by, [&](std::uint64_t generation) {
    return by_generation_.contains(generation);
  });
}

bool Journal::may_be_freed(const Segment& segment) const {
  return segment.state == SegmentState::closed && segment.live.empty() &&
         !segment.held && !is_blocked(segment);
}

// Marks what is needed no more as free. It is spare once that is flushed: only
// then may the records go that it depends on.
void Journal::free_segments() {
  for (const auto& segment : segments_) {
    if (!may_be_freed(*segment) || segment->free_after > durable_) continue;
    segment->header.use = SegmentUse::free;
    segment->state = SegmentState::freeing;
    if (const auto written = write_header(*segment); !written) {
      stopped_ = true;
      return;
    }
  }
}

// One spare segment of the usual size is kept; the rest goes.
void Journal::remove_spares() {
  bool has_one = false;
  std::erase_if(segments_, [&](const auto& segment) {
    if (segment->state != SegmentState::spare || segment->flushing) {
      return false;
    }
    if (!has_one && segment->octets == limits_.segment_octets) {
      has_one = true;
      return false;
    }
    if (!disk_.remove(directory_, segment->name)) return false;
    disk_.close(segment->file);
    return true;
  });
}

// Has a spare segment ready before the active one is full, so that no one waits
// for the file system to make one.
void Journal::prepare_spare() {
  if (active_ == nullptr || active_->end < active_->octets / 2) return;
  const bool has_one = std::ranges::any_of(segments_, [](const auto& segment) {
    return segment->state == SegmentState::spare ||
           segment->state == SegmentState::freeing;
  });
  // Without space now, make_room() will say so when it matters.
  if (!has_one) (void)make_segment(limits_.segment_octets);
}

// Invariant J7, as far as copying forward can bring it about: what is in use
// takes at most twice the live octets and one segment. (The other segment of
// the bound is the spare.) A segment's header counts as live: it is the price
// of having the segment at all.
bool Journal::is_over_bound() const {
  std::uint64_t used = 0;
  std::uint64_t live = 0;
  for (const auto& segment : segments_) {
    if (segment->held) return false;  // What it blocks would be copied forever.
    if (segment->state != SegmentState::active &&
        segment->state != SegmentState::closed) {
      continue;
    }
    if (may_be_freed(*segment)) continue;  // After the next flush.
    used += segment->octets;
    live += segment->live_octets + segment_records_offset;
  }
  return used > 2 * live + limits_.segment_octets;
}

// The emptiest segment that could be freed if it were empty. The oldest one
// always could: what is done later stands in later segments.
Journal::Segment* Journal::choose_to_clean() const {
  Segment* chosen = nullptr;
  for (const auto& segment : segments_) {
    if (segment->state != SegmentState::closed || segment->live.empty() ||
        segment->held || is_blocked(*segment)) {
      continue;
    }
    if (chosen == nullptr || segment->live_octets < chosen->live_octets) {
      chosen = segment.get();
    }
  }
  return chosen;
}

std::expected<std::uint64_t, Refusal> Journal::copy_record(MessageId id,
                                                           Located& located) {
  RecordHeader header;
  const auto payload = read_payload(located, header);
  const auto message =
      payload ? read_any_message(header.type, *payload) : std::nullopt;
  if (!message) {
    // What cannot be read now is left where it is, for someone to look at.
    located.segment->held = true;
    return std::unexpected(Refusal::not_known);
  }
  std::vector<bool> done = located.done;
  done.resize(located.recipients);
  const std::vector<Octet> prefix =
      write_copied_prefix(id, done, message->entry.size(), located.marks);
  const std::array<Octets, 3> pieces{Octets{prefix}, message->entry,
                                     message->message};
  const auto place =
      append_record(located.marks == 0 ? RecordType::copied_message
                                       : RecordType::marked_message,
                    pieces);
  if (!place) return std::unexpected(place.error());
  remember(id, *place, located.recipients);
  return record_octets(place->payload_octets);
}

// Copies live records out of the emptiest segment, as many octets as one call
// may. True when there is more to copy.
bool Journal::copy_forward() {
  std::uint64_t copied = 0;
  while (is_over_bound()) {
    Segment* const segment = choose_to_clean();
    if (segment == nullptr) return false;
    while (!segment->live.empty()) {
      if (copied >= limits_.upkeep_octets_max) return true;
      const MessageId id = segment->live.begin()->second;
      const auto octets = copy_record(id, messages_.at(id));
      if (!octets && octets.error() == Refusal::not_known) break;
      if (!octets) return false;
      copied += *octets;
    }
  }
  return false;
}

bool Journal::upkeep() {
  if (stopped_) return false;
  free_segments();
  const bool has_more = !stopped_ && copy_forward();
  if (stopped_) return false;
  prepare_spare();
  remove_spares();
  return has_more;
}

}  // namespace postkeep::spool
