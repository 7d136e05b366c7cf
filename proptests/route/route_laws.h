// The laws of route/route.h and route/address.h. Each returns true when it
// holds.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "route/route.h"

namespace postkeep::route {

// A stream of chance from a seed.
class LawRandom final : public Random {
 public:
  explicit LawRandom(std::uint64_t seed) : state_(seed) {}
  void fill(std::span<Octet> room) override {
    for (Octet& octet : room) {
      state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
      octet = static_cast<Octet>(state_ >> 56U);
    }
  }

 private:
  std::uint64_t state_;
};

// Hosts are of the list, each once, in the order of their preferences, without
// this server and all that is not better than it; and no more than the limit.
inline bool law_hosts_are_in_order(const DnsAnswer& mx,
                                   const RouteOptions& options,
                                   std::uint64_t seed) {
  LawRandom random{seed};
  const auto found = hosts_of(mx, options, random);
  if (!found) return true;
  const auto& hosts = found->hosts;
  if (hosts.empty() || hosts.size() > hosts_max) return false;
  if (!std::ranges::is_sorted(hosts, {}, &RouteHost::preference)) return false;
  std::set<DnsName> names;
  for (const RouteHost& each : hosts) {
    if (!names.insert(each.name).second) return false;
    for (const DnsMx& listed : mx.mx) {
      const bool own = std::ranges::find(options.own_names, listed.exchange) !=
                       options.own_names.end();
      if (own && each.preference >= listed.preference) return false;
      // It has the best of its preferences.
      if (listed.exchange == each.name && listed.preference < each.preference) {
        return false;
      }
    }
  }
  return true;
}

// Chance decides among equals and nothing else.
inline bool law_chance_changes_only_equals(const DnsAnswer& mx,
                                           const RouteOptions& options) {
  LawRandom one{1};
  LawRandom two{2};
  const auto left = hosts_of(mx, options, one);
  const auto right = hosts_of(mx, options, two);
  if (left.has_value() != right.has_value()) return false;
  if (!left) return left.error() == right.error();
  // Where the list is cut at the limit, the equals on the edge differ.
  if (left->hosts.size() == hosts_max) return true;
  std::multimap<std::uint16_t, DnsName> a;
  std::multimap<std::uint16_t, DnsName> b;
  for (const auto& each : left->hosts) a.emplace(each.preference, each.name);
  for (const auto& each : right->hosts) b.emplace(each.preference, each.name);
  return std::ranges::is_permutation(a, b);
}

// What is tried is usable, not this server, each once, in the hosts' order, and
// no more of one host than the limit.
inline bool law_attempts_are_sound(const std::vector<HostAnswers>& hosts,
                                   const RouteOptions& options,
                                   std::uint64_t seed) {
  LawRandom random{seed};
  const auto attempts = attempts_of(hosts, options, random);
  if (!attempts) return true;
  std::set<IpAddress> seen;
  std::map<DnsName, std::size_t> count;
  for (const RouteAttempt& each : *attempts) {
    if (!seen.insert(each.address).second) return false;
    if (++count[each.host.name] > host_addresses_max) return false;
    if (each.address.is_v6() ? !options.ipv6 : !options.ipv4) return false;
    if (std::ranges::find(options.own_addresses, each.address) !=
        options.own_addresses.end()) {
      return false;
    }
    const bool allowed = std::ranges::any_of(
        options.allowed,
        [&](const auto& prefix) { return prefix.contains(each.address); });
    if (!allowed && kind_of(each.address) != AddressKind::global) return false;
  }
  return !attempts->empty() &&
         std::ranges::is_sorted(*attempts, {}, [](const RouteAttempt& each) {
           return each.host.preference;
         });
}

}  // namespace postkeep::route
