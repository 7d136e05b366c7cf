// Which connections to other hosts may be opened: by their address and port,
// whatever the DNS, and whoever writes in its name, says.
//
// Here:      ConnectRules, ConnectRefusal, refusal_of().
// Not here:  opening them (role/connect.h), the kinds of addresses
//            (route/address.h), which hosts are asked for (route/route.h).
// Laws:      proptests/route/connect_rules_laws.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "route/address.h"

namespace postkeep::route {

struct ConnectRules {
  bool ipv4 = true;
  bool ipv6 = true;
  // No other port is for mail.
  std::vector<std::uint16_t> ports;
  // This host's: what connects there talks to itself.
  std::vector<IpAddress> own;
  // By the operator's word, whatever their kind and though they be own.
  std::vector<AddressPrefix> allowed;
};

enum class ConnectRefusal : std::uint8_t {
  family_unused,  // IPv4 or IPv6 is switched off.
  port_not_allowed,
  wrapped_address,  // IPv4 in IPv6's clothes (RFC 4291 section 2.5.5): not on
                    // the wire, and a way around rules for IPv4.
  own_address,
  address_unspecified,
  address_loopback,
  address_private,
  address_link_local,
  address_shared,
  address_documentation,
  address_multicast,
  address_reserved,
};
[[nodiscard]] std::string_view name(ConnectRefusal refusal);

// Nothing: it may be opened.
[[nodiscard]] std::optional<ConnectRefusal> refusal_of(
    const ConnectRules& rules, const IpAddress& address, std::uint16_t port);

// Of a connection that is open, once the kernel has chosen its own end: the
// same address at both ends is this host, though nobody had said so.
[[nodiscard]] std::optional<ConnectRefusal> refusal_of_open(
    const ConnectRules& rules, const IpAddress& own, const IpAddress& other);

}  // namespace postkeep::route
