// Questions about people: whether a recipient is here, whether a login is who
// it says; and the hand-over of a session to the user it proved to be.
//
// Here:      RecipientQuestion, SenderQuestion … SessionHandOver.
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

// From submission: may the login write in the name of each of these? At MAIL
// with the reverse path, at the end of the message with its authors and with
// the recipients, which are then counted.
inline constexpr std::size_t sender_addresses_max = 101;

struct SenderQuestion {
  static constexpr Kind kind = Kind::sender_question;

  std::uint64_t question = 0;
  std::string login;
  std::vector<std::string> addresses = {};  // As RecipientQuestion::mailbox.
  std::uint32_t recipients = 0;  // Of a whole message; else 0: no message yet.

  template <class Wire>
  void fields(Wire& wire) {
    wire(question);
    wire(login, address_octets_max);
    wire.texts(addresses, sender_addresses_max, address_octets_max);
    wire(recipients);
  }
};

enum class SenderVerdict : std::uint8_t {
  permitted,
  refused,  // `address` is not the login's: 550 5.7.1.
  limited,  // The login has sent enough for now: 450 4.7.1.
  trouble,  // Cannot say now: 451.
};

// auth/usage.h's limits.
enum class SendingLimit : std::uint8_t {
  none,
  messages_per_hour,
  messages_per_day,
  recipients_per_hour,
  recipients_per_day,
};

struct SenderAnswer {
  static constexpr Kind kind = Kind::sender_answer;

  std::uint64_t question = 0;
  SenderVerdict verdict = SenderVerdict::trouble;
  std::string address = {};
  SendingLimit limit = SendingLimit::none;
  std::uint64_t limit_max = 0;
  std::uint64_t wait_seconds = 0;     // Until the limit's window ends.
  std::uint64_t recipients_left = 0;  // When permitted: of one message.

  template <class Wire>
  void fields(Wire& wire) {
    wire(question);
    wire(verdict, SenderVerdict::trouble);
    wire(address, address_octets_max);
    wire(limit, SendingLimit::recipients_per_day);
    wire(limit_max);
    wire(wait_seconds);
    wire(recipients_left);
  }
};

// Submission tells an auth that started anew what it has counted.
inline constexpr std::size_t usages_max = 500;

struct CountedUsage {
  std::string account;
  std::uint64_t hour_age_microseconds = 0;
  std::uint64_t hour_messages = 0;
  std::uint64_t hour_recipients = 0;
  std::uint64_t day_age_microseconds = 0;
  std::uint64_t day_messages = 0;
  std::uint64_t day_recipients = 0;

  template <class Wire>
  void fields(Wire& wire) {
    wire(account, address_octets_max);
    wire(hour_age_microseconds);
    wire(hour_messages);
    wire(hour_recipients);
    wire(day_age_microseconds);
    wire(day_messages);
    wire(day_recipients);
  }
};

struct UsageReport {
  static constexpr Kind kind = Kind::usage_report;

  std::vector<CountedUsage> usages;

  template <class Wire>
  void fields(Wire& wire) {
    wire.list(usages, usages_max);
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
