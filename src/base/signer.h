// The port of private keys: signs digests with a key that stays elsewhere.
#pragma once

#include <cstdint>
#include <expected>
#include <vector>

#include "base/octets.h"
#include "base/trouble.h"

namespace postkeep {

// How the digest is to be signed, in OpenSSL's and TLS's distinctions.
enum class SignatureScheme : std::uint8_t {
  ecdsa,             // DER ECDSA-Sig-Value over the digest as it is.
  rsa_padded,        // The octets are padded already: the raw RSA operation.
  rsa_pkcs1_digest,  // A DigestInfo, to be padded by PKCS #1 v1.5.
};

class Signer {
 public:
  // Signs `digest` (at most 512 octets) with key number `key`. May block up to
  // its deadline. Trouble: closed or timed_out when `keys` does not answer,
  // not_found for an unknown key, malformed for a digest the key cannot sign.
  [[nodiscard]] virtual std::expected<std::vector<Octet>, Trouble> sign(
      std::uint32_t key, SignatureScheme scheme, Octets digest) = 0;

 protected:
  ~Signer() = default;
};

}  // namespace postkeep
