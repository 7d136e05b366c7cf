// Routes: from what the DNS says of a domain to the hosts and addresses that
// are tried for its mail, in their order (RFC 5321 section 5.1, RFC 7505).
//
// Here:      hosts_of(), attempts_of() and what they decide with.
// Not here:  asking (base/dns.h), connecting (role connect), TLSA and MTA-STS.
// Laws:      proptests/route/route_laws.h.
//
// Two steps, because between them the hosts' addresses are asked for:
//   hosts_of(domain's MX)           hosts, or why there are none
//   attempts_of(hosts' addresses)   addresses, or why there are none
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string_view>
#include <vector>

#include "base/dns.h"
#include "base/random.h"
#include "route/address.h"

namespace postkeep::route {

// More are left out: a list of thousands is no help to anyone who sends.
inline constexpr std::size_t hosts_max = 20;
// Of one host, both families together.
inline constexpr std::size_t host_addresses_max = 10;

// What is known of this server, and what its operator allows.
struct RouteOptions {
  std::vector<DnsName> own_names;
  std::vector<IpAddress> own_addresses;
  bool ipv4 = true;
  bool ipv6 = true;
  // Addresses of these may be used though their kind is not `global`.
  std::vector<AddressPrefix> allowed;
};

enum class RouteFault : std::uint8_t {
  // For good.
  null_mx,            // RFC 7505: the domain takes no mail. 5.1.10, or 5.7.27.
  no_domain,          // It does not exist. 5.1.2
  no_host,            // It exists, and has no host for mail. 5.4.4
  loops_back,         // The best host is this server. 5.4.6
  addresses_refused,  // Its addresses are not for mail (RouteOptions). 5.4.4
  // For now.
  trouble,  // The DNS did not say. 4.4.3
};
[[nodiscard]] std::string_view name(RouteFault fault);
// Whether trying again may help.
[[nodiscard]] constexpr bool is_temporary(RouteFault fault) {
  return fault == RouteFault::trouble;
}

struct RouteHost {
  DnsName name;
  std::uint16_t preference = 0;
  bool operator==(const RouteHost&) const = default;
};

struct RouteHosts {
  std::vector<RouteHost> hosts;  // At least one, in the order to try.
  bool implicit = false;         // No MX: the domain itself (section 5.1).
  bool authenticated = false;    // The answer was: a claim of DANE's.
  // This server stood in the list, behind all of these: they were cut off
  // there, so that mail never goes in circles.
  bool cut_off = false;
  bool operator==(const RouteHosts&) const = default;
};

// `mx` answers the question for `domain`'s MX records. Hosts of one preference
// come in an order of chance.
[[nodiscard]] std::expected<RouteHosts, RouteFault> hosts_of(
    const DnsAnswer& mx, const RouteOptions& options, Random& random);

// One host with the answers to its two questions. Of a family that is not
// used, the answer is not looked at.
struct HostAnswers {
  RouteHost host;
  DnsAnswer a;
  DnsAnswer aaaa;
};

struct RouteAttempt {
  RouteHost host;
  IpAddress address = IpAddress::v4({});
  // The host's name is an alias, or the answer is not authenticated: facts
  // that DANE asks for (RFC 7672 section 2.2.2).
  bool through_alias = false;
  bool authenticated = false;
  bool operator==(const RouteAttempt&) const = default;
};

// The addresses to try, one after the other: host by host, the families side
// by side, IPv6 first, each in an order of chance. An address twice is tried
// once. Where the DNS is in trouble for one host the others are still good.
[[nodiscard]] std::expected<std::vector<RouteAttempt>, RouteFault> attempts_of(
    const std::vector<HostAnswers>& hosts, const RouteOptions& options,
    Random& random);

}  // namespace postkeep::route
