// DKIM-Signature: composing the field that a message is signed with (RFC 6376
// sections 3.5 and 3.7; RFC 8301, RFC 8463).
//
// Here:      SigningKey, Signature, is_domain_name(), is_selector().
// Not here:  the private key (a role of its own has it), verifying.
// Grammar:   grammar/rfc6376_dkim.rl, rules written_signature, domain_name and
//            selector.
// Laws:      proptests/dkim/signature_laws.h.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/octets.h"
#include "crypto/hash.h"
#include "dkim/body.h"
#include "message/header.h"

namespace postkeep::dkim {

enum class Algorithm : std::uint8_t {
  rsa_sha256,      // RFC 8301 section 3.2: 2,048 bits.
  ed25519_sha256,  // RFC 8463: over the hash itself.
};
[[nodiscard]] std::string_view name(Algorithm algorithm);

// What is public of a key: where its other half is found.
struct SigningKey {
  Algorithm algorithm = Algorithm::rsa_sha256;
  std::string domain;
  std::string selector;
};

struct SigningForms {
  Form header = Form::relaxed;
  Form body = Form::relaxed;
};

enum class SigningFault : std::uint8_t {
  bad_name,    // The domain or the selector is none.
  no_author,   // Section 5.4: From MUST be signed.
  bad_header,  // Lines that are no fields, or more than can be signed.
};
[[nodiscard]] std::string_view name(SigningFault fault);

// One signature on its way: composed, hashed, and then completed by what
// whoever has the key says.
class Signature {
 public:
  // `header` was read from the front of `message`; of `message` no more is
  // looked at. `body_hash` is BodyHash's, of what follows the header, in the
  // same form.
  [[nodiscard]] static std::expected<Signature, SigningFault> compose(
      const SigningKey& key, SigningForms forms, std::string_view message,
      const message::Header& header, const crypto::Sha256& body_hash,
      WallTime now);

  // What is signed: by RSA as the SHA-256 of a PKCS #1 v1.5 signature, by
  // Ed25519 as its message (RFC 8463 section 3).
  [[nodiscard]] const crypto::Sha256& hash() const { return hash_; }
  // The field, whole and folded, with its CRLF: to stand before the message.
  [[nodiscard]] std::string field(Octets signature) const;

 private:
  std::string unsigned_field_;  // Up to "b=".
  crypto::Sha256 hash_{};
};

// RFC 6376 sections 3.5 ("d=") and 3.1, without regard to DNS's lengths, which
// are kept too: RFC 1035 section 2.3.4.
[[nodiscard]] bool is_domain_name(std::string_view text);
[[nodiscard]] bool is_selector(std::string_view text);

}  // namespace postkeep::dkim
