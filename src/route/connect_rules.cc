#include "route/connect_rules.h"

#include <algorithm>

#include "base/check.h"

namespace postkeep::route {
namespace {

std::optional<ConnectRefusal> refusal_of_kind(AddressKind kind) {
  switch (kind) {
    case AddressKind::global: return std::nullopt;
    case AddressKind::unspecified: return ConnectRefusal::address_unspecified;
    case AddressKind::loopback: return ConnectRefusal::address_loopback;
    case AddressKind::private_use: return ConnectRefusal::address_private;
    case AddressKind::link_local: return ConnectRefusal::address_link_local;
    case AddressKind::shared: return ConnectRefusal::address_shared;
    case AddressKind::documentation:
      return ConnectRefusal::address_documentation;
    case AddressKind::multicast: return ConnectRefusal::address_multicast;
    case AddressKind::reserved: break;
  }
  return ConnectRefusal::address_reserved;
}

// ::ffff:0:0/96 and, in disuse, ::/96 but for :: and ::1.
bool is_wrapped(const IpAddress& address) {
  if (!address.is_v6()) return false;
  const Octets octets = address.octets();
  const auto zeros = [&](std::size_t count) {
    return std::ranges::all_of(octets.first(count),
                               [](Octet octet) { return octet == 0; });
  };
  if (zeros(10) && octets[10] == 0xFF && octets[11] == 0xFF) return true;
  return zeros(12) && !(zeros(15) && octets[15] <= 1);
}

bool is_allowed(const ConnectRules& rules, const IpAddress& address) {
  return std::ranges::any_of(rules.allowed, [&](const AddressPrefix& prefix) {
    return prefix.contains(address);
  });
}

}  // namespace

std::optional<ConnectRefusal> refusal_of(const ConnectRules& rules,
                                         const IpAddress& address,
                                         std::uint16_t port) {
  if (!(address.is_v6() ? rules.ipv6 : rules.ipv4)) {
    return ConnectRefusal::family_unused;
  }
  if (std::ranges::find(rules.ports, port) == rules.ports.end()) {
    return ConnectRefusal::port_not_allowed;
  }
  if (is_wrapped(address)) return ConnectRefusal::wrapped_address;
  if (is_allowed(rules, address)) return std::nullopt;
  if (std::ranges::find(rules.own, address) != rules.own.end()) {
    return ConnectRefusal::own_address;
  }
  return refusal_of_kind(kind_of(address));
}

std::optional<ConnectRefusal> refusal_of_open(const ConnectRules& rules,
                                              const IpAddress& own,
                                              const IpAddress& other) {
  if (own != other || is_allowed(rules, other)) return std::nullopt;
  return ConnectRefusal::own_address;
}

std::string_view name(ConnectRefusal refusal) {
  switch (refusal) {
    case ConnectRefusal::family_unused: return "family_unused";
    case ConnectRefusal::port_not_allowed: return "port_not_allowed";
    case ConnectRefusal::wrapped_address: return "wrapped_address";
    case ConnectRefusal::own_address: return "own_address";
    case ConnectRefusal::address_unspecified: return "address_unspecified";
    case ConnectRefusal::address_loopback: return "address_loopback";
    case ConnectRefusal::address_private: return "address_private";
    case ConnectRefusal::address_link_local: return "address_link_local";
    case ConnectRefusal::address_shared: return "address_shared";
    case ConnectRefusal::address_documentation: return "address_documentation";
    case ConnectRefusal::address_multicast: return "address_multicast";
    case ConnectRefusal::address_reserved: return "address_reserved";
  }
  check_failed("ConnectRefusal holds one of its enumerators", __FILE__,
               __LINE__);
}

}  // namespace postkeep::route
