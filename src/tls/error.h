// What can go wrong in TLS, as claims for the log; and where it went wrong.
//
// Here:      TlsError.
// Not here:  the alert numbers themselves (RFC 8446 section 6).
#pragma once

#include <cstdint>
#include <string_view>

namespace postkeep::tls {

enum class TlsError : std::uint8_t {
  not_tls,              // The first octets are no TLS record (plain text).
  version_unsupported,  // The client knows nothing newer than TLS 1.1.
  nothing_in_common,    // No cipher, group or signature scheme in common.
  protocol_refused,     // ALPN names none of this service's protocols.
  name_refused,         // SNI names no host of ours, where that matters.
  malformed,            // Outside the protocol, or a record that fails its MAC.
  handshake_too_long,   // More octets than any handshake needs.
  renegotiation_refused,  // The client wanted a second handshake.
  alert_received,  // The peer gave up and said why: see Connection::alert.
  signing_failed,  // The role `keys` did not sign.
  // Of a server whose certificate is checked.
  certificate_expired,    // Or not valid yet.
  certificate_of_others,  // It names no host that was asked for.
  certificate_untrusted,  // By no authority, or not the one of its TLSA.
  certificate_refused,    // For any other reason.
  output_full,            // The peer makes us answer and does not read.
  other,
};

[[nodiscard]] std::string_view name(TlsError error);

}  // namespace postkeep::tls
