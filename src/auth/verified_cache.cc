#include "auth/verified_cache.h"

#include "auth/account.h"

namespace postkeep::auth {

VerifiedCache::VerifiedCache(Random& random, const Clock& clock,
                             std::size_t entries_max, Duration held_for)
    : clock_(clock),
      entries_max_(entries_max),
      held_for_(held_for),
      key_(std::size_t{32}) {
  random.fill(key_.room());
}

// Lengths go before texts, so that no two triples give the same octets.
crypto::Sha256 VerifiedCache::mark(std::string_view account,
                                   std::string_view record,
                                   Octets password) const {
  const std::string name = folded(account);
  std::vector<Octet> all;
  const auto add = [&](Octets octets) {
    for (int shift = 24; shift >= 0; shift -= 8)
      all.push_back(static_cast<Octet>(octets.size() >> shift));
    all.insert(all.end(), octets.begin(), octets.end());
  };
  all.reserve(12 + name.size() + record.size() + password.size());
  add(octets(name));
  add(octets(record));
  add(password);
  const crypto::Sha256 mac = crypto::hmac_sha256(key_.octets(), all);
  crypto::wipe(all);
  return mac;
}

void VerifiedCache::drop_old() {
  const SteadyTime now = clock_.steady();
  while (!ends_.empty() &&
         (ends_.front().first <= now || held_.size() > entries_max_)) {
    held_.erase(ends_.front().second);
    ends_.pop_front();
  }
}

bool VerifiedCache::holds(std::string_view account, std::string_view record,
                          Octets password) {
  drop_old();
  return held_.contains(mark(account, record, password));
}

void VerifiedCache::remember(std::string_view account, std::string_view record,
                             Octets password) {
  if (entries_max_ == 0) return;
  const crypto::Sha256 mac = mark(account, record, password);
  // Held until so long after argon2id said so, not after the last login.
  if (!held_.insert(mac).second) return;
  ends_.emplace_back(clock_.steady() + held_for_, mac);
  drop_old();
}

void VerifiedCache::forget_all() {
  held_.clear();
  ends_.clear();
}

}  // namespace postkeep::auth
