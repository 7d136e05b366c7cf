#include "role/sessions_of_addresses.h"

#include <gtest/gtest.h>

namespace postkeep::role {
namespace {

TEST(RoleSessionsOfAddresses, each_address_has_so_many_and_no_more) {
  SessionsOfAddresses sessions(2);
  EXPECT_TRUE(sessions.begin("192.0.2.1"));
  EXPECT_TRUE(sessions.begin("192.0.2.1"));
  EXPECT_FALSE(sessions.begin("192.0.2.1"));
  EXPECT_TRUE(sessions.begin("192.0.2.2"));
  sessions.end("192.0.2.1");
  EXPECT_TRUE(sessions.begin("192.0.2.1"));
}

// A client has 2^64 addresses of its own there.
TEST(RoleSessionsOfAddresses, an_ipv6_client_counts_by_its_network) {
  SessionsOfAddresses sessions(2);
  EXPECT_TRUE(sessions.begin("IPv6:2001:db8::1"));
  EXPECT_TRUE(sessions.begin("IPv6:2001:db8::2:3"));
  EXPECT_FALSE(sessions.begin("IPv6:2001:db8::4"));
  EXPECT_TRUE(sessions.begin("IPv6:2001:db8:0:1::1"));
  sessions.end("IPv6:2001:db8::1");
  EXPECT_TRUE(sessions.begin("IPv6:2001:db8::4"));
}

}  // namespace
}  // namespace postkeep::role
