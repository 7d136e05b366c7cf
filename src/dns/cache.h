// What the DNS has said, for as long as it may be believed (RFC 1035 section
// 7.4, RFC 2181 section 8, RFC 2308 section 5).
//
// Here:      Cache, CacheLimits.
// Not here:  who may be believed (dns/answer.h), asking (dns/resolver.h).
// Laws:      tests/dns/cache_test.cc: nothing outlives its TTL or its limit;
//            never more entries or octets than the limits say; what was used
//            last goes last; trouble is never kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <optional>

#include "base/clock.h"
#include "base/dns.h"

namespace postkeep::dns {

struct CacheLimits {
  std::size_t entries_max = 20000;
  std::size_t octets_max = 16 * 1024 * 1024;
  // What is found is kept for at least and at most so long, whatever it says.
  // A TTL of 0 forbids keeping (RFC 1035 section 3.2.1): it stays forbidden.
  std::uint32_t ttl_seconds_min = 0;
  std::uint32_t ttl_seconds_max = 86400;
  // Denials (RFC 2308 section 5: one to three hours work well).
  std::uint32_t denial_seconds_max = 3600;
};

class Cache {
 public:
  Cache(const Clock& clock, CacheLimits limits)
      : clock_(clock), limits_(limits) {}

  // With the TTL that is left, rounded down, and `from_cache` set.
  [[nodiscard]] std::optional<DnsAnswer> find(const DnsQuestion& question);
  void put(const DnsQuestion& question, const DnsAnswer& answer);
  void clear();
  void use(CacheLimits limits);

  [[nodiscard]] std::size_t entries() const { return entries_.size(); }
  [[nodiscard]] std::size_t octets() const { return octets_; }

 private:
  struct Entry {
    DnsAnswer answer;
    SteadyTime until;
    std::size_t octets = 0;
    std::list<const DnsQuestion*>::iterator place;
  };
  using Entries = std::map<DnsQuestion, Entry>;

  void remove(Entries::iterator entry);
  void make_room(std::size_t entries, std::size_t octets);
  [[nodiscard]] std::uint32_t seconds_kept(const DnsAnswer& answer) const;

  const Clock& clock_;
  CacheLimits limits_;
  Entries entries_;
  std::list<const DnsQuestion*> used_;  // The one used last in front.
  std::size_t octets_ = 0;
};

// About how much memory an answer takes.
[[nodiscard]] std::size_t octets_of(const DnsAnswer& answer);

}  // namespace postkeep::dns
