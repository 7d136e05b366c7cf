#include "crypto/argon2id.h"

#include <sodium.h>

namespace postkeep::crypto {

static_assert(argon2id_salt_octets == crypto_pwhash_SALTBYTES);

std::optional<Secret> argon2id(Octets password, const Argon2idSalt& salt,
                               Argon2idCost cost) {
  const auto within = [](std::uint32_t value, std::uint32_t least,
                         std::uint32_t most) {
    return value >= least && value <= most;
  };
  if (!within(cost.passes, argon2id_cost_min.passes,
              argon2id_cost_max.passes) ||
      !within(cost.memory_kibibytes, argon2id_cost_min.memory_kibibytes,
              argon2id_cost_max.memory_kibibytes)) {
    return std::nullopt;
  }
  Secret hash(argon2id_hash_octets);
  const int done = crypto_pwhash(hash.room().data(), hash.size(),
                                 reinterpret_cast<const char*>(password.data()),
                                 password.size(), salt.data(), cost.passes,
                                 std::size_t{cost.memory_kibibytes} * 1024,
                                 crypto_pwhash_ALG_ARGON2ID13);
  if (done != 0) return std::nullopt;
  return hash;
}

}  // namespace postkeep::crypto
