// What a session asks of its role, and what the role answers.
//
// Here:      Effect and its kinds; the answers.
// Not here:  who does it: auth, spool, tls (role/smtp_in.cc).
// Laws:      proptests/smtp/server_session_laws.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/octets.h"
#include "smtp/envelope.h"
#include "smtp/pieces.h"
#include "smtp/server_reply.h"

namespace postkeep::smtp {

// Numbers the questions of one session; an answer to any but the last question
// is too late and changes nothing.
using QuestionNumber = std::uint64_t;

// --- Effects: what the role is to do, in this order. ---

// Octets for the client: one reply or several.
struct SendReply {
  std::string octets;
};
// The reply has gone before: hand the connection to TLS, then tls_started()
// or connection_lost(). Until then nothing is to be received().
struct StartTlsNow {};
// May the login write in the name of the reverse path (RFC 6409 section 6.1)?
// Asked where logins are wanted; answered by sender_answer().
struct AskSender {
  QuestionNumber question = 0;
  std::string login;
  ReversePath reverse_path;
};
// Who is this? Answered by recipient_answer().
struct AskRecipient {
  QuestionNumber question = 0;
  Mailbox mailbox = Mailbox::postmaster();
  // Of the recipients accepted before it, in this transaction.
  std::size_t users_count = 0;
};
// One step of a SASL exchange. Answered by auth_answer().
struct Authenticate {
  QuestionNumber question = 0;
  std::string mechanism;  // Only in the first step; then empty.
  std::optional<std::vector<Octet>> response;  // Decoded.
};
// The client gave the exchange up, or has gone: forget it.
struct ForgetAuthentication {};
// A whole message. Answered by message_answer().
struct OfferMessage {
  QuestionNumber question = 0;
  Envelope envelope;
  Pieces pieces;
};
// For the log.
struct Noted {
  enum class What : std::uint8_t {
    greeted,            // detail: EHLO's argument.
    tls_started,        // detail: version and cipher.
    authenticated,      // detail: the account.
    login_refused,      // detail: the mechanism.
    mail,               // detail: the reverse path.
    sender_refused,     // detail: the reverse path.
    recipient_refused,  // detail: the recipient and the reply's code.
    message_refused,    // detail: why.
    message_offered,    // detail: octets.
    message_accepted,   // detail: the queue id.
    command_refused,    // detail: the fault and the verb.
    out_of_turn,        // The client talked when it had to wait.
    limit_reached,      // detail: which.
    timed_out,          // detail: the state.
    closed,             // detail: why, in one word.
  };
  What what = What::closed;
  std::string detail;  // Printable or not: the log escapes.
};
// Send what is queued, then close. Nothing comes after this.
struct Close {};

using Effect =
    std::variant<SendReply, StartTlsNow, AskSender, AskRecipient, Authenticate,
                 ForgetAuthentication, OfferMessage, Noted, Close>;

[[nodiscard]] std::string_view name(Noted::What what);

// --- Answers. ---

enum class SenderVerdict : std::uint8_t {
  permitted,
  refused,  // Not the login's: 550 5.7.1.
  limited,  // 450 4.7.1: `detail` says what it has sent.
  trouble,  // Cannot say now: 451.
};
struct SenderAnswer {
  SenderVerdict verdict = SenderVerdict::trouble;
  std::string detail = {};
  // When permitted: past these recipients 450 4.7.1.
  std::uint64_t recipients_max = UINT64_MAX;
};

enum class RecipientVerdict : std::uint8_t {
  local,       // `users` says whose mailboxes.
  unknown,     // The domain is ours, the local part is nobody's: 550 5.1.1.
  not_local,   // Not our domain: 550 5.7.1.
  over_quota,  // 452 4.2.2
  trouble,     // Cannot say now: 451.
};
struct RecipientAnswer {
  RecipientVerdict verdict = RecipientVerdict::trouble;
  std::vector<ResolvedUser> users;
};

enum class AuthVerdict : std::uint8_t {
  challenge,  // `octets` go to the client.
  success,    // `octets`, if any, go along with success.
  failure,    // 535 5.7.8, whatever was wrong.
  trouble,    // 454 4.7.0
};
struct AuthAnswer {
  AuthVerdict verdict = AuthVerdict::trouble;
  std::vector<Octet> octets;
  std::string login;  // With success: the account.
};

enum class MessageVerdict : std::uint8_t {
  durable,   // The only one that says 250.
  no_space,  // 452 4.3.1
  busy,      // 451 4.3.2
  stopped,   // 451 4.3.0
  refused,   // 554 5.6.0
  // Of messages that are submitted; `detail` says why.
  unfit,           // 554 5.6.0 (RFC 6409 section 6.3).
  author_refused,  // 550 5.7.1
  limited,         // 450 4.7.1
};
struct MessageAnswer {
  MessageVerdict verdict = MessageVerdict::busy;
  std::string queue_id;
  std::string detail = {};
};

}  // namespace postkeep::smtp
