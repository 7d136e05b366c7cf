// Argon2id: a password made slow to guess (RFC 9106), over libsodium.
//
// Here:      Argon2idCost, argon2id().
// Not here:  the text form of a password record (auth/verifier.h).
// Laws:      tests/crypto/argon2id_test.cc: published vectors.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/octets.h"
#include "crypto/secret.h"

namespace postkeep::crypto {

inline constexpr std::size_t argon2id_salt_octets = 16;
inline constexpr std::size_t argon2id_hash_octets = 32;

struct Argon2idCost {
  std::uint32_t passes = 0;
  std::uint32_t memory_kibibytes = 0;
  bool operator==(const Argon2idCost&) const = default;
};

// RFC 9106 section 4's second choice is 3 passes over 64 MiB; 2 passes take
// about 50 ms on one core of 2020, which is what a login may cost.
inline constexpr Argon2idCost argon2id_cost{2, 64 * 1024};
// What the library can do at least: for tests only.
inline constexpr Argon2idCost argon2id_cost_min{1, 8};
// What a record may ask for: past it nobody can log in any more.
inline constexpr Argon2idCost argon2id_cost_max{16, 1024 * 1024};

using Argon2idSalt = std::array<Octet, argon2id_salt_octets>;

// One lane. Pure and thread-safe. Nothing comes when the memory cannot be had,
// or when the cost is outside the two bounds above.
[[nodiscard]] std::optional<Secret> argon2id(Octets password,
                                             const Argon2idSalt& salt,
                                             Argon2idCost cost);

}  // namespace postkeep::crypto
