// role/dns.h and role/remote_dns.h on simulated ports: who asks, and what
// comes back when dns, or one that asks, is not well.
#include "role/dns.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "dns/answer_laws.h"
#include "dns/message_builder.h"
#include "role/remote_dns.h"
#include "role/rig.h"
#include "role/role_table.h"
#include "sim/sim_exchange.h"

using namespace postkeep;
using namespace postkeep::role;
using std::chrono::seconds;

namespace {

const DnsServer resolver{"192.0.2.53", 53};
constexpr const char* configuration =
    "domains = [\"example.org\"]\n[dns]\ntrusted = [\"192.0.2.53\"]\n";

sim::SimExchange::Reply knows(Octets query) {
  const DnsQuestion question = dns::question_in(query, DnsType::a);
  dns::MessageBuilder message(dns::id_in(query), dns::flags_authentic,
                              question);
  message.answer(question.name.text(), question.type, 60,
                 dns::mx_data(10, "mx.example.org"));
  return {message.octets()};
}
sim::SimExchange::Reply silent(Octets /*query*/) { return {}; }

class RoleDns : public testing::Test {
 protected:
  void start() {
    rig_.context.dns_exchange = &exchange_;
    rig_.give("configuration", configuration);
    rig_.give("resolvers", "192.0.2.53:53\n");
    ASSERT_TRUE(rig_.build(make_dns));
    exchange_.behave(resolver, knows);
  }
  static ipc::DnsAsk ask(std::uint64_t request, const std::string& name) {
    return {.request = request, .name = name, .type = DnsType::mx};
  }

  Rig rig_{ipc::RoleName::dns};
  sim::SimExchange exchange_{rig_.timers, 8};
};

TEST_F(RoleDns, answers_those_who_ask) {
  start();
  EXPECT_TRUE(rig_.log.has("resolver address=192.0.2.53:53 trusted=yes"));
  const auto peer = rig_.meet(ipc::RoleName::control);
  peer->send(ask(7, "example.org"));
  rig_.pass(seconds(1));
  peer->send(ask(8, "EXAMPLE.org"));
  rig_.pass(seconds(1));
  const auto replies = peer->take<ipc::DnsReply>();
  ASSERT_EQ(replies.size(), 2U);
  EXPECT_EQ(replies[0].request, 7U);
  EXPECT_TRUE(replies[0].authenticated);
  EXPECT_FALSE(replies[0].from_cache);
  EXPECT_EQ(replies[0].mx.at(0).exchange, "mx.example.org");
  EXPECT_TRUE(replies[1].from_cache);
  EXPECT_EQ(exchange_.seen().size(), 1U);
}

TEST_F(RoleDns, one_that_asks_too_much_is_told_so_and_others_are_not_kept) {
  start();
  exchange_.behave(resolver, silent);
  const auto greedy = rig_.meet(ipc::RoleName::spool);
  for (std::uint64_t i = 0; i < dns_questions_of_peer_max + 100; ++i) {
    greedy->send(ask(i, "n" + std::to_string(i) + ".example"));
  }
  rig_.settle();
  const auto told = greedy->take<ipc::DnsReply>();
  ASSERT_EQ(told.size(), 100U);
  EXPECT_EQ(told[0].trouble, DnsTrouble::busy);
  const auto modest = rig_.meet(ipc::RoleName::control);
  modest->send(ask(1, "example.org"));
  rig_.pass(seconds(16));
  EXPECT_EQ(modest->take<ipc::DnsReply>().size(), 1U);
  EXPECT_EQ(greedy->take<ipc::DnsReply>().size(), dns_questions_of_peer_max);
}

TEST_F(RoleDns, what_is_no_question_gets_no_answer) {
  start();
  const auto peer = rig_.meet(ipc::RoleName::control);
  peer->send(ask(1, "a b"));
  peer->send(ask(2, ""));
  peer->send(ask(3, "example.org"));
  peer->send(ask(3, "example.net"));
  rig_.pass(seconds(1));
  const auto replies = peer->take<ipc::DnsReply>();
  ASSERT_EQ(replies.size(), 1U);
  EXPECT_EQ(replies[0].canonical, "example.org");
  EXPECT_TRUE(rig_.log.has("question_refused peer=control"));
}

TEST_F(RoleDns, one_that_has_gone_is_forgotten) {
  start();
  auto peer = rig_.meet(ipc::RoleName::control);
  peer->send(ask(1, "example.org"));
  rig_.settle();
  peer.reset();
  rig_.pass(seconds(1));
  // Started anew, with the same numbers.
  peer = rig_.meet(ipc::RoleName::control);
  peer->send(ask(1, "example.net"));
  rig_.pass(seconds(1));
  const auto replies = peer->take<ipc::DnsReply>();
  ASSERT_EQ(replies.size(), 1U);
  EXPECT_EQ(replies[0].canonical, "example.net");
}

TEST_F(RoleDns, a_reload_brings_other_resolvers) {
  start();
  rig_.give("configuration", configuration);
  rig_.give("resolvers", "192.0.2.54:53\n");
  rig_.role->reload();
  exchange_.behave({"192.0.2.54", 53}, knows);
  const auto peer = rig_.meet(ipc::RoleName::control);
  peer->send(ask(1, "example.org"));
  rig_.pass(seconds(1));
  const auto replies = peer->take<ipc::DnsReply>();
  ASSERT_EQ(replies.size(), 1U);
  EXPECT_FALSE(replies[0].authenticated);  // Not the one that is trusted.
  EXPECT_EQ(exchange_.seen().at(0).server.address, "192.0.2.54");
}

TEST_F(RoleDns, without_sockets_or_settings_there_is_no_role) {
  EXPECT_FALSE(rig_.build(make_dns));
  rig_.context.dns_exchange = &exchange_;
  EXPECT_FALSE(rig_.build(make_dns));
  rig_.give("configuration", configuration);
  EXPECT_FALSE(rig_.build(make_dns));
  rig_.give("resolvers", "");
  EXPECT_TRUE(rig_.build(make_dns));
  EXPECT_TRUE(rig_.log.has("no_resolvers"));
}

// One that asks, with dns played by the test.
class RoleRemoteDns : public testing::Test {
 protected:
  std::unique_ptr<RigPeer> dns() {
    auto [own, other] = rig_.post.pair();
    remote_.use(std::move(own));
    return std::make_unique<RigPeer>(std::move(other));
  }
  DnsTicket ask(const char* name) {
    return remote_.ask(
        {*DnsName::read(name), DnsType::mx},
        [this](const DnsAnswer& answer) { answers_.push_back(answer); });
  }
  static ipc::DnsReply reply(std::uint64_t request, const char* canonical) {
    ipc::DnsReply said;
    said.request = request;
    said.verdict = DnsVerdict::no_data;
    said.canonical = canonical;
    return said;
  }

  Rig rig_{ipc::RoleName::control};
  RemoteDns remote_{rig_.timers, seconds(20)};
  std::vector<DnsAnswer> answers_;
};

TEST_F(RoleRemoteDns, what_was_not_answered_is_asked_again_of_the_next) {
  auto first = dns();
  ask("a.example");
  ask("b.example");
  rig_.settle();
  first->send(reply(1, "a.example"));
  rig_.settle();
  EXPECT_EQ(answers_.size(), 1U);
  first.reset();
  rig_.pass(seconds(1));
  ask("c.example");  // While there is none.
  const auto second = dns();
  rig_.settle();
  const auto asked = second->take<ipc::DnsAsk>();
  ASSERT_EQ(asked.size(), 2U);
  EXPECT_EQ(asked[0].name, "b.example");
  EXPECT_EQ(asked[1].name, "c.example");
  second->send(reply(2, "b.example"));
  second->send(reply(3, "c.example"));
  rig_.settle();
  EXPECT_EQ(answers_.size(), 3U);
  EXPECT_EQ(remote_.waiting(), 0U);
}

TEST_F(RoleRemoteDns, no_question_waits_for_ever) {
  ask("a.example");
  const auto deaf = dns();
  rig_.pass(seconds(19));
  EXPECT_TRUE(answers_.empty());
  rig_.pass(seconds(1));
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_EQ(answers_[0].trouble, DnsTrouble::stopped);
  EXPECT_EQ(answers_[0].canonical.text(), "a.example");
  deaf->send(reply(1, "a.example"));  // Late.
  rig_.settle();
  EXPECT_EQ(answers_.size(), 1U);
}

// Nobody answers, and one goes on asking: memory has an end.
TEST_F(RoleRemoteDns, one_that_asks_too_much_is_told_so) {
  for (std::size_t i = 0; i < dns_questions_of_peer_max + 10; ++i) {
    ask("a.example");
  }
  EXPECT_TRUE(answers_.empty());  // Never inside ask().
  rig_.settle();
  ASSERT_EQ(answers_.size(), 10U);
  EXPECT_EQ(answers_[9].trouble, DnsTrouble::busy);
  EXPECT_EQ(remote_.waiting(), dns_questions_of_peer_max);
}

TEST_F(RoleRemoteDns, what_is_forgotten_or_no_answer_is_passed_over) {
  const auto peer = dns();
  remote_.forget(ask("a.example"));
  ask("b.example");
  rig_.settle();
  peer->send(reply(1, "a.example"));
  peer->send(reply(99, "a.example"));
  peer->send(reply(2, "not a name"));
  peer->send(reply(2, "b.example"));
  rig_.settle();
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_EQ(answers_[0].trouble, DnsTrouble::malformed);
}

}  // namespace
