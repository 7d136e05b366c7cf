#include "spool/record.h"

#include <algorithm>

#include "base/check.h"
#include "spool/little_endian.h"

namespace postkeep::spool {
namespace {

constexpr std::string_view segment_magic = "PKspool\n";
constexpr std::uint32_t record_magic = 0x63724b50;  // "PKrc"
constexpr Key no_key{};

constexpr std::uint64_t rotate(std::uint64_t value, int by) {
  return value << by | value >> (64 - by);
}

struct SipState {
  std::uint64_t v0, v1, v2, v3;

  explicit SipState(const Key& key) {
    const auto k0 = get<std::uint64_t>(key, 0);
    const auto k1 = get<std::uint64_t>(key, 8);
    v0 = k0 ^ 0x736f6d6570736575U;
    v1 = k1 ^ 0x646f72616e646f6dU;
    v2 = k0 ^ 0x6c7967656e657261U;
    v3 = k1 ^ 0x7465646279746573U;
  }
  void round() {
    v0 += v1;
    v1 = rotate(v1, 13) ^ v0;
    v0 = rotate(v0, 32);
    v2 += v3;
    v3 = rotate(v3, 16) ^ v2;
    v0 += v3;
    v3 = rotate(v3, 21) ^ v0;
    v2 += v1;
    v1 = rotate(v1, 17) ^ v2;
    v2 = rotate(v2, 32);
  }
  void word(std::uint64_t m) {
    v3 ^= m;
    round();
    round();
    v0 ^= m;
  }
  std::uint64_t end() {
    v2 ^= 0xff;
    for (int i = 0; i < 4; ++i) round();
    return v0 ^ v1 ^ v2 ^ v3;
  }
};

template <std::size_t count>
std::array<Octet, count> as_array(const std::vector<Octet>& octets) {
  PK_CHECK(octets.size() == count);
  std::array<Octet, count> array{};
  std::ranges::copy(octets, array.begin());
  return array;
}

std::uint64_t hash(const Key& key, Octets octets) {
  return sip_hash(key, {&octets, 1});
}

}  // namespace

std::uint64_t sip_hash(const Key& key, std::span<const Octets> pieces) {
  SipState state{key};
  std::uint64_t left = 0;  // Octets that do not fill a word yet.
  unsigned left_count = 0;
  std::uint64_t total = 0;
  for (const Octets piece : pieces) {
    total += piece.size();
    std::size_t at = 0;
    for (; at < piece.size() && left_count != 0; ++at) {
      left |= std::uint64_t{piece[at]} << (8 * left_count);
      if (++left_count == 8) {
        state.word(left);
        left = 0;
        left_count = 0;
      }
    }
    for (; piece.size() - at >= 8; at += 8) {
      state.word(get<std::uint64_t>(piece, at));
    }
    for (; at < piece.size(); ++at) {
      left |= std::uint64_t{piece[at]} << (8 * left_count++);
    }
  }
  state.word(left | total << 56);
  return state.end();
}

SegmentHeaderOctets write(const SegmentHeader& header) {
  std::vector<Octet> out;
  out.reserve(segment_header_octets);
  out.insert(out.end(), segment_magic.begin(), segment_magic.end());
  put(out, header.format);
  put(out, static_cast<std::uint32_t>(header.use));
  put(out, header.generation);
  put(out, header.follows);
  put(out, std::uint64_t{0});
  put(out, header.first_sequence);
  put(out, header.kept_up_to);
  put(out, header.durable_up_to);
  out.insert(out.end(), header.key.begin(), header.key.end());
  put(out, hash(no_key, out));
  return as_array<segment_header_octets>(out);
}

std::optional<SegmentHeader> read_segment_header(Octets octets) {
  if (octets.size() < segment_header_octets) return std::nullopt;
  octets = octets.first(segment_header_octets);
  const std::size_t hashed = segment_header_octets - 8;
  if (!std::ranges::equal(octets.first(segment_magic.size()),
                          postkeep::octets(segment_magic)) ||
      hash(no_key, octets.first(hashed)) !=
          get<std::uint64_t>(octets, hashed)) {
    return std::nullopt;
  }
  Taker taker{octets.subspan(segment_magic.size())};
  SegmentHeader header;
  header.format = taker.take<std::uint32_t>();
  const auto use = taker.take<std::uint32_t>();
  // What a newer format says elsewhere is not looked at.
  if (header.format == segment_format && use > 1) return std::nullopt;
  header.use = SegmentUse{use};
  header.generation = taker.take<std::uint64_t>();
  header.follows = taker.take<std::uint64_t>();
  (void)taker.take<std::uint64_t>();
  header.first_sequence = taker.take<std::uint64_t>();
  header.kept_up_to = taker.take<std::uint64_t>();
  header.durable_up_to = taker.take<std::uint64_t>();
  std::ranges::copy(taker.take_octets(header.key.size()), header.key.begin());
  if (header.generation > sequence_max ||
      header.first_sequence > sequence_max ||
      header.kept_up_to > sequence_max || header.durable_up_to > sequence_max) {
    return std::nullopt;
  }
  return header;
}

RecordHeaderOctets write(const RecordHeader& header, const Key& key) {
  std::vector<Octet> out;
  out.reserve(record_header_octets);
  put(out, record_magic);
  put(out, static_cast<std::uint32_t>(header.type));
  put(out, header.generation);
  put(out, header.sequence);
  put(out, header.durable_up_to);
  put(out, header.payload_octets);
  put(out, std::uint32_t{0});
  put(out, header.payload_hash);
  put(out, hash(key, out));
  return as_array<record_header_octets>(out);
}

std::optional<RecordHeader> read_record_header(Octets octets, const Key& key) {
  if (octets.size() < record_header_octets ||
      get<std::uint32_t>(octets, 0) != record_magic) {
    return std::nullopt;
  }
  octets = octets.first(record_header_octets);
  const std::size_t hashed = record_header_octets - 8;
  if (hash(key, octets.first(hashed)) != get<std::uint64_t>(octets, hashed)) {
    return std::nullopt;
  }
  Taker taker{octets.subspan(4)};
  RecordHeader header;
  header.type = RecordType{taker.take<std::uint32_t>()};
  header.generation = taker.take<std::uint64_t>();
  header.sequence = taker.take<std::uint64_t>();
  header.durable_up_to = taker.take<std::uint64_t>();
  header.payload_octets = taker.take<std::uint32_t>();
  (void)taker.take<std::uint32_t>();
  header.payload_hash = taker.take<std::uint64_t>();
  if (header.generation > sequence_max || header.sequence > sequence_max ||
      header.durable_up_to > sequence_max) {
    return std::nullopt;
  }
  return header;
}

std::uint64_t record_octets(std::uint64_t payload_octets) {
  const std::uint64_t octets = record_header_octets + payload_octets;
  return (octets + record_alignment_octets - 1) / record_alignment_octets *
         record_alignment_octets;
}

std::vector<Octet> write(const Outcome& outcome) {
  std::vector<Octet> out;
  put(out, outcome.id);
  if (outcome.recipient) put(out, *outcome.recipient);
  return out;
}

std::optional<Outcome> read_outcome(RecordType type, Octets payload) {
  Taker taker{payload};
  Outcome outcome{taker.take<Sequence>(), std::nullopt};
  if (type == RecordType::recipient_done) {
    outcome.recipient = taker.take<std::uint32_t>();
  } else if (type != RecordType::message_done) {
    return std::nullopt;
  }
  if (!taker.ok() || !taker.is_empty()) return std::nullopt;
  return outcome;
}

std::vector<Octet> write_message_prefix(std::size_t entry_octets) {
  std::vector<Octet> out;
  put(out, static_cast<std::uint32_t>(entry_octets));
  return out;
}

std::vector<Octet> write_copied_prefix(Sequence id,
                                       const std::vector<bool>& done,
                                       std::size_t entry_octets,
                                       std::uint8_t marks) {
  PK_CHECK(marks <= marks_all);
  std::vector<Octet> out;
  put(out, id);
  if (marks != 0) put(out, marks);
  put(out, static_cast<std::uint32_t>(done.size()));
  for (std::size_t i = 0; i < done.size(); i += 8) {
    unsigned octet = 0;
    for (std::size_t bit = 0; bit < 8 && i + bit < done.size(); ++bit) {
      octet |= done[i + bit] ? 1U << bit : 0U;
    }
    out.push_back(static_cast<Octet>(octet));
  }
  put(out, static_cast<std::uint32_t>(entry_octets));
  return out;
}

std::optional<MessagePayload> read_message(RecordType type, Octets payload) {
  Taker taker{payload};
  MessagePayload message;
  if (type == RecordType::copied_message ||
      type == RecordType::marked_message) {
    message.id = taker.take<Sequence>();
    if (type == RecordType::marked_message) {
      message.marks = taker.take<std::uint8_t>();
      if (message.marks == 0 || message.marks > marks_all) return std::nullopt;
    }
    message.recipients = taker.take<std::uint32_t>();
    if (message.id == 0 || message.recipients == 0 ||
        message.recipients > entry_recipients_max) {
      return std::nullopt;
    }
    message.done_bits = taker.take_octets((message.recipients + 7) / 8);
  } else if (type != RecordType::message) {
    return std::nullopt;
  }
  const auto entry_octets = taker.take<std::uint32_t>();
  if (entry_octets > entry_octets_max) return std::nullopt;
  message.entry = taker.take_octets(entry_octets);
  message.message = taker.take_rest();
  if (!taker.ok()) return std::nullopt;
  return message;
}

std::vector<bool> read_done_bits(const MessagePayload& message) {
  std::vector<bool> done(message.recipients);
  for (std::size_t i = 0; i < done.size(); ++i) {
    done[i] = (message.done_bits[i / 8] >> (i % 8) & 1) != 0;
  }
  return done;
}

}  // namespace postkeep::spool
