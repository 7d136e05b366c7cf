// The inside of tls/server_context.h, for this room alone: the only header of
// the house that shows OpenSSL.
//
// Here:      ContextInside, Connection's ways into it.
// Not here:  anything that another room may include.
// Laws:      callbacks get at a connection by SSL_get_app_data alone.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/owned.h"
#include "tls/error.h"
#include "tls/remote_key.h"
#include "tls/server_context.h"

namespace postkeep::tls {

using SslContext = Owned<SSL_CTX, SSL_CTX_free>;
using X509Owned = Owned<X509, X509_free>;

// What callbacks of OpenSSL want to tell the connection that they happen on.
struct CallbackNotes {
  const ContextInside* context = nullptr;
  std::optional<TlsError> refusal;  // Why a callback refused, before OpenSSL.
  std::uint8_t fatal_alert = 0;
  bool alert_was_received = false;
  bool renegotiation = false;
};
[[nodiscard]] inline CallbackNotes* notes_of(const SSL* ssl) {
  return static_cast<CallbackNotes*>(SSL_get_app_data(ssl));
}

// Tells a context's connections of alerts: SSL_CTX_set_info_callback().
void note_alert(const SSL* ssl, int where, int what);

// Forward secrecy and AEAD for everybody.
inline constexpr const char* ciphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384";
// On port 25 whoever finds no cipher sends in clear: CBC is better than that
// (RFC 7435 section 3).
inline constexpr const char* ciphers_of_old_mtas =
    ":ECDHE-ECDSA-AES256-SHA384:ECDHE-RSA-AES256-SHA384:"
    "ECDHE-ECDSA-AES128-SHA256:ECDHE-RSA-AES128-SHA256:"
    "ECDHE-ECDSA-AES256-SHA:ECDHE-RSA-AES256-SHA:"
    "ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA";
inline constexpr const char* groups = "X25519:P-256:P-384";
inline constexpr const char* signature_schemes =
    "ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:"
    "RSA-PSS+SHA256:RSA-PSS+SHA384:RSA-PSS+SHA512:"
    "RSA+SHA256:RSA+SHA384:RSA+SHA512";

// Certificates for the same names, one of each kind of key at most.
struct CertificateGroup {
  SslContext context;
  std::vector<X509Owned> leaves;
};

// Of a client, `groups` are two without certificates: what any server may
// have, then what one must have whose certificate is checked.
struct ContextInside {
  // Keys of `groups` hold pointers to these: destroyed after them.
  std::vector<std::unique_ptr<RemoteKey>> remote_keys;
  std::vector<CertificateGroup> groups;  // At least one.
  std::string protocols;  // As ALPN's ProtocolNameList, without its length.
  UnknownName unknown_name = UnknownName::is_refused;
  std::optional<TicketKey> current;
  std::optional<TicketKey> previous;
};

}  // namespace postkeep::tls
