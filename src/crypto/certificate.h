// Certificates and their keys, as the operator's files hold them (PEM).
//
// Here:      self_signed(), read_certificates(), key_fits().
// Not here:  TLS (tls/); where the files lie (config/).
// Laws:      tests/crypto/certificate_test.cc.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/octets.h"
#include "crypto/secret.h"

namespace postkeep::crypto {

inline constexpr std::size_t pem_octets_max = 256 * 1024;
inline constexpr std::size_t chain_certificates_max = 10;

enum class CertificateError : std::uint8_t {
  no_certificate,      // No CERTIFICATE block in the file.
  no_key,              // No private key in the file.
  key_has_passphrase,  // The key is encrypted; a server cannot type.
  unreadable,          // A block that is not what its label says.
  too_long,            // Past pem_octets_max or chain_certificates_max.
  kind_not_supported,  // Neither an EC nor an RSA key (or one too short).
  key_does_not_fit,    // The key belongs to another certificate.
};

[[nodiscard]] std::string_view name(CertificateError error);

enum class KeyKind : std::uint8_t { ec, rsa };

// What a person wants to know of a certificate.
struct CertificateFacts {
  std::string subject;             // One line, RFC 4514's form.
  std::vector<std::string> names;  // DNS names it is for; may hold "*.".
  WallTime not_before;
  WallTime not_after;
  KeyKind kind = KeyKind::ec;
  std::uint32_t key_bits = 0;
  bool is_self_signed = false;
};

// The certificates of a PEM file, the server's own first.
[[nodiscard]] std::expected<std::vector<CertificateFacts>, CertificateError>
read_certificates(Octets pem);

// Whether the private key in `key_pem` belongs to the first certificate of
// `chain_pem` (key_does_not_fit), and both can be read.
[[nodiscard]] std::expected<void, CertificateError> key_fits(Octets chain_pem,
                                                             Octets key_pem);

struct SelfSigned {
  std::string certificate_pem;
  Secret key_pem;  // PKCS #8.
};

// A new EC P-256 key and a certificate for `names` (at least one; DNS names or
// IP addresses), valid from a day before `now` for `days`. Uses the library's
// own randomness.
[[nodiscard]] SelfSigned self_signed(const std::vector<std::string>& names,
                                     WallTime now, std::uint32_t days = 3650);

}  // namespace postkeep::crypto
