// The laws of route/connect_rules.h on generated addresses.
#include <rapidcheck.h>

#include "route/connect_rules_laws.h"

using namespace postkeep;
using namespace postkeep::route;

namespace {

// Octets at which the registries turn come often.
rc::Gen<Octet> turning_octet() {
  return rc::gen::oneOf(
      rc::gen::arbitrary<Octet>(),
      rc::gen::element<Octet>(0, 1, 8, 10, 64, 100, 127, 128, 168, 169, 172,
                              192, 224, 240, 254, 255));
}

rc::Gen<IpAddress> any_address() {
  return rc::gen::exec([] {
    if (*rc::gen::arbitrary<bool>()) {
      std::array<Octet, 4> octets{};
      for (Octet& octet : octets) octet = *turning_octet();
      return IpAddress::v4(octets);
    }
    std::array<Octet, 16> octets{};
    const auto first = *rc::gen::inRange<std::size_t>(0, octets.size());
    for (std::size_t i = first; i < octets.size(); ++i) {
      octets[i] = *turning_octet();
    }
    return IpAddress::v6(octets);
  });
}

rc::Gen<AddressPrefix> any_prefix() {
  return rc::gen::exec([] {
    AddressPrefix prefix;
    prefix.address = *any_address();
    prefix.bits = static_cast<std::uint8_t>(
        *rc::gen::inRange(0, prefix.address.is_v6() ? 129 : 33));
    return prefix;
  });
}

rc::Gen<ConnectRules> any_rules() {
  return rc::gen::exec([] {
    ConnectRules rules;
    rules.ipv4 = *rc::gen::arbitrary<bool>();
    rules.ipv6 = *rc::gen::arbitrary<bool>();
    rules.ports = {25, 2525};
    const auto own = *rc::gen::inRange(0, 3);
    for (int i = 0; i < own; ++i) rules.own.push_back(*any_address());
    const auto allowed = *rc::gen::inRange(0, 3);
    for (int i = 0; i < allowed; ++i) rules.allowed.push_back(*any_prefix());
    return rules;
  });
}

std::uint16_t any_port() { return *rc::gen::element<std::uint16_t>(25, 26); }

}  // namespace

int main() {
  bool held = true;
  held &= rc::check("only what is global or allowed, at a port for mail", [] {
    const ConnectRules rules = *any_rules();
    const IpAddress address = *any_address();
    RC_ASSERT(law_only_what_is_global_or_allowed(rules, address, any_port()));
  });
  held &= rc::check("never to itself", [] {
    const ConnectRules rules = *any_rules();
    const IpAddress address = *any_address();
    RC_ASSERT(law_never_to_itself(rules, address, any_port()));
  });
  held &= rc::check("allowing a network allows no other", [] {
    const ConnectRules rules = *any_rules();
    const AddressPrefix more = *any_prefix();
    const IpAddress address = *any_address();
    RC_ASSERT(law_allowing_is_exact(rules, more, address, any_port()));
  });
  held &= rc::check("one address at both ends is refused", [] {
    const ConnectRules rules = *any_rules();
    const IpAddress address = *any_address();
    RC_ASSERT(law_an_echo_is_refused(rules, address));
  });
  return held ? 0 : 1;
}
