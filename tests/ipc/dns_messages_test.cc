#include "ipc/dns_messages.h"

#include "gtest/gtest.h"

namespace postkeep::ipc {
namespace {

DnsName named(std::string_view text) {
  return DnsName::read(text).value_or(DnsName());
}

TEST(IpcDnsMessages, what_an_answer_says_survives_the_way) {
  DnsAnswer answer;
  answer.verdict = DnsVerdict::found;
  answer.authenticated = true;
  answer.from_cache = true;
  answer.ttl_seconds = 77;
  answer.canonical = named("b.example");
  answer.a = {{192, 0, 2, 1}};
  answer.aaaa = {{0x20, 1}};
  answer.mx = {{10, named("mx.example")}, {0, DnsName()}};
  answer.txt = {"v=spf1 -all", std::string("\0\xff", 2)};
  answer.names = {named("host.example")};
  answer.tlsa = {{3, 1, 1, {1, 2, 3}}};
  DnsReply reply;
  ASSERT_TRUE(read(write(reply_of(7, answer)), reply));
  EXPECT_EQ(reply.request, 7U);
  EXPECT_EQ(answer_of(reply), answer);
}

TEST(IpcDnsMessages, what_is_no_name_is_no_answer) {
  const DnsReply right = reply_of(1, DnsAnswer{});
  EXPECT_TRUE(answer_of(right));
  DnsReply wrong = right;
  wrong.canonical = "a b";
  EXPECT_FALSE(answer_of(wrong));
  wrong = right;
  wrong.names = {""};
  EXPECT_FALSE(answer_of(wrong));
  wrong = right;
  wrong.mx = {{1, "a..b"}};
  EXPECT_FALSE(answer_of(wrong));
}

// The largest answer that there can be fits into a message.
TEST(IpcDnsMessages, the_largest_answer_fits) {
  DnsAnswer answer;
  std::string name(63, 'a');
  name = name + "." + name + "." + name + "." + std::string(61, 'a');
  for (std::size_t i = 0; i < dns_records_max; ++i) {
    answer.mx.push_back({1, named(name)});
  }
  EXPECT_LT(write(reply_of(1, answer)).size(), message_octets_max);
}

}  // namespace
}  // namespace postkeep::ipc
