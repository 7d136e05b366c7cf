// The laws of spool/entry.h and spool/record.h. Said once, here; tried on
// examples by tests/, on generated values by proptests/, on mutated octets by
// fuzz/ and on every file of corpus/spool_record. Each returns true when it
// holds.
#pragma once

#include <algorithm>
#include <vector>

#include "spool/entry.h"
#include "spool/record.h"

namespace postkeep::spool {

inline bool is_same(Octets one, Octets other) {
  return std::ranges::equal(one, other);
}

// Write, then read, is the identity.
inline bool law_entry_is_read_back(const Entry& entry) {
  return read_entry(write(entry)) == entry;
}

// There is one way to write an entry: whatever is read was written so.
inline bool law_entry_has_one_form(Octets octets) {
  const auto entry = read_entry(octets);
  return !entry || (is_within_limits(*entry) && is_same(write(*entry), octets));
}

// No octet less, and none more, is the same entry.
inline bool law_entry_has_one_end(const Entry& entry) {
  std::vector<Octet> octets = write(entry);
  const bool shorter =
      read_entry(Octets{octets}.first(octets.size() - 1)).has_value();
  octets.push_back(0);
  return !shorter && !read_entry(octets);
}

inline bool law_queue_id_is_read_back(QueueId id) {
  const std::string text = write(id);
  return text.size() == queue_id_characters && read_queue_id(text) == id;
}

inline bool law_segment_header_has_one_form(Octets octets) {
  const auto header = read_segment_header(octets);
  return !header || read_segment_header(write(*header)) == header;
}

inline bool law_record_header_has_one_form(Octets octets, const Key& key) {
  const auto header = read_record_header(octets, key);
  return !header || (read_record_header(write(*header, key), key) == header);
}

// A header under another key, or with one octet changed, is none.
inline bool law_record_header_needs_its_key(const RecordHeader& header,
                                            const Key& key, std::size_t octet,
                                            unsigned bit) {
  RecordHeaderOctets octets = write(header, key);
  Key other = key;
  other[octet % other.size()] ^= static_cast<Octet>(1U << bit % 8);
  if (read_record_header(octets, other)) return false;
  octets[octet % octets.size()] ^= static_cast<Octet>(1U << bit % 8);
  return !read_record_header(octets, key);
}

// How the octets are cut into pieces does not change their hash.
inline bool law_hash_ignores_cuts(const Key& key, Octets octets,
                                  std::size_t at) {
  at %= octets.size() + 1;
  const std::array<Octets, 3> pieces{octets.first(at), Octets{},
                                     octets.subspan(at)};
  return sip_hash(key, pieces) == sip_hash(key, {&octets, 1});
}

inline bool law_outcome_has_one_form(Octets payload) {
  for (const RecordType type :
       {RecordType::recipient_done, RecordType::message_done}) {
    const auto outcome = read_outcome(type, payload);
    if (outcome && !is_same(write(*outcome), payload)) return false;
  }
  return true;
}

// A message's payload is its parts, in their order, and nothing else.
inline bool law_message_payload_is_its_parts(Octets payload) {
  const auto message = read_message(RecordType::message, payload);
  if (message) {
    std::vector<Octet> again = write_message_prefix(message->entry.size());
    again.insert(again.end(), message->entry.begin(), message->entry.end());
    again.insert(again.end(), message->message.begin(), message->message.end());
    if (!is_same(again, payload)) return false;
  }
  const auto copied = read_message(RecordType::copied_message, payload);
  if (!copied) return true;
  const std::vector<bool> done = read_done_bits(*copied);
  return copied->id != 0 && done.size() == copied->recipients &&
         copied->recipients <= entry_recipients_max &&
         copied->done_bits.size() == (done.size() + 7) / 8;
}

inline bool law_done_bits_are_read_back(Sequence id,
                                        const std::vector<bool>& done) {
  const std::vector<Octet> payload = write_copied_prefix(id, done, 0);
  const auto message = read_message(RecordType::copied_message, payload);
  return message && message->id == id && message->entry.empty() &&
         message->message.empty() && read_done_bits(*message) == done;
}

}  // namespace postkeep::spool
