#include "role/outbound_rules.h"

#include <algorithm>
#include <array>

#include "config/address_prefix.h"

namespace postkeep::role {

route::IpAddress address_of(const DialAddress& address) {
  if (address.is_v6) return route::IpAddress::v6(address.octets);
  std::array<Octet, 4> octets{};
  std::copy_n(address.octets.begin(), octets.size(), octets.begin());
  return route::IpAddress::v4(octets);
}

std::vector<route::AddressPrefix> prefixes_of(
    const std::vector<std::string>& texts) {
  std::vector<route::AddressPrefix> prefixes;
  for (const std::string& text : texts) {
    const auto read = config::read_address_prefix(text);
    if (!read) continue;
    prefixes.push_back({address_of({read->is_v6, read->octets}), read->bits});
  }
  return prefixes;
}

route::ConnectRules connect_rules_of(const config::Outbound& outbound) {
  route::ConnectRules rules;
  rules.ipv4 = outbound.ipv4;
  rules.ipv6 = outbound.ipv6;
  rules.ports = {static_cast<std::uint16_t>(outbound.port)};
  for (const route::AddressPrefix& one : prefixes_of(outbound.own_addresses)) {
    rules.own.push_back(one.address);
  }
  rules.allowed = prefixes_of(outbound.allow_private);
  return rules;
}

}  // namespace postkeep::role
