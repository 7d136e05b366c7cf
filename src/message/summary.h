// Summary: what IMAP's ENVELOPE, BODY and BODYSTRUCTURE say of a message (RFC
// 9051 section 7.5.2), kept by the index so that no text need be read again.
//
// Here:      Envelope, Summary, read_summary(), and its codec.
// Not here:  how IMAP writes it (imap/).
// Grammar:   header.h, address.h, structure.h.
// Laws:      proptests/message/summary_laws.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/octets.h"
#include "message/address.h"
#include "message/structure.h"

namespace postkeep::message {

// Texts are the first such field's, unfolded, encoded words still encoded;
// nullopt where there is none. Lists are all such fields' together.
struct Envelope {
  std::optional<std::string> date;
  std::optional<std::string> subject;
  std::vector<Address> from;
  std::vector<Address> sender;
  std::vector<Address> reply_to;
  std::vector<Address> to;
  std::vector<Address> cc;
  std::vector<Address> bcc;
  std::optional<std::string> in_reply_to;
  std::optional<std::string> message_id;

  bool operator==(const Envelope&) const = default;
};

// RFC 9051 section 7.5.2: sender and reply-to that are absent or empty are
// set to from by the server.
[[nodiscard]] const std::vector<Address>& shown_sender(const Envelope& it);
[[nodiscard]] const std::vector<Address>& shown_reply_to(const Envelope& it);

struct Summary {
  std::uint32_t octets = 0;  // RFC822.SIZE, of the octets that were read.
  // What they lack where lines do not end with CRLF: see line_ends.h.
  std::uint32_t line_end_octets_to_add = 0;
  Envelope envelope;
  Structure structure;
  // For each part of kind message: the index of its child (the message in it,
  // whose header this is of) and its ENVELOPE. Ascending by index.
  std::vector<std::pair<std::uint32_t, Envelope>> nested;

  bool operator==(const Summary&) const = default;
};

// The envelope of the message that is part `index`: 0, or the child of a part
// of kind message. nullptr: that part is not a message.
[[nodiscard]] const Envelope* envelope_of(const Summary& summary,
                                          std::uint32_t index);

// Any octets, by the rules of header.h, address.h and structure.h. Linear.
[[nodiscard]] Summary read_summary(Octets message);

// The codec of the index: a version octet first, then counted fields. Another
// version, or octets that no writer wrote, are an error: read the text again.
// A summary may come out longer than summary_octets_max, which is not read
// back: it is not worth keeping.
inline constexpr std::size_t summary_octets_max = 16 * 1024 * 1024;
enum class SummaryError : std::uint8_t {
  other_version,
  outside_grammar,
};
[[nodiscard]] std::string_view name(SummaryError error);
[[nodiscard]] std::string write_octets(const Summary& summary);
[[nodiscard]] std::expected<Summary, SummaryError> read_octets(Octets octets);

}  // namespace postkeep::message
