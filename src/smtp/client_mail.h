// Outgoing mail: what a client session is given to deliver, and the commands
// that say so (RFC 5321 sections 4.1.1.2 and 4.1.1.3; RFC 1870, 2852, 3030,
// 3461, 4865, 4954, 6152, 6531, 6710, 8689).
//
// Here:      OutgoingMail, OutgoingRecipient, write_mail(), write_rcpt().
// Not here:  the message's own octets (smtp/content_facts.h); what the peer
//            answers (smtp/client_event.h).
// Grammar:   grammar/rfc5321_command.rl: what is written is in it.
// Laws:      proptests/smtp/client_session_laws.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "smtp/capability.h"
#include "smtp/content_facts.h"
#include "smtp/parameter.h"
#include "smtp/path.h"

namespace postkeep::smtp {

struct OutgoingRecipient {
  Mailbox forward_path = Mailbox::postmaster();
  RcptParameters parameters;
  bool operator==(const OutgoingRecipient&) const = default;
};

// RFC 2852 section 4: `seconds` are what is left when MAIL is sent.
struct DeliverBy {
  std::int32_t seconds = 0;      // At most nine digits.
  bool returns_message = false;  // By-mode "R", else "N".
  bool trace = false;
  bool operator==(const DeliverBy&) const = default;
};

struct OutgoingMail {
  ReversePath reverse_path;
  ContentFacts content;
  // Its MIME parts hold any octet: BINARYMIME is needed (RFC 3030 section 3).
  bool is_binary = false;
  // Its header holds UTF-8 (RFC 6532). That an address does is seen here.
  bool needs_smtputf8 = false;
  // RFC 8689. That the peer's certificate was verified is the caller's part:
  // by a session whose policy is TlsPolicy::required.
  bool requiretls = false;
  Ret ret = Ret::not_said;
  std::optional<std::string> envid;
  // RFC 4954 section 5: who sent it, if that was proved; passed on only to a
  // server that this session has logged in to.
  std::optional<ReversePath> auth;
  std::optional<DeliverBy> deliver_by;
  std::optional<std::uint32_t> hold_seconds;  // RFC 4865: HOLDFOR.
  std::optional<std::int8_t> mt_priority;     // RFC 6710: -9 to 9.
  std::vector<OutgoingRecipient> recipients;

  bool operator==(const OutgoingMail&) const = default;
};

// With CRLF. Parameters only where `offered` has their extension; `logged_in`:
// AUTH= may be said.
[[nodiscard]] std::string write_mail(const OutgoingMail& mail,
                                     const Capabilities& offered,
                                     bool logged_in);
[[nodiscard]] std::string write_rcpt(const OutgoingRecipient& recipient,
                                     const Capabilities& offered);

// As RFC 3461 section 4 encodes ENVID and ORCPT, RFC 4954 section 5 AUTH.
[[nodiscard]] std::string write_xtext(std::string_view text);

}  // namespace postkeep::smtp
