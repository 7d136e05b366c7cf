// Growing delays for who guesses passwords, by address and by account.
//
// Here:      Throttle, network_of().
// Not here:  the queue before the workers (auth/fair_queue.h).
// Laws:      proptests/auth/throttle_laws.h: a delay never falls by failing,
//            tables stay under their bound, time heals.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace postkeep::auth {

struct ThrottleLimits {
  // The first failures cost nothing but their own time: people mistype.
  std::uint32_t free_failures = 3;
  Duration first_delay = std::chrono::seconds(1);  // Doubles from here.
  Duration delay_max = std::chrono::seconds(60);
  // An account is slowed less, else strangers could lock its owner out.
  Duration account_delay_max = std::chrono::seconds(8);
  // One failure is forgotten after this long without another.
  Duration forget = std::chrono::minutes(10);
  std::size_t entries_max = 65536;  // Of each table.
};

class Throttle {
 public:
  // `clock` must outlive it.
  explicit Throttle(const Clock& clock, ThrottleLimits limits = {});

  // How long an attempt from `address` on `account` waits before it is
  // looked at. Both as text; compared as network_of() and folded. An empty
  // account is nobody's: only the address counts.
  [[nodiscard]] Duration delay(std::string_view address,
                               std::string_view account) const;
  void failed(std::string_view address, std::string_view account);
  // The address keeps its failures: else one good account of an attacker's
  // own would wash all others.
  void succeeded(std::string_view address, std::string_view account);

  [[nodiscard]] std::size_t entries() const;

 private:
  struct Entry {
    std::uint32_t failures = 0;
    SteadyTime last;
    std::list<std::string>::iterator age;
  };
  struct Table {
    std::map<std::string, Entry, std::less<>> entries;
    std::list<std::string> by_age;  // Keys: who has been quiet longest first.
  };
  [[nodiscard]] std::uint32_t failures(const Table& table,
                                       std::string_view key) const;
  void count(Table& table, const std::string& key);
  static void forget(Table& table, std::string_view key);

  const Clock& clock_;
  ThrottleLimits limits_;
  Table addresses_;
  Table accounts_;
};

// What stands for an address: itself for IPv4, its /64 for IPv6, since who has
// one address of that has them all.
[[nodiscard]] std::string network_of(std::string_view address);

}  // namespace postkeep::auth
