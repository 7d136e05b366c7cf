// Logins that were verified a moment ago, so that a thousand reconnects do not
// cost a thousand argon2id's. Holds no password: MACs under a key that lives
// and dies with the process.
//
// Here:      VerifiedCache.
// Not here:  verification itself (auth/verifier.h).
// Laws:      proptests/auth/verified_cache_laws.h: only what was remembered is
//            held, never past its time, never for another record.
#pragma once

#include <cstddef>
#include <deque>
#include <set>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/octets.h"
#include "base/random.h"
#include "crypto/hash.h"
#include "crypto/secret.h"

namespace postkeep::auth {

inline constexpr std::size_t verified_logins_max = 65536;
inline constexpr Duration verified_for = std::chrono::minutes(10);

class VerifiedCache {
 public:
  // `clock` must outlive it. With no entries (0) nothing is ever held.
  VerifiedCache(Random& random, const Clock& clock,
                std::size_t entries_max = verified_logins_max,
                Duration held_for = verified_for);

  // `record` is the text of the account's password record: with a new
  // password it is another one, and what was held is worth nothing.
  [[nodiscard]] bool holds(std::string_view account, std::string_view record,
                           Octets password);
  void remember(std::string_view account, std::string_view record,
                Octets password);
  void forget_all();
  [[nodiscard]] std::size_t size() const { return held_.size(); }

 private:
  [[nodiscard]] crypto::Sha256 mark(std::string_view account,
                                    std::string_view record,
                                    Octets password) const;
  void drop_old();

  const Clock& clock_;
  std::size_t entries_max_;
  Duration held_for_;
  crypto::Secret key_;
  // By a MAC, which nobody can aim at: its order gives nothing away.
  std::set<crypto::Sha256> held_;
  // The same, in the order in which they end.
  std::deque<std::pair<SteadyTime, crypto::Sha256>> ends_;
};

}  // namespace postkeep::auth
