#include "spool/journal.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace postkeep::spool {
namespace {

// Messages leave this part of a segment to outcomes, so that on a full disk
// what is delivered can still be recorded, and its room be freed.
constexpr std::uint64_t outcomes_share = 32;

constexpr std::array<Octet, record_alignment_octets> filling{};

}  // namespace

std::string_view name(Refusal refusal) {
  switch (refusal) {
    case Refusal::no_space: return "no_space";
    case Refusal::too_large: return "too_large";
    case Refusal::stopped: return "stopped";
    case Refusal::not_known: return "not_known";
  }
  check_failed("Refusal holds one of its enumerators", __FILE__, __LINE__);
}

std::string_view name(OpenError error) {
  switch (error) {
    case OpenError::locked: return "locked";
    case OpenError::newer: return "newer";
    case OpenError::trouble: return "trouble";
    case OpenError::no_space: return "no_space";
  }
  check_failed("OpenError holds one of its enumerators", __FILE__, __LINE__);
}

Journal::Journal(Private, Disk& disk, DirectoryHandle directory, Random& random,
                 JournalLimits limits)
    : disk_(disk), directory_(directory), random_(random), limits_(limits) {
  PK_CHECK(limits.segment_octets >= 2 * segment_records_offset);
  PK_CHECK(limits.segment_octets % record_alignment_octets == 0);
  PK_CHECK(limits.record_octets_max < UINT32_MAX);
}

Journal::~Journal() {
  for (const auto& segment : segments_) {
    if (segment->file != FileHandle::none) disk_.close(segment->file);
  }
  if (lock_ != FileHandle::none) disk_.close(lock_);
}

// What trouble with a write means. Without space nothing was lost: the record
// does not count. After anything else no one knows what the disk holds.
Refusal Journal::refusal_of(Trouble trouble) {
  if (trouble == Trouble::no_space) return Refusal::no_space;
  stopped_ = true;
  return Refusal::stopped;
}

// Sees to it that the active segment has room for a record of `octets`.
std::expected<void, Refusal> Journal::make_room(std::uint64_t octets,
                                                RecordType type) {
  const bool is_message =
      type == RecordType::message || type == RecordType::report ||
      type == RecordType::copied_message || type == RecordType::marked_message;
  const std::uint64_t kept_free =
      is_message ? limits_.segment_octets / outcomes_share : 0;
  if (active_ != nullptr && active_->end + octets <= active_->octets &&
      (active_->end == segment_records_offset ||
       active_->end + octets + kept_free <= active_->octets)) {
    return {};
  }
  const auto spare = take_spare(segment_records_offset + octets);
  if (!spare) return std::unexpected(refusal_of(spare.error()));
  const auto started = start_segment(**spare);
  if (!started) return std::unexpected(refusal_of(started.error()));
  return {};
}

std::expected<Journal::Place, Refusal> Journal::append_record(
    RecordType type, std::span<const Octets> payload) {
  if (stopped_) return std::unexpected(Refusal::stopped);
  std::uint64_t payload_octets = 0;
  for (const Octets piece : payload) payload_octets += piece.size();
  if (payload_octets > limits_.record_octets_max) {
    return std::unexpected(Refusal::too_large);
  }
  const std::uint64_t octets = record_octets(payload_octets);
  if (const auto room = make_room(octets, type); !room) {
    return std::unexpected(room.error());
  }
  Segment& segment = *active_;
  const RecordHeader header{type,
                            segment.header.generation,
                            next_sequence_,
                            durable_,
                            static_cast<std::uint32_t>(payload_octets),
                            sip_hash(segment.header.key, payload)};
  const RecordHeaderOctets header_octets = write(header, segment.header.key);
  std::vector<Octets> pieces{Octets{header_octets}};
  pieces.insert(pieces.end(), payload.begin(), payload.end());
  pieces.push_back(Octets{filling}.first(static_cast<std::size_t>(
      octets - record_header_octets - payload_octets)));
  segment.dirty = true;
  auto written = fill_ahead(segment, segment.end + octets);
  if (written) {
    written = disk_.write_pieces(segment.file, segment.end, pieces);
  }
  if (!written) return std::unexpected(refusal_of(written.error()));
  const Place place{&segment, segment.end, header.payload_octets,
                    next_sequence_};
  segment.end += octets;
  next_sequence_ += 1;
  return place;
}

std::expected<MessageId, Refusal> Journal::append(
    const Entry& entry, std::span<const Octets> pieces) {
  if (stopped_) return std::unexpected(Refusal::stopped);
  if (messages_.size() >= limits_.messages_max) {
    return std::unexpected(Refusal::no_space);
  }
  const std::vector<Octet> entry_octets = write(entry);
  const std::vector<Octet> prefix = write_message_prefix(entry_octets.size());
  std::vector<Octets> payload{Octets{prefix}, Octets{entry_octets}};
  payload.insert(payload.end(), pieces.begin(), pieces.end());
  const auto place = append_record(RecordType::message, payload);
  if (!place) return std::unexpected(place.error());
  last_message_ = place->sequence;
  remember(place->sequence, *place,
           static_cast<std::uint32_t>(entry.recipients.size()));
  return place->sequence;
}

// Notes where the message's newest copy stands.
void Journal::remember(MessageId id, const Place& place,
                       std::uint32_t recipients) {
  Located& located = messages_[id];
  if (located.segment != nullptr) {
    Segment& old = *located.segment;
    old.live.erase(located.offset);
    old.live_octets -= record_octets(located.payload_octets);
    old.free_after = std::max(old.free_after, place.sequence);
  }
  Segment& segment = *place.segment;
  located.segment = &segment;
  located.offset = place.offset;
  located.payload_octets = place.payload_octets;
  located.recipients = recipients;
  located.generations.push_back(segment.header.generation);
  segment.live.emplace(place.offset, id);
  segment.live_octets += record_octets(place.payload_octets);
}

std::expected<Sequence, Refusal> Journal::append_done(MessageId id,
                                                      std::uint32_t recipient) {
  const auto found = messages_.find(id);
  if (found == messages_.end()) return std::unexpected(Refusal::not_known);
  Located& located = found->second;
  if (!is_undone(located, recipient)) {
    return std::unexpected(Refusal::not_known);
  }
  const auto done_count =
      static_cast<std::uint32_t>(std::ranges::count(located.done, true));
  const bool is_last = done_count + 1 == located.recipients;
  const Outcome outcome{
      id, is_last ? std::nullopt : std::optional<std::uint32_t>(recipient)};
  const std::vector<Octet> octets = write(outcome);
  const Octets payload{octets};
  const auto place = append_record(
      is_last ? RecordType::message_done : RecordType::recipient_done,
      {&payload, 1});
  if (!place) return std::unexpected(place.error());
  note_outcome(located, *place->segment);
  if (is_last) {
    settle(id, *place);
  } else {
    located.done.resize(located.recipients);
    located.done[recipient] = true;
  }
  return place->sequence;
}

bool Journal::is_undone(const Located& located, std::uint32_t recipient) {
  return recipient < located.recipients &&
         (located.done.empty() || !located.done[recipient]);
}

// A record in `segment` says something of the message: it must be readable for
// as long as any copy of the message is that does not say it.
void Journal::note_outcome(const Located& located, Segment& segment) {
  for (const std::uint64_t generation : located.generations) {
    if (generation != segment.header.generation) {
      segment.needed_by.insert(generation);
    }
  }
}

// The message needs nothing more, as the record at `place` says.
void Journal::settle(MessageId id, const Place& place) {
  const auto found = messages_.find(id);
  Segment& segment = *found->second.segment;
  segment.live.erase(found->second.offset);
  segment.live_octets -= record_octets(found->second.payload_octets);
  segment.free_after = std::max(segment.free_after, place.sequence);
  messages_.erase(found);
}

std::vector<FileHandle> Journal::take_flush() {
  std::vector<FileHandle> files;
  if (flushing_ || stopped_) return files;
  for (const auto& segment : segments_) {
    if (!segment->dirty) continue;
    segment->dirty = false;
    segment->flushing = true;
    files.push_back(segment->file);
  }
  flushing_ = !files.empty();
  flush_covers_ = next_sequence_ - 1;
  return files;
}

void Journal::flushed(bool ok) {
  PK_CHECK(flushing_);
  flushing_ = false;
  for (const auto& segment : segments_) {
    if (!segment->flushing) continue;
    segment->flushing = false;
    if (ok && segment->state == SegmentState::freeing && !segment->dirty) {
      segment->state = SegmentState::spare;
      by_generation_.erase(segment->header.generation);
    }
  }
  if (ok) {
    durable_ = flush_covers_;
  } else {
    stopped_ = true;
  }
}

FlushNeed Journal::flush_need() const {
  if (flushing_ || stopped_) return FlushNeed::none;
  if (last_message_ > durable_) return FlushNeed::now;
  const bool is_dirty = std::ranges::any_of(
      segments_, [](const auto& segment) { return segment->dirty; });
  return is_dirty ? FlushNeed::lazy : FlushNeed::none;
}

std::expected<std::vector<Octet>, Trouble> Journal::read_payload(
    const Located& located, RecordHeader& header) {
  std::vector<Octet> record(record_header_octets + located.payload_octets);
  const auto count = disk_.read(located.segment->file, located.offset, record);
  if (!count) return std::unexpected(count.error());
  const Key& key = located.segment->header.key;
  const auto read = read_record_header(record, key);
  if (*count != record.size() || !read ||
      read->payload_octets != located.payload_octets) {
    return std::unexpected(Trouble::malformed);
  }
  header = *read;
  record.erase(record.begin(), record.begin() + record_header_octets);
  const Octets payload{record};
  if (sip_hash(key, {&payload, 1}) != header.payload_hash) {
    return std::unexpected(Trouble::malformed);
  }
  return record;
}

std::expected<StoredMessage, Trouble> Journal::read(MessageId id) {
  const auto found = messages_.find(id);
  if (found == messages_.end()) return std::unexpected(Trouble::not_found);
  RecordHeader header;
  auto payload = read_payload(found->second, header);
  if (!payload) return std::unexpected(payload.error());
  const auto message = read_any_message(header.type, *payload);
  if (!message) return std::unexpected(Trouble::malformed);
  auto entry = read_entry(message->entry);
  if (!entry) return std::unexpected(Trouble::malformed);
  const auto before =
      static_cast<std::ptrdiff_t>(payload->size() - message->message.size());
  StoredMessage stored{std::move(*entry), std::move(*payload)};
  stored.octets.erase(stored.octets.begin(), stored.octets.begin() + before);
  return stored;
}

JournalStatus Journal::status() const {
  JournalStatus status;
  status.messages = messages_.size();
  for (const auto& segment : segments_) {
    status.disk_octets += segment->octets;
    status.live_octets += segment->live_octets;
    if (segment->state == SegmentState::active ||
        segment->state == SegmentState::closed) {
      status.segments += 1;
    }
  }
  status.appended = next_sequence_ - 1;
  status.durable = durable_;
  status.stopped = stopped_;
  return status;
}

}  // namespace postkeep::spool
