// A message on its way in: smtp_in or submission offers it to spool.
//
// Here:      MessageOffered, OfferAnswer.
// Not here:  the session that made it (smtp/), the journal (spool/).
// Grammar:   ipc/wire.h.
// Laws:      proptests/ipc/message_laws.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ipc/kind.h"
#include "ipc/wire.h"

namespace postkeep::ipc {

// RFC 5321 section 4.5.3.1.8 asks for at least 100 recipients.
inline constexpr std::size_t recipients_max = 1000;
inline constexpr std::size_t inline_octets_max = 64 * 1024;
inline constexpr std::size_t header_prefix_octets_max = 16 * 1024;

struct OfferedRecipient {
  std::string forward_path;  // As RCPT gave it.
  std::string user;          // The account that it was resolved to.
  std::string detail;        // What stood behind the separator, or empty.
  std::string orcpt;         // RFC 3461 section 4.2, decoded: "type;address".
  std::uint8_t notify = 0;   // Bits: 1 never, 2 success, 4 failure, 8 delay.

  template <class Wire>
  void fields(Wire& wire) {
    wire(forward_path, address_octets_max);
    wire(user, address_octets_max);
    wire(detail, address_octets_max);
    wire(orcpt, address_octets_max);
    wire(notify);
  }
};

// One descriptor goes along (sealed memory with the octets) unless they stand
// in `text`.
struct MessageOffered {
  static constexpr Kind kind = Kind::message_offered;

  std::uint64_t offer = 0;  // Chosen by the sender; the answer repeats it.
  std::string session;      // The session id of the log.
  std::string queue_id;     // What Received calls it.
  std::string reverse_path;
  std::string envid;     // RFC 3461 section 4.4, decoded.
  std::uint8_t ret = 0;  // 0 not said, 1 FULL, 2 HDRS.
  bool smtputf8 = false;
  std::uint8_t body = 0;  // 0 7BIT, 1 8BITMIME, 2 BINARYMIME.
  std::string login;      // The account that authenticated, or empty.
  std::vector<OfferedRecipient> recipients;
  std::string header_prefix;  // Trace fields to stand before the message.
  std::uint64_t octets = 0;   // Of the message, without header_prefix.
  bool inline_text = false;
  std::vector<Octet> text;

  template <class Wire>
  void fields(Wire& wire) {
    wire(offer);
    wire(session, name_octets_max);
    wire(queue_id, name_octets_max);
    wire(reverse_path, address_octets_max);
    wire(envid, address_octets_max);
    wire(ret);
    wire(smtputf8);
    wire(body);
    wire(login, address_octets_max);
    wire.list(recipients, recipients_max);
    wire(header_prefix, header_prefix_octets_max);
    wire(octets);
    wire(inline_text);
    wire(text, inline_octets_max);
  }
};

enum class OfferVerdict : std::uint8_t {
  durable,    // In the journal, and flushed: the client may read 250.
  no_space,   // 452: later there may be.
  busy,       // 451: too much in flight.
  stopped,    // 451: the journal's disk failed, nothing is accepted.
  malformed,  // 554: the offer contradicts itself.
};

struct OfferAnswer {
  static constexpr Kind kind = Kind::offer_answer;

  std::uint64_t offer = 0;
  OfferVerdict verdict = OfferVerdict::busy;
  std::string queue_id;  // As it was offered.

  template <class Wire>
  void fields(Wire& wire) {
    wire(offer);
    wire(verdict, OfferVerdict::malformed);
    wire(queue_id, name_octets_max);
  }
};

}  // namespace postkeep::ipc
