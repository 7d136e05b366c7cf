// Known answers for route/address.h.
#include "route/address.h"

#include <gtest/gtest.h>

#include <set>

using namespace postkeep;
using namespace postkeep::route;

namespace {

IpAddress v4(Octet a, Octet b, Octet c, Octet d) {
  return IpAddress::v4({a, b, c, d});
}

IpAddress v6(const std::vector<unsigned>& groups) {
  std::array<Octet, 16> octets{};
  for (std::size_t i = 0; i < groups.size(); ++i) {
    octets[2 * i] = static_cast<Octet>(groups[i] >> 8U);
    octets[2 * i + 1] = static_cast<Octet>(groups[i] & 255U);
  }
  return IpAddress::v6(octets);
}

TEST(RouteAddress, kinds_of_ipv4_addresses) {
  EXPECT_EQ(kind_of(v4(8, 8, 8, 8)), AddressKind::global);
  EXPECT_EQ(kind_of(v4(0, 0, 0, 0)), AddressKind::unspecified);
  EXPECT_EQ(kind_of(v4(127, 0, 0, 1)), AddressKind::loopback);
  EXPECT_EQ(kind_of(v4(127, 255, 255, 255)), AddressKind::loopback);
  EXPECT_EQ(kind_of(v4(128, 0, 0, 0)), AddressKind::global);
  EXPECT_EQ(kind_of(v4(10, 1, 2, 3)), AddressKind::private_use);
  EXPECT_EQ(kind_of(v4(172, 15, 255, 255)), AddressKind::global);
  EXPECT_EQ(kind_of(v4(172, 16, 0, 0)), AddressKind::private_use);
  EXPECT_EQ(kind_of(v4(172, 31, 255, 255)), AddressKind::private_use);
  EXPECT_EQ(kind_of(v4(172, 32, 0, 0)), AddressKind::global);
  EXPECT_EQ(kind_of(v4(192, 168, 1, 1)), AddressKind::private_use);
  EXPECT_EQ(kind_of(v4(169, 254, 169, 254)), AddressKind::link_local);
  EXPECT_EQ(kind_of(v4(100, 64, 0, 1)), AddressKind::shared);
  EXPECT_EQ(kind_of(v4(100, 128, 0, 1)), AddressKind::global);
  EXPECT_EQ(kind_of(v4(192, 0, 2, 1)), AddressKind::documentation);
  EXPECT_EQ(kind_of(v4(224, 0, 0, 1)), AddressKind::multicast);
  EXPECT_EQ(kind_of(v4(255, 255, 255, 255)), AddressKind::multicast);
  EXPECT_EQ(kind_of(v4(240, 0, 0, 1)), AddressKind::reserved);
}

TEST(RouteAddress, kinds_of_ipv6_addresses) {
  EXPECT_EQ(kind_of(v6({0x2607, 0xF8B0})), AddressKind::global);
  EXPECT_EQ(kind_of(v6({})), AddressKind::unspecified);
  EXPECT_EQ(kind_of(v6({0, 0, 0, 0, 0, 0, 0, 1})), AddressKind::loopback);
  EXPECT_EQ(kind_of(v6({0xFE80, 0, 0, 0, 1})), AddressKind::link_local);
  EXPECT_EQ(kind_of(v6({0xFEBF})), AddressKind::link_local);
  EXPECT_EQ(kind_of(v6({0xFEC0})), AddressKind::private_use);
  EXPECT_EQ(kind_of(v6({0xFD00, 1})), AddressKind::private_use);
  EXPECT_EQ(kind_of(v6({0xFF02})), AddressKind::multicast);
  EXPECT_EQ(kind_of(v6({0x2001, 0xDB8})), AddressKind::documentation);
  EXPECT_EQ(kind_of(v6({0x3FFF, 0x0123})), AddressKind::documentation);
  EXPECT_EQ(kind_of(v6({0x3FFF, 0x1000})), AddressKind::global);
  EXPECT_EQ(kind_of(v6({0x2001, 0x0000})), AddressKind::reserved);
  EXPECT_EQ(kind_of(v6({0x2001, 0x4860})), AddressKind::global);
  EXPECT_EQ(kind_of(v6({0x4000})), AddressKind::reserved);
}

// Nothing gets through by being wrapped.
TEST(RouteAddress, an_ipv4_address_in_an_ipv6_one_is_of_its_own_kind) {
  const auto mapped = [](unsigned high, unsigned low) {
    return kind_of(v6({0, 0, 0, 0, 0, 0xFFFF, high, low}));
  };
  EXPECT_EQ(mapped(0x7F00, 1), AddressKind::loopback);
  EXPECT_EQ(mapped(0x0808, 0x0808), AddressKind::global);
  EXPECT_EQ(kind_of(v6({0x64, 0xFF9B, 0, 0, 0, 0, 0x0A00, 1})),
            AddressKind::private_use);
  EXPECT_EQ(kind_of(v6({0x2002, 0xC0A8, 0x0101})), AddressKind::private_use);
  EXPECT_EQ(kind_of(v6({0, 0, 0, 0, 0, 0, 0x7F00, 1})), AddressKind::reserved);
}

TEST(RouteAddress, a_prefix_holds_its_own_family_only) {
  const AddressPrefix ten{v4(10, 0, 0, 0), 8};
  EXPECT_TRUE(ten.contains(v4(10, 255, 0, 1)));
  EXPECT_FALSE(ten.contains(v4(11, 0, 0, 0)));
  EXPECT_FALSE(ten.contains(v6({0x0A00})));
  const AddressPrefix odd{v4(10, 0, 0, 128), 25};
  EXPECT_TRUE(odd.contains(v4(10, 0, 0, 200)));
  EXPECT_FALSE(odd.contains(v4(10, 0, 0, 1)));
  EXPECT_TRUE((AddressPrefix{v4(0, 0, 0, 0), 0}.contains(v4(9, 9, 9, 9))));
  EXPECT_TRUE((AddressPrefix{v6({1}), 128}.contains(v6({1}))));
  EXPECT_FALSE((AddressPrefix{v4(1, 2, 3, 4), 33}.contains(v4(1, 2, 3, 4))));
}

// RFC 5952 section 4.
TEST(RouteAddress, addresses_are_written_in_their_one_form) {
  EXPECT_EQ(write(v4(192, 0, 2, 1)), "192.0.2.1");
  EXPECT_EQ(write(v6({})), "::");
  EXPECT_EQ(write(v6({0, 0, 0, 0, 0, 0, 0, 1})), "::1");
  EXPECT_EQ(write(v6({0x2001, 0xDB8})), "2001:db8::");
  EXPECT_EQ(write(v6({0x2001, 0xDB8, 0, 1, 1, 1, 1, 1})),
            "2001:db8:0:1:1:1:1:1");
  EXPECT_EQ(write(v6({0x2001, 0, 0, 1, 0, 0, 0, 1})), "2001:0:0:1::1");
  EXPECT_EQ(write(v6({0x2001, 0xDB8, 0, 0, 1, 0, 0, 1})), "2001:db8::1:0:0:1");
}

TEST(RouteAddress, every_kind_has_its_own_name) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(AddressKind::reserved); ++i) {
    EXPECT_TRUE(names.insert(name(static_cast<AddressKind>(i))).second);
  }
}

}  // namespace
