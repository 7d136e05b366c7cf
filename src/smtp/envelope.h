// Envelopes: what SMTP says about a message besides the message (RFC 5321
// section 2.3.1, with the parameters of 1870, 3030, 3461, 4954, 6152, 6531).
//
// Here:      Envelope, Recipient, Peer, TlsFacts, with_protocol().
// Not here:  the message's own octets (smtp/pieces.h); Received (smtp/trace.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "smtp/parameter.h"
#include "smtp/path.h"

namespace postkeep::smtp {

// Whose mailbox a recipient turned out to be; chosen by whoever was asked.
struct ResolvedUser {
  std::string user;
  std::string detail;  // What stood behind the separator, or empty.
  bool operator==(const ResolvedUser&) const = default;
};

struct Recipient {
  Mailbox forward_path = Mailbox::postmaster();
  RcptParameters parameters;
  std::vector<ResolvedUser> users;  // None: the mailbox is on another host.
  bool operator==(const Recipient&) const = default;
};

// Who is at the other end, as the connection shows it.
struct Peer {
  std::string address;      // As base/net.h: "192.0.2.1", "IPv6:2001:db8::1".
  bool is_trusted = false;  // Of a network that may relay without a login.
  bool operator==(const Peer&) const = default;
};

struct TlsFacts {
  std::string version;  // "TLSv1.3".
  std::string cipher;   // IANA's name.
  std::uint32_t bits = 0;
  bool operator==(const TlsFacts&) const = default;
};

struct Envelope {
  std::string session;  // The session id of the log.
  Peer peer;
  std::string client;     // The argument of EHLO, HELO or LHLO.
  bool extended = false;  // EHLO or LHLO, not HELO.
  bool lmtp = false;      // RFC 2033.
  std::optional<TlsFacts> tls;
  std::string login;  // The account that authenticated, or empty.
  ReversePath reverse_path;
  MailParameters parameters;
  std::vector<Recipient> recipients;
  std::uint32_t number = 0;  // Of the transaction in its session, from 1.

  bool operator==(const Envelope&) const = default;
};

// The keyword of Received's "with" clause (RFC 3848; RFC 6531 section 4.3).
[[nodiscard]] std::string_view with_protocol(const Envelope& envelope);

}  // namespace postkeep::smtp
