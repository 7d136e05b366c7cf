// The laws of auth/throttle.h and auth/verified_cache.h.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "auth/throttle.h"
#include "auth/verified_cache.h"
#include "sim/sim_clock.h"
#include "sim/sim_random.h"

namespace postkeep::auth {

struct Attempt {
  int address = 0;
  int account = 0;
  int seconds_before = 0;
  bool fits = false;
};

// A failure never makes the next delay shorter; no delay passes its bound;
// the tables stay under theirs; enough time heals everything.
inline bool law_delays_grow_and_heal(const std::vector<Attempt>& attempts) {
  sim::SimClock clock;
  ThrottleLimits limits;
  limits.entries_max = 8;
  Throttle throttle(clock, limits);
  for (const Attempt& attempt : attempts) {
    clock.pass(std::chrono::seconds(attempt.seconds_before));
    const std::string address = "192.0.2." + std::to_string(attempt.address);
    const std::string account = std::to_string(attempt.account) + "@a.example";
    const Duration before = throttle.delay(address, account);
    if (before > limits.delay_max) return false;
    if (attempt.fits) {
      throttle.succeeded(address, account);
      if (throttle.delay(address, account) > before) return false;
    } else {
      throttle.failed(address, account);
      if (throttle.delay(address, account) < before) return false;
    }
    if (throttle.entries() > 2 * limits.entries_max) return false;
  }
  clock.pass(limits.forget * 1001);
  for (const Attempt& attempt : attempts) {
    if (throttle.delay("192.0.2." + std::to_string(attempt.address),
                       std::to_string(attempt.account) + "@a.example") !=
        Duration::zero()) {
      return false;
    }
  }
  return true;
}

struct CacheMove {
  bool remembers = false;
  int account = 0;
  int record = 0;
  int password = 0;
  int seconds_before = 0;
};

// Held is only what was remembered, with that record and password, and not
// longer than held_for; nothing is held past the bound.
inline bool law_cache_holds_what_was_remembered(
    const std::vector<CacheMove>& moves, std::size_t entries_max) {
  sim::SimClock clock;
  sim::SimRandom random(3);
  const Duration held_for = std::chrono::seconds(100);
  VerifiedCache cache(random, clock, entries_max, held_for);
  std::map<std::tuple<int, int, int>, SteadyTime> remembered;
  for (const CacheMove& move : moves) {
    clock.pass(std::chrono::seconds(move.seconds_before));
    const std::string account = std::to_string(move.account) + "@a.example";
    const std::string record = "record" + std::to_string(move.record);
    const std::string password = "password" + std::to_string(move.password);
    const std::tuple key(move.account, move.record, move.password);
    if (move.remembers) {
      if (!cache.holds(account, record, octets(password)))
        remembered[key] = clock.steady();
      cache.remember(account, record, octets(password));
    } else if (cache.holds(account, record, octets(password))) {
      const auto found = remembered.find(key);
      if (found == remembered.end() ||
          clock.steady() - found->second >= held_for) {
        return false;
      }
    }
    if (cache.size() > entries_max) return false;
  }
  return true;
}

}  // namespace postkeep::auth
