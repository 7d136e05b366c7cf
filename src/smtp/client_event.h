// What a client session has its role do, and what it tells of each recipient.
//
// Here:      ClientEffect and its kinds, RecipientResult, SaslAnswer.
// Not here:  who does it: tls, auth, spool (role/smtp_out.cc).
// Laws:      proptests/smtp/client_session_laws.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/octets.h"
#include "smtp/capability.h"
#include "smtp/client_state.h"
#include "smtp/enhanced_code.h"
#include "smtp/reply.h"

namespace postkeep::smtp {

// Of one reply's text, as it is kept: more is cut off.
inline constexpr std::size_t peer_text_octets_max = 1024;

// What a peer said, bounded. The text is printable ASCII: what else a reply
// holds is kept as '?'; its lines are joined by LF.
struct PeerReply {
  std::uint16_t code = 0;  // 0: nothing was said.
  std::optional<EnhancedCode> enhanced;
  std::string text;
  bool operator==(const PeerReply&) const = default;
};
[[nodiscard]] PeerReply peer_reply(const Reply& reply);
// In one line, "550 5.1.1 no such user": for the log and for RFC 3464's
// Diagnostic-Code.
[[nodiscard]] std::string write(const PeerReply& reply);

// Whose mail is where, after a transaction.
enum class Outcome : std::uint8_t {
  delivered,   // The peer has taken it (2yz after the content).
  deferred,    // Not delivered; another try later may succeed.
  refused,     // Not delivered; another try would fail the same way.
  unanswered,  // The content went out whole, its reply never came: taken for
               // not delivered. Another try may make a second copy (RFC 5321
               // section 4.5.3.2.6 prefers that to a loss).
  put_off,     // Not delivered and not refused: for another transaction, which
               // this session may begin at once.
};

// Why: of one recipient, or of the connection's end.
enum class Because : std::uint8_t {
  reply,  // The peer said so.
  // Ours, before a word was said about the message.
  no_recipient_room,   // 100 are enough for one transaction, or RCPTMAX.
  eight_bit_unwanted,  // RFC 6152 section 3: 8-bit octets, no 8BITMIME.
  binary_unwanted,     // RFC 3030: no BINARYMIME or no CHUNKING.
  smtputf8_unwanted,   // RFC 6531 section 3.5.
  requiretls_unmet,    // RFC 8689 section 4.2.1: no TLS, or not offered.
  deliver_by_unmet,    // RFC 2852 section 4.1.4.1.
  too_large,           // RFC 1870 section 6.1.
  bare_cr_or_lf,       // RFC 5321 section 2.3.8, or a NUL: never sent.
  // The connection.
  quit,  // The caller or we ended it; all is well.
  peer_closed,
  timed_out,
  closing,              // 421, whenever it comes.
  reply_malformed,      // Or endless.
  reply_unexpected,     // Not awaited, or one that this command cannot have.
  chunking_broken,      // BDAT was offered, and then not known.
  starttls_injection,   // Octets behind the 220 (RFC 3207 section 5).
  starttls_missing,     // Required, but not offered or refused.
  tls_failed,           // The handshake.
  auth_missing,         // No mechanism of ours is offered, or not without TLS.
  auth_refused,         // By the peer.
  auth_unproved,        // By us: the server has not shown that it knows us.
  content_unavailable,  // The caller could not give it.
};

[[nodiscard]] std::string_view name(Outcome outcome);
[[nodiscard]] std::string_view name(Because because);

struct RecipientResult {
  Outcome outcome = Outcome::deferred;
  Because because = Because::reply;
  ClientState at = ClientState::ready;  // What was awaited when it was decided.
  PeerReply reply;
  bool operator==(const RecipientResult&) const = default;
};

// --- Effects: what the role is to do, in this order. ---

// Octets for the peer. No further effect is to be taken while the transport
// cannot take these: that is how a slow peer slows the content down.
struct SendOctets {
  std::string octets;
};
// Hand the connection to TLS, then tls_started() or tls_failed(). Until then
// nothing is to be received().
struct TlsWanted {};
// One step of a SASL exchange, client side. Answered by sasl_answer().
struct SaslWanted {
  enum class Step : std::uint8_t {
    start,      // `mechanism` was chosen; `octets` are empty.
    challenge,  // `octets`, decoded.
    success,    // The server is content: are we?
  };
  Step step = Step::start;
  std::string mechanism;
  std::vector<Octet> octets;
};
// Mail may be delivered from now on: sent once, when the session is up.
struct SessionReady {
  Capabilities capabilities;
  bool extended = false;  // EHLO or LHLO, not HELO.
};
// Answered by give(), with 1 to `octets_max` octets, or by content_lost().
struct ContentWanted {
  std::size_t octets_max = 0;
};
// One for each deliver(): `results` are in the order of its recipients.
struct TransactionEnded {
  std::vector<RecipientResult> results;
};
// Send what is queued, then close. Nothing comes after this.
struct SessionClosed {
  Because because = Because::quit;
  ClientState at = ClientState::connected;
  PeerReply reply;
};

using ClientEffect =
    std::variant<SendOctets, TlsWanted, SaslWanted, SessionReady, ContentWanted,
                 TransactionEnded, SessionClosed>;

// --- Answers. ---

struct SaslAnswer {
  // False: the exchange is given up, by us.
  bool goes_on = false;
  // At `start`: no initial response where nothing is here.
  std::optional<std::vector<Octet>> response;
};

}  // namespace postkeep::smtp
