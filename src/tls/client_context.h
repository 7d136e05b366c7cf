// What all TLS connections to other servers have in common, and what is asked
// of the server of one (RFC 8446, 5246; RFC 3207 section 4.1; RFC 7672).
//
// Here:      ClientContext, ClientSettings, ServerWanted, Tlsa.
// Not here:  one connection (tls/connection.h); the policy that says which
//            check a destination wants.
// Laws:      tests/tls/client_test.cc: no certificate that fails its check
//            ever leads to an open connection; no file is opened.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/octets.h"
#include "tls/server_context.h"

namespace postkeep::tls {

struct ClientSettings {
  // Certificates of authorities, in PEM; text between them is passed over.
  // Without any, no certificate passes the check by authority.
  std::string authorities_pem;
};

enum class CertificateCheck : std::uint8_t {
  none,       // Opportunistic (RFC 7435): any certificate, any old cipher.
  authority,  // By one of the authorities, and for one of the names.
  dane,       // As the TLSA records say (RFC 7672 section 3).
};

// RFC 6698 section 2.1.
struct Tlsa {
  std::uint8_t usage = 0;
  std::uint8_t selector = 0;
  std::uint8_t matching_type = 0;
  std::vector<Octet> data = {};
};

struct ServerWanted {
  std::string server_name = {};  // SNI; empty: none is sent.
  CertificateCheck check = CertificateCheck::none;
  // One of them is to be in the certificate; not asked of DANE-EE.
  std::vector<std::string> names = {};
  // Records that SMTP cannot use (RFC 7672 section 3.1.3, unknown numbers) are
  // passed over. Where none is left any certificate will do (section 2.2).
  std::vector<Tlsa> tlsa = {};
  WallTime now = {};  // When certificates have to be valid.
};

// A handle: copies share one context, and connections keep it alive.
class ClientContext {
 public:
  // Error: `unreadable` where the authorities are not certificates in PEM.
  [[nodiscard]] static std::expected<ClientContext, ContextError> make(
      const ClientSettings& settings);

  [[nodiscard]] std::size_t authorities() const;

 private:
  friend class Connection;
  explicit ClientContext(std::shared_ptr<ContextInside> inside);
  std::shared_ptr<ContextInside> inside_;
};

}  // namespace postkeep::tls
