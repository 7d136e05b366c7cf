#include "config/resolvers.h"

#include "config/reader.h"
#include "gtest/gtest.h"

namespace postkeep::config {
namespace {

std::string again(std::string_view text) {
  const auto read = read_resolver(text);
  return read ? write(*read) : "no resolver";
}

TEST(ConfigResolvers, addresses_with_and_without_a_port) {
  EXPECT_EQ(again("127.0.0.1"), "127.0.0.1:53");
  EXPECT_EQ(again("127.0.0.1:5353"), "127.0.0.1:5353");
  EXPECT_EQ(again("::1"), "[::1]:53");
  EXPECT_EQ(again("[2001:db8::53]:5353"), "[2001:db8::53]:5353");
  for (const char* wrong :
       {"", "localhost", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536",
        "127.0.0.1:53x", "127.0.0", "[::1]", "fe80::1%eth0", "dns.example:53",
        "127.0.0.1 ", "[127.0.0.1:53"}) {
    EXPECT_EQ(again(wrong), "no resolver") << wrong;
  }
}

TEST(ConfigResolvers, resolv_conf_is_read_as_others_read_it) {
  const auto read = read_resolv_conf(
      "# nameserver 192.0.2.9\n"
      "search example.org\n"
      "nameserver 192.0.2.1\n"
      "  nameserver\t2001:db8::1  # why\r\n"
      "nameserver fe80::1%eth0\n"
      "nameservers 192.0.2.2\n"
      "nameserver\n"
      "nameserver 192.0.2.300\n"
      "options trust-ad\n"
      "nameserver 192.0.2.3");
  ASSERT_EQ(read.size(), 3U);
  EXPECT_EQ(write(read[0]), "192.0.2.1:53");
  EXPECT_EQ(write(read[1]), "[2001:db8::1]:53");
  EXPECT_EQ(write(read[2]), "192.0.2.3:53");
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "nameserver 192.0.2.1\n";
  EXPECT_EQ(read_resolv_conf(many).size(), resolvers_max);
  EXPECT_TRUE(read_resolv_conf("").empty());
}

TEST(ConfigResolvers, the_operators_come_before_the_systems) {
  DnsSettings dns;
  EXPECT_EQ(write(resolvers_of(dns, "nameserver 192.0.2.1\n").at(0)),
            "192.0.2.1:53");
  dns.resolvers = {"192.0.2.7:5300"};
  const auto own = resolvers_of(dns, "nameserver 192.0.2.1\n");
  ASSERT_EQ(own.size(), 1U);
  EXPECT_EQ(write(own[0]), "192.0.2.7:5300");
}

TEST(ConfigResolvers, mistakes_are_told) {
  const auto told = [](const std::string& text) {
    const auto config = read("domains = [\"example.org\"]\n[dns]\n" + text);
    return config ? std::string("well") : write("f", config.error().at(0));
  };
  EXPECT_EQ(told("resolvers = [\"127.0.0.1\"]\ntrusted = [\"127.0.0.1:53\"]\n"),
            "well");
  EXPECT_EQ(told("trusted = [\"127.0.0.1\"]\n"), "well");
  EXPECT_NE(
      told("resolvers = [\"dns\"]\n").find("f:3: dns.resolvers: `dns` is"),
      std::string::npos);
  EXPECT_NE(told("trusted = [\"dns\"]\n").find("f:3: dns.trusted: `dns` is"),
            std::string::npos);
  EXPECT_NE(told("resolvers = [\"::1\"]\ntrusted = [\"127.0.0.1\"]\n")
                .find("f:4: dns.trusted: `127.0.0.1` is none of dns.resolvers"),
            std::string::npos);
  std::string nine = "resolvers = [";
  for (int i = 1; i <= 9; ++i) {
    nine += "\"192.0.2." + std::to_string(i) + "\",";
  }
  EXPECT_NE(told(nine + "]\n").find("8 at most"), std::string::npos);
  EXPECT_NE(told("attempt_milliseconds = 5000\ndeadline_milliseconds = 4000\n")
                .find("dns.deadline_milliseconds is shorter"),
            std::string::npos);
}

}  // namespace
}  // namespace postkeep::config
