// A message on its way out: spool has connect open a connection, hands it to
// smtp_out, and gives smtp_out mail for it.
//
// Here:      ConnectAsk, ConnectAnswer, ConnectForget; RemoteOpen, RemoteReady,
//            RemoteMail, RemoteMailEnded, RemoteClose, RemoteEnded.
// Not here:  the session (smtp/client_session.h), which addresses are refused
//            (route/connect_rules.h), the same as values of smtp
//            (role/outbound_mail.h).
// Grammar:   ipc/wire.h.
// Laws:      proptests/ipc/message_laws.h. Each ConnectAsk is answered once,
//            unless it is forgotten; each RemoteOpen ends in one RemoteEnded
//            and each RemoteMail in one RemoteMailEnded, which comes before it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "ipc/kind.h"
#include "ipc/mail_messages.h"
#include "ipc/wire.h"

namespace postkeep::ipc {

// spool → connect: a connection to this address, and to no other.
struct ConnectAsk {
  static constexpr Kind kind = Kind::connect_ask;

  std::uint64_t ask = 0;  // Chosen by spool; the answer repeats it.
  bool is_v6 = false;
  std::array<Octet, 16> address{};  // Of IPv4 the first four, then zeros.
  std::uint16_t port = 0;

  template <class Wire>
  void fields(Wire& wire) {
    wire(ask);
    wire(is_v6);
    wire(address);
    wire(port);
  }
};

enum class ConnectVerdict : std::uint8_t {
  connected,    // A descriptor goes along.
  not_allowed,  // By connect: `why` names the rule.
  refused,      // By the host: nobody listens there.
  unreachable,  // No way leads there.
  timed_out,
  busy,     // Too many attempts under way: ask again later.
  trouble,  // Of this machine; `why` names it.
};

// connect → spool, with the connected socket where there is one.
struct ConnectAnswer {
  static constexpr Kind kind = Kind::connect_answer;

  std::uint64_t ask = 0;
  ConnectVerdict verdict = ConnectVerdict::trouble;
  std::string why = {};

  template <class Wire>
  void fields(Wire& wire) {
    wire(ask);
    wire(verdict, ConnectVerdict::trouble);
    wire(why, name_octets_max);
  }
};

// spool → connect: no longer wanted. An answer may be on its way already.
struct ConnectForget {
  static constexpr Kind kind = Kind::connect_forget;

  std::uint64_t ask = 0;

  template <class Wire>
  void fields(Wire& wire) {
    wire(ask);
  }
};

enum class RemoteTls : std::uint8_t {
  none,     // Not even where it is offered: after a handshake that failed.
  may,      // Where it is offered; any certificate will do.
  encrypt,  // Always; any certificate will do.
  verify,   // Always; the certificate is of `names` and of a known authority.
  dane,     // Always; `tlsa` says which certificate (RFC 7672).
};

// What TLSA records are looked at, and how long one may be: a whole
// certificate (matching type 0).
inline constexpr std::size_t tlsa_records_max = 32;
inline constexpr std::size_t tlsa_octets_max = 8192;
inline constexpr std::size_t remote_names_max = 64;

struct RemoteTlsa {
  std::uint8_t usage = 0;
  std::uint8_t selector = 0;
  std::uint8_t matching_type = 0;
  std::vector<Octet> data = {};

  template <class Wire>
  void fields(Wire& wire) {
    wire(usage);
    wire(selector);
    wire(matching_type);
    wire(data, tlsa_octets_max);
  }
};

// spool → smtp_out, with a connected socket: a session, for any number of
// messages to the same destination.
struct RemoteOpen {
  static constexpr Kind kind = Kind::remote_open;

  std::uint64_t remote = 0;  // Chosen by spool; not used again by it.
  std::string host = {};     // Its name: for SNI and the log. Never empty.
  std::string address = {};  // For the log.
  bool lmtp = false;
  bool tls_at_once = false;  // Before the first word (RFC 8314), not STARTTLS.
  RemoteTls tls = RemoteTls::may;
  std::vector<std::string> names =
      {};  // Of a certificate; empty: `host` alone.
  std::vector<RemoteTlsa> tlsa = {};
  // Who logs in there, and only under TLS; empty: nobody.
  std::string user = {};
  std::string password = {};

  template <class Wire>
  void fields(Wire& wire) {
    wire(remote);
    wire(host, name_octets_max);
    wire(address, name_octets_max);
    wire(lmtp);
    wire(tls_at_once);
    wire(tls, RemoteTls::dane);
    wire.texts(names, remote_names_max, name_octets_max);
    wire.list(tlsa, tlsa_records_max);
    wire(user, address_octets_max);
    wire(password, address_octets_max);
  }
};

struct RemoteTlsFacts {
  bool on = false;
  bool verified = false;     // The certificate, as RemoteTls says it must be.
  std::string version = {};  // "TLSv1.3".
  std::string cipher = {};
  std::uint32_t bits = 0;

  template <class Wire>
  void fields(Wire& wire) {
    wire(on);
    wire(verified);
    wire(version, 64);
    wire(cipher, 128);
    wire(bits);
  }
};

// smtp_out → spool: greeted; it takes mail now. Sent once.
struct RemoteReady {
  static constexpr Kind kind = Kind::remote_ready;

  std::uint64_t remote = 0;
  RemoteTlsFacts tls = {};

  template <class Wire>
  void fields(Wire& wire) {
    wire(remote);
    tls.fields(wire);
  }
};

// Mail that one remote may be given beyond what it is working on: so that none
// waits for a round through spool. One more is put off at once.
inline constexpr std::size_t remote_mails_max = 4;

struct RemoteRecipient {
  std::string forward_path = {};  // As smtp::write() writes a Mailbox.
  std::string orcpt = {};         // RFC 3461 section 4.2, decoded; or empty.
  std::uint8_t notify = 0;  // Bits: 1 never, 2 success, 4 failure, 8 delay.

  template <class Wire>
  void fields(Wire& wire) {
    wire(forward_path, address_octets_max);
    wire(orcpt, address_octets_max);
    wire(notify);
  }
};

// spool → smtp_out, before or after RemoteReady. One descriptor goes along
// (sealed memory with the octets) unless they stand in `text`.
struct RemoteMail {
  static constexpr Kind kind = Kind::remote_mail;

  std::uint64_t remote = 0;
  std::uint64_t mail = 0;         // Chosen by spool; the answer repeats it.
  std::string queue_id = {};      // For the log.
  std::string reverse_path = {};  // Empty: the null path.
  std::string envid = {};         // RFC 3461 section 4.4, decoded; or empty.
  std::uint8_t ret = 0;           // 0 not said, 1 FULL, 2 HDRS.
  std::uint8_t body = 0;          // 0 7BIT, 1 8BITMIME, 2 BINARYMIME.
  bool smtputf8 = false;          // Its header holds UTF-8.
  bool requiretls = false;        // RFC 8689.
  // RFC 2852: seconds from now; negative values are past.
  bool has_deliver_by = false;
  std::int32_t deliver_by_seconds = 0;
  bool deliver_by_returns = false;
  bool deliver_by_trace = false;
  bool has_mt_priority = false;  // RFC 6710.
  std::int8_t mt_priority = 0;
  std::vector<RemoteRecipient> recipients = {};  // At least one.
  std::string header_prefix = {};  // Goes before the message's own octets.
  std::uint64_t octets = 0;        // Of the message, without header_prefix.
  bool inline_text = false;
  std::vector<Octet> text = {};

  template <class Wire>
  void fields(Wire& wire) {
    wire(remote);
    wire(mail);
    wire(queue_id, name_octets_max);
    wire(reverse_path, address_octets_max);
    wire(envid, address_octets_max);
    wire(ret);
    wire(body);
    wire(smtputf8);
    wire(requiretls);
    wire(has_deliver_by);
    wire(deliver_by_seconds);
    wire(deliver_by_returns);
    wire(deliver_by_trace);
    wire(has_mt_priority);
    wire(mt_priority);
    wire.list(recipients, recipients_max);
    wire(header_prefix, header_prefix_octets_max);
    wire(octets);
    wire(inline_text);
    wire(text, inline_octets_max);
  }
};

// What a host said; `code` 0: nothing. As smtp::PeerReply, whose bound and
// whose printable ASCII it is given again when it is read.
inline constexpr std::size_t remote_text_octets_max = 1024;

struct RemoteReply {
  std::uint16_t code = 0;
  bool has_enhanced = false;
  std::uint16_t enhanced_kind = 0;
  std::uint16_t enhanced_subject = 0;
  std::uint16_t enhanced_detail = 0;
  std::string text = {};

  template <class Wire>
  void fields(Wire& wire) {
    wire(code);
    wire(has_enhanced);
    wire(enhanced_kind);
    wire(enhanced_subject);
    wire(enhanced_detail);
    wire(text, remote_text_octets_max);
  }
};

// smtp::RecipientResult by the numbers of its enumerators, which whoever reads
// it looks at (role/outbound_mail.h).
struct RemoteResult {
  std::uint8_t outcome = 0;
  std::uint8_t because = 0;
  std::uint8_t at = 0;
  RemoteReply reply = {};

  template <class Wire>
  void fields(Wire& wire) {
    wire(outcome);
    wire(because);
    wire(at);
    reply.fields(wire);
  }
};

// smtp_out → spool: what became of each recipient, in their order. Put off:
// nothing was tried; it is for another connection or for later.
struct RemoteMailEnded {
  static constexpr Kind kind = Kind::remote_mail_ended;

  std::uint64_t remote = 0;
  std::uint64_t mail = 0;
  bool is_free = false;  // The session takes more; else RemoteEnded comes.
  std::vector<RemoteResult> results = {};

  template <class Wire>
  void fields(Wire& wire) {
    wire(remote);
    wire(mail);
    wire(is_free);
    wire.list(results, recipients_max);
  }
};

// spool → smtp_out: no more mail; what it has been given is still tried.
struct RemoteClose {
  static constexpr Kind kind = Kind::remote_close;

  std::uint64_t remote = 0;

  template <class Wire>
  void fields(Wire& wire) {
    wire(remote);
  }
};

// smtp_out → spool: the session is over. Nothing comes after this.
struct RemoteEnded {
  static constexpr Kind kind = Kind::remote_ended;

  std::uint64_t remote = 0;
  bool was_ready = false;    // It was greeted: RemoteReady went before.
  std::uint8_t because = 0;  // smtp::Because.
  std::uint8_t at = 0;       // smtp::ClientState.
  RemoteReply reply = {};
  std::string why = {};  // Of TLS or of the network, in one word; or empty.

  template <class Wire>
  void fields(Wire& wire) {
    wire(remote);
    wire(was_ready);
    wire(because);
    wire(at);
    reply.fields(wire);
    wire(why, name_octets_max);
  }
};

}  // namespace postkeep::ipc
