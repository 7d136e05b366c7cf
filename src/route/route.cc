#include "route/route.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "base/check.h"

namespace postkeep::route {
namespace {

std::uint64_t number_below(std::uint64_t bound, Random& random) {
  std::array<Octet, 8> room{};
  random.fill(room);
  std::uint64_t number = 0;
  for (const Octet octet : room) number = number * 256 + octet;
  return number % bound;  // The bias is 1 in 2^58: nobody's concern.
}

template <typename Iterator>
void shuffle(Iterator first, Iterator last, Random& random) {
  for (auto left = static_cast<std::uint64_t>(last - first); left > 1; --left) {
    const auto at = static_cast<std::ptrdiff_t>(number_below(left, random));
    std::iter_swap(first + at, first + static_cast<std::ptrdiff_t>(left) - 1);
  }
}

// RFC 5321 section 5.1: by preference, "and randomized among those of equal
// preference".
void put_in_order(std::vector<RouteHost>& hosts, Random& random) {
  // By name too, so that one seed has one order.
  std::ranges::sort(hosts, [](const RouteHost& left, const RouteHost& right) {
    return std::tie(left.preference, left.name) <
           std::tie(right.preference, right.name);
  });
  for (auto first = hosts.begin(); first != hosts.end();) {
    const auto last = std::find_if(first, hosts.end(), [&](const auto& each) {
      return each.preference != first->preference;
    });
    shuffle(first, last, random);
    first = last;
  }
}

// A host with two preferences has the better one.
void drop_repeated(std::vector<RouteHost>& hosts) {
  std::set<DnsName> seen;
  std::erase_if(hosts, [&](const RouteHost& each) {
    return !seen.insert(each.name).second;
  });
}

// RFC 5321 section 5.1: from the preference of this server on nothing is left.
template <typename Preferences>
bool cut_off_from(std::uint16_t preference, Preferences& list,
                  auto preference_of) {
  const auto count = std::erase_if(list, [&](const auto& each) {
    return preference_of(each) >= preference;
  });
  return count > 0;
}

bool is_own(const DnsName& name, const RouteOptions& options) {
  return std::ranges::find(options.own_names, name) != options.own_names.end();
}

bool is_own(const IpAddress& address, const RouteOptions& options) {
  return std::ranges::find(options.own_addresses, address) !=
         options.own_addresses.end();
}

bool is_usable(const IpAddress& address, const RouteOptions& options) {
  if (kind_of(address) == AddressKind::global) return true;
  return std::ranges::any_of(options.allowed, [&](const auto& each) {
    return each.contains(address);
  });
}

std::expected<RouteHosts, RouteFault> implicit_host(
    const DnsAnswer& mx, const RouteOptions& options) {
  if (!mx.canonical.is_host()) return std::unexpected(RouteFault::no_host);
  // The domain has no MX and is ours: whoever routes it out has made a loop.
  if (is_own(mx.canonical, options)) {
    return std::unexpected(RouteFault::loops_back);
  }
  return RouteHosts{.hosts = {{mx.canonical, 0}},
                    .implicit = true,
                    .authenticated = mx.authenticated};
}

std::expected<RouteHosts, RouteFault> listed_hosts(const DnsAnswer& mx,
                                                   const RouteOptions& options,
                                                   Random& random) {
  RouteHosts found;
  found.authenticated = mx.authenticated;
  bool has_null = false;
  for (const DnsMx& each : mx.mx) {
    // RFC 7505 section 3: a null MX stands alone; beside others it is passed
    // over. So is what no host can be called.
    if (each.exchange.is_root()) has_null = true;
    if (!each.exchange.is_host()) continue;
    found.hosts.push_back({each.exchange, each.preference});
  }
  if (found.hosts.empty()) {
    return std::unexpected(has_null ? RouteFault::null_mx
                                    : RouteFault::no_host);
  }
  put_in_order(found.hosts, random);
  drop_repeated(found.hosts);
  const auto own = std::ranges::find_if(found.hosts, [&](const auto& each) {
    return is_own(each.name, options);
  });
  if (own != found.hosts.end()) {
    found.cut_off =
        cut_off_from(own->preference, found.hosts,
                     [](const RouteHost& each) { return each.preference; });
    if (found.hosts.empty()) return std::unexpected(RouteFault::loops_back);
  }
  if (found.hosts.size() > hosts_max) found.hosts.resize(hosts_max);
  return found;
}

// The addresses of one host, as one family's answer has them.
struct Addresses {
  std::vector<RouteAttempt> v6;
  std::vector<RouteAttempt> v4;
};

void add(const HostAnswers& host, const DnsAnswer& answer, IpAddress address,
         std::vector<RouteAttempt>& attempts) {
  attempts.push_back({.host = host.host,
                      .address = address,
                      .through_alias = answer.canonical != host.host.name,
                      .authenticated = answer.authenticated});
}

Addresses addresses_of(const HostAnswers& host, const RouteOptions& options) {
  Addresses all;
  if (options.ipv6 && host.aaaa.verdict == DnsVerdict::found) {
    for (const auto& each : host.aaaa.aaaa) {
      add(host, host.aaaa, IpAddress::v6(each), all.v6);
    }
  }
  if (options.ipv4 && host.a.verdict == DnsVerdict::found) {
    for (const auto& each : host.a.a) {
      add(host, host.a, IpAddress::v4(each), all.v4);
    }
  }
  return all;
}

bool is_unclear(const DnsAnswer& answer) {
  return answer.verdict == DnsVerdict::trouble ||
         answer.verdict == DnsVerdict::bogus;
}

// One of each family in turn, so that a host whose one family is broken is
// reached with its second attempt.
std::vector<RouteAttempt> side_by_side(Addresses all, Random& random) {
  shuffle(all.v6.begin(), all.v6.end(), random);
  shuffle(all.v4.begin(), all.v4.end(), random);
  std::vector<RouteAttempt> merged;
  const std::size_t longest = std::max(all.v6.size(), all.v4.size());
  for (std::size_t i = 0; i < longest; ++i) {
    if (i < all.v6.size()) merged.push_back(all.v6[i]);
    if (i < all.v4.size()) merged.push_back(all.v4[i]);
  }
  return merged;
}

}  // namespace

std::expected<RouteHosts, RouteFault> hosts_of(const DnsAnswer& mx,
                                               const RouteOptions& options,
                                               Random& random) {
  switch (mx.verdict) {
    case DnsVerdict::found: return listed_hosts(mx, options, random);
    case DnsVerdict::no_data: return implicit_host(mx, options);
    case DnsVerdict::no_name: return std::unexpected(RouteFault::no_domain);
    case DnsVerdict::trouble:
    case DnsVerdict::bogus: break;
  }
  return std::unexpected(RouteFault::trouble);
}

std::expected<std::vector<RouteAttempt>, RouteFault> attempts_of(
    const std::vector<HostAnswers>& hosts, const RouteOptions& options,
    Random& random) {
  std::vector<RouteAttempt> attempts;
  std::set<IpAddress> seen;
  std::optional<std::uint16_t> own;
  std::optional<std::uint16_t> unclear;
  bool refused = false;
  for (const HostAnswers& host : hosts) {
    const std::uint16_t preference = host.host.preference;
    if ((options.ipv6 && is_unclear(host.aaaa)) ||
        (options.ipv4 && is_unclear(host.a))) {
      unclear = std::min(unclear.value_or(preference), preference);
    }
    std::size_t taken = 0;
    for (RouteAttempt& each :
         side_by_side(addresses_of(host, options), random)) {
      if (is_own(each.address, options)) {
        own = std::min(own.value_or(preference), preference);
      } else if (!is_usable(each.address, options)) {
        refused = true;
      } else if (taken < host_addresses_max &&
                 seen.insert(each.address).second) {
        taken += 1;
        attempts.push_back(std::move(each));
      }
    }
  }
  if (own) {
    cut_off_from(*own, attempts,
                 [](const RouteAttempt& each) { return each.host.preference; });
  }
  if (!attempts.empty()) return attempts;
  // What could not be found out may have been an address, unless it stands
  // behind this server anyway.
  if (unclear && (!own || *unclear < *own)) {
    return std::unexpected(RouteFault::trouble);
  }
  if (own) return std::unexpected(RouteFault::loops_back);
  return std::unexpected(refused ? RouteFault::addresses_refused
                                 : RouteFault::no_host);
}

std::string_view name(RouteFault fault) {
  switch (fault) {
    case RouteFault::null_mx: return "null_mx";
    case RouteFault::no_domain: return "no_domain";
    case RouteFault::no_host: return "no_host";
    case RouteFault::loops_back: return "loops_back";
    case RouteFault::addresses_refused: return "addresses_refused";
    case RouteFault::trouble: return "trouble";
  }
  check_failed("RouteFault holds one of its enumerators", __FILE__, __LINE__);
}

}  // namespace postkeep::route
