// The laws of route/connect_rules.h. Said once; tried by tests/route and
// proptests/route.
#pragma once

#include <algorithm>
#include <cstdint>

#include "route/connect_rules.h"

namespace postkeep::route {

inline bool is_listed(const std::vector<AddressPrefix>& prefixes,
                      const IpAddress& address) {
  return std::ranges::any_of(prefixes, [&](const AddressPrefix& one) {
    return one.contains(address);
  });
}

// What may be opened is of the open Internet or named by the operator, and
// always at a port that is for mail.
inline bool law_only_what_is_global_or_allowed(const ConnectRules& rules,
                                               const IpAddress& address,
                                               std::uint16_t port) {
  if (refusal_of(rules, address, port)) return true;
  const bool port_is_known =
      std::ranges::find(rules.ports, port) != rules.ports.end();
  return port_is_known && (is_listed(rules.allowed, address) ||
                           kind_of(address) == AddressKind::global);
}

// An own address is never opened unless it is allowed by name.
inline bool law_never_to_itself(ConnectRules rules, const IpAddress& address,
                                std::uint16_t port) {
  rules.own.push_back(address);
  return refusal_of(rules, address, port).has_value() ||
         is_listed(rules.allowed, address);
}

// A prefix more allows what it holds, and changes nothing else.
inline bool law_allowing_is_exact(const ConnectRules& rules,
                                  const AddressPrefix& more,
                                  const IpAddress& address,
                                  std::uint16_t port) {
  ConnectRules wider = rules;
  wider.allowed.push_back(more);
  const auto before = refusal_of(rules, address, port);
  const auto after = refusal_of(wider, address, port);
  if (!more.contains(address)) return before == after;
  return !before || !after || before == after;
}

// The address at both ends is this host, whatever is configured.
inline bool law_an_echo_is_refused(const ConnectRules& rules,
                                   const IpAddress& address) {
  return refusal_of_open(rules, address, address).has_value() !=
         is_listed(rules.allowed, address);
}

}  // namespace postkeep::route
