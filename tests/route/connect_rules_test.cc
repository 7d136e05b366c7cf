// Known answers for route/connect_rules.h.
#include "route/connect_rules.h"

#include <gtest/gtest.h>

#include <array>

#include "route/connect_rules_laws.h"

using namespace postkeep;
using namespace postkeep::route;

namespace {

IpAddress v4(Octet a, Octet b, Octet c, Octet d) {
  return IpAddress::v4({a, b, c, d});
}
// Of IPv6 the first two octets and the last four.
IpAddress v6(std::array<Octet, 2> first, std::array<Octet, 6> last) {
  std::array<Octet, 16> octets{};
  std::copy(first.begin(), first.end(), octets.begin());
  std::copy(last.begin(), last.end(), octets.begin() + 10);
  return IpAddress::v6(octets);
}

std::string_view refusal(const ConnectRules& rules, const IpAddress& address,
                         std::uint16_t port = 25) {
  const auto why = refusal_of(rules, address, port);
  return why ? name(*why) : "none";
}

struct Example {
  IpAddress address;
  std::string_view refusal;
};

TEST(RouteConnectRules, by_default_the_open_internet_alone) {
  const ConnectRules rules{.ports = {25}, .own = {}, .allowed = {}};
  const std::array examples{
      Example{v4(8, 8, 8, 8), "none"},
      Example{v4(127, 0, 0, 1), "address_loopback"},
      Example{v4(0, 0, 0, 0), "address_unspecified"},
      Example{v4(10, 1, 2, 3), "address_private"},
      Example{v4(192, 168, 0, 1), "address_private"},
      Example{v4(169, 254, 169, 254), "address_link_local"},
      Example{v4(100, 64, 0, 1), "address_shared"},
      Example{v4(192, 0, 2, 1), "address_documentation"},
      Example{v4(224, 0, 0, 1), "address_multicast"},
      Example{v4(255, 255, 255, 255), "address_multicast"},
      Example{v4(240, 0, 0, 1), "address_reserved"},
      Example{v6({0x26, 0x07}, {0, 0, 0, 0, 0, 1}), "none"},
      Example{v6({0, 0}, {0, 0, 0, 0, 0, 1}), "address_loopback"},
      Example{v6({0, 0}, {0, 0, 0, 0, 0, 0}), "address_unspecified"},
      Example{v6({0xFE, 0x80}, {0, 0, 0, 0, 0, 1}), "address_link_local"},
      Example{v6({0xFD, 0}, {0, 0, 0, 0, 0, 1}), "address_private"},
      Example{v6({0, 0}, {0xFF, 0xFF, 8, 8, 8, 8}), "wrapped_address"},
      Example{v6({0, 0}, {0xFF, 0xFF, 127, 0, 0, 1}), "wrapped_address"},
      Example{v6({0, 0}, {0, 0, 127, 0, 0, 1}), "wrapped_address"},
  };
  for (const Example& one : examples) {
    EXPECT_EQ(refusal(rules, one.address), one.refusal) << write(one.address);
  }
}

TEST(RouteConnectRules, ports_and_families_are_the_operators) {
  const ConnectRules rules{
      .ipv6 = false, .ports = {25, 2525}, .own = {}, .allowed = {}};
  EXPECT_EQ(refusal(rules, v4(8, 8, 8, 8), 2525), "none");
  EXPECT_EQ(refusal(rules, v4(8, 8, 8, 8), 22), "port_not_allowed");
  EXPECT_EQ(refusal(rules, v4(8, 8, 8, 8), 0), "port_not_allowed");
  EXPECT_EQ(refusal(rules, v6({0x26, 0x07}, {})), "family_unused");
}

TEST(RouteConnectRules, what_is_allowed_is_allowed_by_network) {
  const ConnectRules rules{.ports = {25},
                           .own = {v4(10, 0, 0, 1)},
                           .allowed = {{v4(10, 0, 0, 0), 24}}};
  EXPECT_EQ(refusal(rules, v4(10, 0, 0, 255)), "none");
  EXPECT_EQ(refusal(rules, v4(10, 0, 0, 1)), "none");
  EXPECT_EQ(refusal(rules, v4(10, 0, 1, 0)), "address_private");
  // Not by another way of writing it.
  EXPECT_EQ(refusal(rules, v6({0, 0}, {0xFF, 0xFF, 10, 0, 0, 5})),
            "wrapped_address");
}

TEST(RouteConnectRules, this_host_is_found_out_by_itself) {
  const ConnectRules rules{.ports = {25},
                           .own = {v4(8, 8, 8, 8)},
                           .allowed = {{v4(9, 9, 9, 9), 32}}};
  EXPECT_EQ(refusal(rules, v4(8, 8, 8, 8)), "own_address");
  EXPECT_EQ(refusal_of_open(rules, v4(8, 8, 4, 4), v4(8, 8, 4, 4)),
            ConnectRefusal::own_address);
  EXPECT_EQ(refusal_of_open(rules, v4(1, 1, 1, 1), v4(8, 8, 4, 4)),
            std::nullopt);
  EXPECT_EQ(refusal_of_open(rules, v4(9, 9, 9, 9), v4(9, 9, 9, 9)),
            std::nullopt);
}

// Every octet pair that begins an address, against the laws.
TEST(RouteConnectRules, laws_on_the_front_of_every_address) {
  const ConnectRules rules{
      .ports = {25}, .own = {}, .allowed = {{v4(10, 0, 0, 0), 9}}};
  for (unsigned front = 0; front < 0x10000; ++front) {
    const auto high = static_cast<Octet>(front >> 8U);
    const auto low = static_cast<Octet>(front & 0xFFU);
    for (const IpAddress& address :
         {v4(high, low, 0, 1), v6({high, low}, {})}) {
      ASSERT_TRUE(law_only_what_is_global_or_allowed(rules, address, 25));
      ASSERT_TRUE(law_never_to_itself(rules, address, 25));
      ASSERT_TRUE(law_an_echo_is_refused(rules, address));
    }
  }
}

}  // namespace
