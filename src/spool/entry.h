// Entry: the envelope of a message in the spool, and what came with it.
//
// Here:      Entry, Recipient, QueueId; their octets in a journal record.
// Not here:  the message's own octets (journal.h), what has become of each
//            recipient (delivery.h).
// Grammar:   none: a binary format of our own, described at write().
// Laws:      proptests/spool/entry_laws.h.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/octets.h"
#include "base/random.h"

namespace postkeep::spool {

// What one message is called in replies and logs: 64 random bits, so that it
// says nothing about how many messages there were, written in 13 characters.
enum class QueueId : std::uint64_t {};

inline constexpr std::size_t queue_id_characters = 13;
[[nodiscard]] QueueId make_queue_id(Random& random);
// Digits and small letters without i, l, o and u, which people misread.
[[nodiscard]] std::string write(QueueId id);
[[nodiscard]] std::optional<QueueId> read_queue_id(std::string_view text);

// 16 random octets: one recipient's copy of one message, the same for every
// attempt, so that a mailbox knows a repeated delivery.
using DeliveryId = std::array<Octet, 16>;
[[nodiscard]] DeliveryId make_delivery_id(Random& random);

// RFC 5321 section 4.5.3.1.8 asks for at least 100 recipients.
inline constexpr std::size_t entry_recipients_max = 1000;
// RFC 5321 section 4.5.3.1.3: a path has 256 octets; RFC 6531 counts octets
// too, and what a recipient was resolved to may be longer.
inline constexpr std::size_t entry_path_octets_max = 1024;
// RFC 3461 section 4.4: ENVID has at most 100 characters, as xtext; section
// 4.2: ORCPT at most 500.
inline constexpr std::size_t entry_envelope_id_octets_max = 100;
inline constexpr std::size_t entry_original_recipient_octets_max = 500;
// A few Received, Return-Path and Authentication-Results fields.
inline constexpr std::size_t entry_trace_octets_max = 32 * 1024;
// The octets of a whole entry, whatever is in it.
inline constexpr std::size_t entry_octets_max = 4 * 1024 * 1024;

// RFC 3461 section 4.1, as bits. None set: NOTIFY was not given.
inline constexpr std::uint8_t notify_never = 1;
inline constexpr std::uint8_t notify_success = 2;
inline constexpr std::uint8_t notify_failure = 4;
inline constexpr std::uint8_t notify_delay = 8;

struct Recipient {
  std::string forward_path;  // The mailbox as RCPT named it, without <>.
  std::string user;          // The account it was resolved to. Empty: outside.
  std::string folder;        // Where in that user's mail: "INBOX" or below.
  std::string original_recipient;  // ORCPT's value as it came; may be empty.
  std::uint8_t notify = 0;
  DeliveryId delivery_id{};
  bool operator==(const Recipient&) const = default;
};

enum class Body : std::uint8_t { seven_bit, eight_bit_mime, binary_mime };
enum class Return : std::uint8_t { unsaid, full, headers };

struct Entry {
  QueueId queue_id{};
  WallTime received{};          // When the last octet of the message was here.
  std::string reverse_path;     // Without <>. Empty: the null reverse-path.
  std::string envelope_id;      // ENVID's value as it came; may be empty.
  Return ret = Return::unsaid;  // RFC 3461 section 4.3.
  Body body = Body::seven_bit;
  bool smtputf8 = false;
  bool quarantined = false;  // policy: deliver, but to Junk.
  std::string session;       // The log's id of the session it came in.
  // The trace fields that go before the message (RFC 5321 section 4.4), with
  // CRLF at their ends; the message's own octets stay as they were sent.
  std::string trace;
  std::vector<Recipient> recipients;
  bool operator==(const Entry&) const = default;
};

// Whether an entry can be written: 1 to entry_recipients_max recipients, and
// every text within its limit. What comes from another role is asked first.
[[nodiscard]] bool is_within_limits(const Entry& entry);

// Integers are little-endian; a text is its length in 32 bits, then its octets.
// The fields in the order of the struct; recipients after their count. There is
// exactly one way to write an entry.
[[nodiscard]] std::vector<Octet> write(const Entry& entry);
// nullopt: these octets, all of them, are not an entry within the limits.
[[nodiscard]] std::optional<Entry> read_entry(Octets octets);

// About how much memory an entry takes.
[[nodiscard]] std::size_t memory_octets(const Entry& entry);

}  // namespace postkeep::spool
