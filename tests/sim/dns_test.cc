#include <optional>

#include "gtest/gtest.h"
#include "sim/sim_clock.h"
#include "sim/sim_dns.h"

namespace postkeep::sim {
namespace {

struct SimDnsTest : ::testing::Test {
  SimClock clock;
  SimTimers timers{clock};
  SimDns dns{timers};
  std::optional<DnsAnswer> last;

  DnsTicket ask(std::string_view name, DnsType type) {
    last.reset();
    return dns.ask({*DnsName::read(name), type},
                   [this](const DnsAnswer& answer) { last = answer; });
  }
};

TEST_F(SimDnsTest, answers_from_the_table_and_never_inside_ask) {
  dns.put_mx("example.org", 10, "mx.example.org");
  dns.put_mx("example.org", 20, "mx2.example.org");
  ask("Example.ORG.", DnsType::mx);
  EXPECT_FALSE(last);
  timers.pass(SimDns::default_delay);
  ASSERT_TRUE(last);
  EXPECT_EQ(last->verdict, DnsVerdict::found);
  ASSERT_EQ(last->mx.size(), 2U);
  EXPECT_EQ(last->mx[1].exchange.text(), "mx2.example.org");
  EXPECT_EQ(last->canonical.text(), "example.org");
}

TEST_F(SimDnsTest, knows_a_name_without_such_records_from_no_name) {
  dns.put_a("host.example.org", {192, 0, 2, 1});
  ask("host.example.org", DnsType::aaaa);
  timers.pass(SimDns::default_delay);
  EXPECT_EQ(last.value().verdict, DnsVerdict::no_data);
  ask("other.example.org", DnsType::a);
  timers.pass(SimDns::default_delay);
  EXPECT_EQ(last.value().verdict, DnsVerdict::no_name);
}

TEST_F(SimDnsTest, is_late_fails_and_lies_as_it_is_told) {
  const DnsQuestion question{*DnsName::read("example.org"), DnsType::a};
  dns.fail(question, DnsTrouble::timed_out);
  ask("example.org", DnsType::a);
  timers.pass(SimDns::deadline - std::chrono::seconds(1));
  EXPECT_FALSE(last);
  timers.pass(std::chrono::seconds(1));
  EXPECT_EQ(last.value().trouble, DnsTrouble::timed_out);
  DnsAnswer lie;
  lie.verdict = DnsVerdict::found;
  lie.authenticated = true;
  dns.put(question, lie);
  ask("example.org", DnsType::a);
  timers.pass(SimDns::default_delay);
  EXPECT_TRUE(last.value().authenticated);
  EXPECT_EQ(last->records(), 0U);
}

TEST_F(SimDnsTest, what_is_forgotten_is_not_answered) {
  const DnsTicket ticket = ask("example.org", DnsType::a);
  dns.forget(ticket);
  timers.pass(std::chrono::seconds(60));
  EXPECT_FALSE(last);
  EXPECT_EQ(dns.waiting(), 0U);
}

}  // namespace
}  // namespace postkeep::sim
