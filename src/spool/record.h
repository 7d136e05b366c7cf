// Records: what stands in a journal segment, octet by octet.
//
// Here:      headers of segments and records, payloads, checksums.
// Not here:  an entry's octets (entry.h), what a segment full of records
//            means (recovery.h).
// Grammar:   none: binary, little-endian, described at each struct.
// Laws:      proptests/spool/record_laws.h.
//
// Why a keyed hash: after damage, recovery looks for the next valid record
// inside octets that strangers wrote. With a checksum that anyone can compute,
// a message could carry records of its own choosing and wait for a torn write.
// So every segment draws 128 random bits when it is started, and each record
// proves that it was written under them: SipHash-2-4, 64 bits. That also makes
// what is left from an earlier use of a recycled segment invalid, before its
// generation is even looked at. Any fault of the disk passes with a chance of
// 2^-64; a header is checked on its own, so that a forged length costs nothing.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/octets.h"
#include "spool/entry.h"

namespace postkeep::spool {

// The number of a record, over all segments. The first is 1.
using Sequence = std::uint64_t;
using Key = std::array<Octet, 16>;
// Far above what is ever reached; no sum in recovery overflows below it.
inline constexpr std::uint64_t sequence_max = std::uint64_t{1} << 62;

// SipHash-2-4 (Aumasson and Bernstein, 2012) of the pieces, one after the
// other.
[[nodiscard]] std::uint64_t sip_hash(const Key& key,
                                     std::span<const Octets> pieces);

// A segment begins with two equal headers, a page apart, so that one lost
// sector does not take the key, and with it every record, away.
inline constexpr std::size_t segment_header_octets = 88;
inline constexpr std::array<std::uint64_t, 2> segment_header_offsets{0, 4096};
inline constexpr std::uint64_t segment_records_offset = 8192;
// The format that is written here; a greater one is not touched.
inline constexpr std::uint32_t segment_format = 1;

enum class SegmentUse : std::uint32_t { free = 0, records = 1 };

//  0  8  "PKspool\n"        40  8  first_sequence
//  8  4  format             48  8  kept_up_to
// 12  4  use                56  8  durable_up_to
// 16  8  generation         64 16  key
// 24  8  follows            80  8  sip_hash of 0 to 79, under a key all zero
// 32  8  zero
struct SegmentHeader {
  std::uint32_t format = segment_format;
  SegmentUse use = SegmentUse::free;
  std::uint64_t generation = 0;  // Ascending over all segments, never reused.
  // The generation that was closed when this one was started. 0: none.
  std::uint64_t follows = 0;
  Sequence first_sequence = 0;
  // The last record before this segment: the one at the end of the segment that
  // it follows, unless recovery came between.
  Sequence kept_up_to = 0;
  Sequence durable_up_to = 0;  // When this header was written.
  Key key{};
  bool operator==(const SegmentHeader&) const = default;
};
using SegmentHeaderOctets = std::array<Octet, segment_header_octets>;
[[nodiscard]] SegmentHeaderOctets write(const SegmentHeader& header);
[[nodiscard]] std::optional<SegmentHeader> read_segment_header(Octets octets);

// The values are on disks: none changes its meaning.
enum class RecordType : std::uint32_t {
  message = 1,         // u32 entry octets, the entry, the message.
  copied_message = 2,  // u64 id, u32 recipients, a bit for each that is done
                       // (in whole octets), then as above.
  recipient_done = 3,  // u64 id, u32 recipient.
  message_done = 4,    // u64 id.
  // A message of our own about another (spool/report.h): u64 that other's id,
  // u8 ReportKind, u32 recipients, u32 for each, then as `message`. What it
  // says of the other one is true from the moment that it is there: both or
  // neither.
  report = 5,
  deferral = 6,        // A Deferral.
  marks = 7,           // u64 id, u8 marks: instead of all before.
  marked_message = 8,  // u64 id, u8 marks, then as copied_message after its id.
};

// What is known of a message besides its recipients, as bits.
inline constexpr std::uint8_t mark_held = 1;        // By the operator.
inline constexpr std::uint8_t mark_delay_told = 2;  // Its sender knows.
inline constexpr std::uint8_t marks_all = mark_held | mark_delay_told;

// Records begin at multiples of this.
inline constexpr std::size_t record_alignment_octets = 8;
inline constexpr std::size_t record_header_octets = 56;

//  0  4  "PKrc"             32  4  payload octets
//  4  4  type               36  4  zero
//  8  8  generation         40  8  sip_hash of the payload
// 16  8  sequence           48  8  sip_hash of 0 to 47
// 24  8  durable_up_to
struct RecordHeader {
  RecordType type{};
  std::uint64_t generation = 0;
  Sequence sequence = 0;
  // Every record up to here had been flushed when this one was written. So
  // recovery can tell what was lost from what had never been promised.
  Sequence durable_up_to = 0;
  std::uint32_t payload_octets = 0;
  std::uint64_t payload_hash = 0;
  bool operator==(const RecordHeader&) const = default;
};
using RecordHeaderOctets = std::array<Octet, record_header_octets>;
[[nodiscard]] RecordHeaderOctets write(const RecordHeader& header,
                                       const Key& key);
[[nodiscard]] std::optional<RecordHeader> read_record_header(Octets octets,
                                                             const Key& key);

// A record's octets with its header, and with what fills it to the alignment.
[[nodiscard]] std::uint64_t record_octets(std::uint64_t payload_octets);

// What a payload says. Borrows from the payload.
struct Outcome {
  Sequence id = 0;
  std::optional<std::uint32_t> recipient;  // None: all of them.
  bool operator==(const Outcome&) const = default;
};
struct MessagePayload {
  Sequence id = 0;  // 0: the record's own sequence number.
  std::uint8_t marks = 0;
  std::uint32_t recipients = 0;  // Of a copied message: done_bits has as many.
  Octets done_bits;
  Octets entry;
  Octets message;
};

[[nodiscard]] std::vector<Octet> write(const Outcome& outcome);
[[nodiscard]] std::optional<Outcome> read_outcome(RecordType type,
                                                  Octets payload);
// What goes before the entry in a message's payload.
[[nodiscard]] std::vector<Octet> write_message_prefix(std::size_t entry_octets);
// Of a copied message where there are no marks, else of a marked one.
[[nodiscard]] std::vector<Octet> write_copied_prefix(
    Sequence id, const std::vector<bool>& done, std::size_t entry_octets,
    std::uint8_t marks = 0);
[[nodiscard]] std::optional<MessagePayload> read_message(RecordType type,
                                                         Octets payload);
[[nodiscard]] std::vector<bool> read_done_bits(const MessagePayload& message);

}  // namespace postkeep::spool
