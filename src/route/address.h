// Addresses that mail may be sent to, and those that it must not be: the
// kinds of IP addresses (RFC 6890 and the registries behind it).
//
// Here:      IpAddress, AddressKind, AddressPrefix.
// Not here:  connecting (role connect); who gets asked for addresses (dns).
// Laws:      proptests/route/route_laws.h.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/octets.h"

namespace postkeep::route {

class IpAddress {
 public:
  [[nodiscard]] static IpAddress v4(const std::array<Octet, 4>& octets);
  [[nodiscard]] static IpAddress v6(const std::array<Octet, 16>& octets);

  [[nodiscard]] bool is_v6() const { return is_v6_; }
  // Four or sixteen, as on the wire.
  [[nodiscard]] Octets octets() const {
    return {octets_.data(), is_v6_ ? octets_.size() : 4};
  }

  auto operator<=>(const IpAddress&) const = default;

 private:
  bool is_v6_ = false;
  std::array<Octet, 16> octets_{};
};

// "192.0.2.1", "2001:db8::1" (RFC 5952).
[[nodiscard]] std::string write(const IpAddress& address);

enum class AddressKind : std::uint8_t {
  global,
  unspecified,    // 0.0.0.0/8, ::
  loopback,       // 127.0.0.0/8, ::1
  private_use,    // RFC 1918, RFC 4193, fec0::/10
  link_local,     // RFC 3927, RFC 4291
  shared,         // 100.64.0.0/10: RFC 6598
  documentation,  // RFC 5737, 3849, 9637
  multicast,      // And broadcast.
  reserved,       // Everything else that no mail server can have.
};
[[nodiscard]] std::string_view name(AddressKind kind);

// Of what is behind it, too: an IPv4 address in an IPv6 one (mapped, 6to4,
// NAT64) is of its own kind, so that nothing gets through by being wrapped.
[[nodiscard]] AddressKind kind_of(const IpAddress& address);

struct AddressPrefix {
  IpAddress address = IpAddress::v4({});
  std::uint8_t bits = 0;  // At most 32 or 128.
  [[nodiscard]] bool contains(const IpAddress& other) const;
  bool operator==(const AddressPrefix&) const = default;
};

}  // namespace postkeep::route
