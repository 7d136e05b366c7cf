// Questions about people: whether a recipient is here, whether a login is who
// it says; and the hand-over of a session to the user it proved to be.
//
// Here:      RecipientQuestion … HandOverAnswer.
// Not here:  passwords at rest (auth/), the exchange's octets (auth/sasl.h).
// Grammar:   ipc/wire.h.
// Laws:      proptests/ipc/message_laws.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ipc/kind.h"
#include "ipc/wire.h"

namespace postkeep::ipc {

inline constexpr std::size_t sasl_octets_max = 12288;  // RFC 4954 section 4.
inline constexpr std::size_t unread_octets_max = 256 * 1024;
inline constexpr std::size_t resolved_users_max = 100;

struct RecipientQuestion {
  static constexpr Kind kind = Kind::recipient_question;

  std::uint64_t question = 0;
  std::string mailbox;  // Local-part "@" domain, unquoted; or "postmaster".

  template <class Wire>
  void fields(Wire& wire) {
    wire(question);
    wire(mailbox, address_octets_max);
  }
};

enum class RecipientVerdict : std::uint8_t {
  local,      // `users` says whose mailboxes.
  unknown,    // The domain is ours, the local part is nobody's: 550 5.1.1.
  not_local,  // Not our domain.
  trouble,    // Cannot say now: 451.
};

struct ResolvedUser {
  std::string user;
  std::string detail;

  template <class Wire>
  void fields(Wire& wire) {
    wire(user, address_octets_max);
    wire(detail, address_octets_max);
  }
};

struct RecipientAnswer {
  static constexpr Kind kind = Kind::recipient_answer;

  std::uint64_t question = 0;
  RecipientVerdict verdict = RecipientVerdict::trouble;
  std::vector<ResolvedUser> users;

  template <class Wire>
  void fields(Wire& wire) {
    wire(question);
    wire(verdict, RecipientVerdict::trouble);
    wire.list(users, resolved_users_max);
  }
};

// One step of a SASL exchange. The first names the mechanism.
struct AuthStep {
  static constexpr Kind kind = Kind::auth_step;

  std::uint64_t exchange = 0;
  std::string session;
  std::string peer;       // The client's address, for delays.
  std::string mechanism;  // Only in the first step; then empty.
  bool has_response = false;
  std::vector<Octet> response;       // Decoded.
  std::vector<Octet> tls_exporter;   // RFC 9266; empty without TLS 1.3.
  std::vector<Octet> tls_end_point;  // RFC 5929 tls-server-end-point.

  template <class Wire>
  void fields(Wire& wire) {
    wire(exchange);
    wire(session, name_octets_max);
    wire(peer, name_octets_max);
    wire(mechanism, name_octets_max);
    wire(has_response);
    wire(response, sasl_octets_max);
    wire(tls_exporter, 64);
    wire(tls_end_point, 64);
  }
};

enum class AuthVerdict : std::uint8_t {
  challenge,  // `octets` go to the client, its answer comes back as AuthStep.
  success,    // `octets`, if any, go along with success.
  failure,    // Wrong, whatever was wrong: the client learns no more.
  trouble,    // Cannot say now: 454.
};

struct AuthAnswer {
  static constexpr Kind kind = Kind::auth_answer;

  std::uint64_t exchange = 0;
  AuthVerdict verdict = AuthVerdict::trouble;
  std::vector<Octet> octets;
  std::string user;  // With success: the account's address.

  template <class Wire>
  void fields(Wire& wire) {
    wire(exchange);
    wire(verdict, AuthVerdict::trouble);
    wire(octets, sasl_octets_max);
    wire(user, address_octets_max);
  }
};

// The client gave up, or has gone: the exchange is to be forgotten.
struct AuthEnd {
  static constexpr Kind kind = Kind::auth_end;

  std::uint64_t exchange = 0;

  template <class Wire>
  void fields(Wire& wire) {
    wire(exchange);
  }
};

// Login gives an authenticated session away. Auth fills in `user` from the
// exchange, whatever stood there, and passes it on to supervisor, which gives
// it to that user's mailbox. One descriptor goes along: the octet stream. After
// success auth keeps an exchange until this, or AuthEnd, comes.
struct SessionHandOver {
  static constexpr Kind kind = Kind::session_hand_over;

  std::uint64_t exchange = 0;
  std::string user;
  std::string session;
  std::string peer;
  std::string service;  // "imap", "pop3".
  bool tls = false;
  std::string tag;              // IMAP: of the command to be answered with OK.
  bool utf8 = false;            // POP3: the client asked for UTF8.
  std::vector<Octet> unread;    // What the client sent after it.
  std::vector<Octet> response;  // Octets of success, for AUTHENTICATE.

  template <class Wire>
  void fields(Wire& wire) {
    wire(exchange);
    wire(user, address_octets_max);
    wire(session, name_octets_max);
    wire(peer, name_octets_max);
    wire(service, name_octets_max);
    wire(tls);
    wire(tag, name_octets_max);
    wire(utf8);
    wire(unread, unread_octets_max);
    wire(response, sasl_octets_max);
  }
};

}  // namespace postkeep::ipc
