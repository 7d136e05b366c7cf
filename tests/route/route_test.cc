// Known answers for route/route.h: a test for each rule.
#include "route/route.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "route/route_laws.h"

using namespace postkeep;
using namespace postkeep::route;

namespace {

DnsName dns_name(std::string_view text) { return DnsName::read(text).value(); }

DnsAnswer answer_of(DnsVerdict verdict) {
  DnsAnswer answer;
  answer.verdict = verdict;
  answer.canonical = dns_name("example.org");
  return answer;
}

DnsAnswer mx(std::vector<std::pair<std::uint16_t, std::string>> list) {
  DnsAnswer answer = answer_of(DnsVerdict::found);
  for (const auto& [preference, exchange] : list) {
    answer.mx.push_back({preference, dns_name(exchange)});
  }
  return answer;
}

// "mx1 mx2", or the fault's name.
std::string hosts(const DnsAnswer& answer, const RouteOptions& options = {},
                  std::uint64_t seed = 1) {
  LawRandom random{seed};
  const auto found = hosts_of(answer, options, random);
  if (!found) return std::string{name(found.error())};
  std::string text;
  for (const RouteHost& each : found->hosts) {
    text += (text.empty() ? "" : " ") + std::string{each.name.text()};
  }
  return text;
}

TEST(Route, hosts_are_tried_by_preference) {
  EXPECT_EQ(hosts(mx({{20, "b.test"}, {10, "a.test"}, {30, "c.test"}})),
            "a.test b.test c.test");
}

TEST(Route, chance_decides_among_equals) {
  std::set<std::string> orders;
  const DnsAnswer equals =
      mx({{10, "a.test"}, {10, "b.test"}, {10, "c.test"}, {5, "x.test"}});
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const std::string order = hosts(equals, {}, seed);
    EXPECT_TRUE(order.starts_with("x.test "));
    orders.insert(order);
  }
  EXPECT_EQ(orders.size(), 6U);
}

TEST(Route, a_domain_without_mx_is_its_own_host) {
  EXPECT_EQ(hosts(answer_of(DnsVerdict::no_data)), "example.org");
  LawRandom random{1};
  const auto found = hosts_of(answer_of(DnsVerdict::no_data), {}, random);
  EXPECT_TRUE(found && found->implicit);
}

// RFC 5321 section 5.1: a CNAME's target is taken as though it were the domain.
TEST(Route, an_alias_without_mx_leads_to_what_it_stands_for) {
  DnsAnswer alias = answer_of(DnsVerdict::no_data);
  alias.canonical = dns_name("real.test");
  EXPECT_EQ(hosts(alias), "real.test");
}

TEST(Route, a_null_mx_takes_no_mail) {
  EXPECT_EQ(hosts(mx({{0, "."}})), "null_mx");
  // RFC 7505 section 3: it stands alone, or means nothing.
  EXPECT_EQ(hosts(mx({{0, "."}, {10, "a.test"}})), "a.test");
}

TEST(Route, what_is_no_domain_is_for_good_and_trouble_is_for_now) {
  EXPECT_EQ(hosts(answer_of(DnsVerdict::no_name)), "no_domain");
  EXPECT_EQ(hosts(answer_of(DnsVerdict::trouble)), "trouble");
  EXPECT_EQ(hosts(answer_of(DnsVerdict::bogus)), "trouble");
  EXPECT_TRUE(is_temporary(RouteFault::trouble));
  EXPECT_FALSE(is_temporary(RouteFault::no_domain));
}

TEST(Route, names_that_no_host_has_are_passed_over) {
  EXPECT_EQ(hosts(mx({{1, "192.0.2.1"}, {2, "-x.test"}, {3, "a.test"}})),
            "a.test");
  EXPECT_EQ(hosts(mx({{1, "192.0.2.1"}})), "no_host");
  DnsAnswer odd = answer_of(DnsVerdict::no_data);
  odd.canonical = dns_name("-dmarc.test");
  EXPECT_EQ(hosts(odd), "no_host");
}

TEST(Route, a_host_with_two_preferences_has_the_better_one) {
  EXPECT_EQ(hosts(mx({{30, "a.test"}, {20, "b.test"}, {10, "a.test"}})),
            "a.test b.test");
}

TEST(Route, from_this_server_on_nothing_is_left) {
  RouteOptions options;
  options.own_names.push_back(dns_name("me.test"));
  EXPECT_EQ(
      hosts(
          mx({{10, "a.test"}, {20, "me.test"}, {20, "b.test"}, {30, "c.test"}}),
          options),
      "a.test");
  EXPECT_EQ(hosts(mx({{10, "ME.test"}, {20, "b.test"}}), options),
            "loops_back");
  DnsAnswer own = answer_of(DnsVerdict::no_data);
  own.canonical = dns_name("me.test");
  EXPECT_EQ(hosts(own, options), "loops_back");
}

TEST(Route, twenty_hosts_are_enough) {
  DnsAnswer many = answer_of(DnsVerdict::found);
  for (std::uint16_t i = 0; i < 1000; ++i) {
    many.mx.push_back({i, dns_name("mx" + std::to_string(i) + ".test")});
  }
  LawRandom random{1};
  const auto found = hosts_of(many, {}, random);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->hosts.size(), hosts_max);
  EXPECT_EQ(found->hosts.back().name, dns_name("mx19.test"));
}

HostAnswers host(std::string_view host_name, std::uint16_t preference,
                 std::vector<std::array<Octet, 4>> a,
                 std::vector<std::array<Octet, 16>> aaaa = {}) {
  HostAnswers answers;
  answers.host = {dns_name(host_name), preference};
  answers.a.verdict = a.empty() ? DnsVerdict::no_data : DnsVerdict::found;
  answers.a.canonical = answers.host.name;
  answers.a.a = std::move(a);
  answers.aaaa.verdict = aaaa.empty() ? DnsVerdict::no_data : DnsVerdict::found;
  answers.aaaa.canonical = answers.host.name;
  answers.aaaa.aaaa = std::move(aaaa);
  return answers;
}

std::string attempts(const std::vector<HostAnswers>& list,
                     const RouteOptions& options = {}) {
  LawRandom random{1};
  const auto found = attempts_of(list, options, random);
  if (!found) return std::string{name(found.error())};
  std::string text;
  for (const RouteAttempt& each : *found) {
    text += (text.empty() ? "" : " ") + write(each.address);
  }
  return text;
}

TEST(Route, the_families_stand_side_by_side) {
  const std::array<Octet, 16> six{0x26, 0x07};
  EXPECT_EQ(attempts({host("a.test", 1, {{9, 0, 0, 1}}, {six}),
                      host("b.test", 2, {{9, 0, 0, 2}})}),
            "2607:: 9.0.0.1 9.0.0.2");
  RouteOptions only_four;
  only_four.ipv6 = false;
  EXPECT_EQ(attempts({host("a.test", 1, {{9, 0, 0, 1}}, {six})}, only_four),
            "9.0.0.1");
  RouteOptions only_six;
  only_six.ipv4 = false;
  EXPECT_EQ(attempts({host("a.test", 1, {{9, 0, 0, 1}}, {six})}, only_six),
            "2607::");
}

TEST(Route, an_address_is_tried_once_and_ten_of_a_host_are_enough) {
  EXPECT_EQ(attempts({host("a.test", 1, {{9, 0, 0, 1}}),
                      host("b.test", 2, {{9, 0, 0, 1}, {9, 0, 0, 1}})}),
            "9.0.0.1");
  std::vector<std::array<Octet, 4>> many;
  for (Octet i = 1; i < 100; ++i) many.push_back({9, 0, 0, i});
  LawRandom random{1};
  const auto found = attempts_of({host("a.test", 1, many)}, {}, random);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->size(), host_addresses_max);
}

TEST(Route, addresses_that_are_not_for_mail_are_refused) {
  const auto inside = host("a.test", 1, {{127, 0, 0, 1}, {10, 0, 0, 1}});
  EXPECT_EQ(attempts({inside}), "addresses_refused");
  EXPECT_EQ(attempts({inside, host("b.test", 2, {{9, 0, 0, 1}})}), "9.0.0.1");
  RouteOptions options;
  options.allowed.push_back({IpAddress::v4({10, 0, 0, 0}), 8});
  EXPECT_EQ(attempts({inside}, options), "10.0.0.1");
}

TEST(Route, from_an_own_address_on_nothing_is_left) {
  RouteOptions options;
  options.own_addresses.push_back(IpAddress::v4({9, 0, 0, 9}));
  const auto best = host("a.test", 1, {{9, 0, 0, 1}});
  const auto own = host("b.test", 2, {{9, 0, 0, 9}, {9, 0, 0, 8}});
  const auto worse = host("c.test", 3, {{9, 0, 0, 3}});
  EXPECT_EQ(attempts({best, own, worse}, options), "9.0.0.1");
  EXPECT_EQ(attempts({own, worse}, options), "loops_back");
  // A better host that the DNS says nothing of may still be one.
  HostAnswers unclear = best;
  unclear.a = answer_of(DnsVerdict::trouble);
  EXPECT_EQ(attempts({unclear, own, worse}, options), "trouble");
  unclear.host.preference = 3;
  EXPECT_EQ(attempts({own, unclear}, options), "loops_back");
}

TEST(Route, trouble_with_one_host_leaves_the_others) {
  HostAnswers unclear = host("a.test", 1, {});
  unclear.aaaa = answer_of(DnsVerdict::bogus);
  EXPECT_EQ(attempts({unclear}), "trouble");
  EXPECT_EQ(attempts({unclear, host("b.test", 2, {{9, 0, 0, 2}})}), "9.0.0.2");
  RouteOptions only_four;
  only_four.ipv6 = false;
  EXPECT_EQ(attempts({unclear}, only_four), "no_host");
  EXPECT_EQ(attempts({}), "no_host");
}

TEST(Route, what_dane_asks_for_is_kept) {
  HostAnswers alias = host("a.test", 1, {{9, 0, 0, 1}});
  alias.a.canonical = dns_name("real.test");
  alias.a.authenticated = true;
  LawRandom random{1};
  const auto found = attempts_of({alias}, {}, random);
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->front().through_alias);
  EXPECT_TRUE(found->front().authenticated);
}

TEST(Route, every_fault_has_its_own_name) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(RouteFault::trouble); ++i) {
    EXPECT_TRUE(names.insert(name(static_cast<RouteFault>(i))).second);
  }
}

}  // namespace
