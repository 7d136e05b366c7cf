// Hashes and what is built of them: SHA-1, SHA-256, HMAC (RFC 2104), PBKDF2.
//
// Here:      sha1(), sha256(), Sha256Stream, hmac_sha256(),
//            pbkdf2_hmac_sha256(), prepare().
// Not here:  passwords at rest (crypto/argon2id.h); comparing
//            (crypto/secret.h).
// Grammar:   none.
// Laws:      tests/crypto/hash_test.cc: the published vectors.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "base/octets.h"

namespace postkeep::crypto {

using Sha1 = std::array<Octet, 20>;
using Sha256 = std::array<Octet, 32>;

// Loads what the libraries load once, without opening a file. A role calls it
// before it closes the door; calling it again does nothing.
void prepare();

[[nodiscard]] Sha1 sha1(Octets octets);  // For names that exist, not secrecy.
[[nodiscard]] Sha256 sha256(Octets octets);

// The SHA-256 of octets that come in pieces.
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(Sha256Stream&&) noexcept;
  Sha256Stream& operator=(Sha256Stream&&) noexcept;

  void read(Octets octets);
  // Nothing may be read after it.
  [[nodiscard]] Sha256 end();

 private:
  struct State;  // OpenSSL's.
  std::unique_ptr<State> state_;
};

[[nodiscard]] Sha256 hmac_sha256(Octets key, Octets octets);

// Hi() of RFC 5802 section 2.2: PBKDF2 with HMAC-SHA-256, one block.
// `iterations` is at least 1 (PK_CHECK).
[[nodiscard]] Sha256 pbkdf2_hmac_sha256(Octets password, Octets salt,
                                        std::uint32_t iterations);

}  // namespace postkeep::crypto
