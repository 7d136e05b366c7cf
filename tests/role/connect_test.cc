// role/connect.h on simulated ports: which sockets leave, and that each ask is
// answered once.
#include "role/connect.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "role/rig.h"
#include "role/role_table.h"
#include "sim/sim_dialer.h"

using namespace postkeep;
using namespace postkeep::role;
using std::chrono::seconds;

namespace {

ipc::ConnectAsk ask_of(std::uint64_t number, std::array<Octet, 4> address,
                       std::uint16_t port = 25) {
  ipc::ConnectAsk ask{.ask = number, .port = port};
  std::copy(address.begin(), address.end(), ask.address.begin());
  return ask;
}

class RoleConnect : public testing::Test {
 protected:
  void start(const std::string& outbound = {}) {
    rig_.context.dialer = &dialer_;
    rig_.give("configuration",
              "domains = [\"example.org\"]\n[outbound]\n" + outbound);
    ASSERT_TRUE(rig_.build(make_connect));
    spool_ = rig_.meet(ipc::RoleName::spool);
  }
  // "connected", or a verdict and why.
  std::string asked(const ipc::ConnectAsk& ask) {
    spool_->send(ask);
    rig_.pass(seconds(40));
    std::string said;
    for (const ipc::Received& one : spool_->heard) {
      if_message<ipc::ConnectAnswer>(
          one, [&](const ipc::ConnectAnswer& answer) {
            EXPECT_EQ(answer.ask, ask.ask);
            const bool has_socket = one.descriptors.size() == 1;
            EXPECT_EQ(has_socket,
                      answer.verdict == ipc::ConnectVerdict::connected);
            said +=
                std::to_string(static_cast<int>(answer.verdict)) + answer.why;
          });
    }
    spool_->heard.clear();
    return said;
  }

  Rig rig_{ipc::RoleName::connect};
  sim::SimDialer dialer_{rig_.timers};
  std::unique_ptr<RigPeer> spool_;
};

TEST_F(RoleConnect, gives_the_socket_away) {
  start();
  EXPECT_EQ(asked(ask_of(7, {8, 8, 8, 8})), "0");
}

TEST_F(RoleConnect, says_how_it_failed) {
  start();
  const std::array outcomes{
      std::pair{DialOutcome::refused, "2"},
      std::pair{DialOutcome::unreachable, "3"},
      std::pair{DialOutcome::timed_out, "4"},
      std::pair{DialOutcome::not_permitted, "6not_permitted"},
      std::pair{DialOutcome::no_room, "6no_room"},
      std::pair{DialOutcome::other, "6other"},
  };
  std::uint64_t number = 0;
  for (const auto& [outcome, said] : outcomes) {
    dialer_.next.outcome = outcome;
    EXPECT_EQ(asked(ask_of(++number, {8, 8, 8, 8})), said);
  }
}

TEST_F(RoleConnect, a_host_that_does_not_answer_is_left_after_its_time) {
  start("connect_seconds = 5\n");
  dialer_.next.delay = std::chrono::hours(1);
  EXPECT_EQ(asked(ask_of(1, {8, 8, 8, 8})), "4");
  EXPECT_EQ(dialer_.waiting(), 0U);
}

TEST_F(RoleConnect, dials_no_address_that_the_rules_refuse) {
  start("allow_private = [\"10.0.0.0/24\"]\nown_addresses = [\"9.9.9.9\"]\n");
  EXPECT_EQ(asked(ask_of(1, {127, 0, 0, 1})), "1address_loopback");
  EXPECT_EQ(asked(ask_of(2, {10, 0, 1, 1})), "1address_private");
  EXPECT_EQ(asked(ask_of(3, {9, 9, 9, 9})), "1own_address");
  EXPECT_EQ(asked(ask_of(4, {8, 8, 8, 8}, 22)), "1port_not_allowed");
  EXPECT_EQ(dialer_.last_socket, 1000);
  EXPECT_EQ(asked(ask_of(5, {10, 0, 0, 1})), "0");
  EXPECT_TRUE(rig_.log.has("connect_not_allowed address=127.0.0.1 port=25"));
}

TEST_F(RoleConnect, a_socket_that_ends_at_this_host_never_leaves) {
  start();
  dialer_.next.own_end.octets = {8, 8, 8, 8};
  EXPECT_EQ(asked(ask_of(1, {8, 8, 8, 8})), "1own_address");
}

TEST_F(RoleConnect, so_many_at_a_time_and_no_more) {
  start("connects_max = 2\n");
  for (std::uint64_t i = 1; i <= 3; ++i) {
    spool_->send(ask_of(i, {8, 8, 8, 8}));
  }
  rig_.settle();
  EXPECT_EQ(dialer_.waiting(), 2U);
  const auto busy = spool_->take<ipc::ConnectAnswer>();
  ASSERT_EQ(busy.size(), 1U);
  EXPECT_EQ(busy[0].ask, 3U);
  EXPECT_EQ(busy[0].verdict, ipc::ConnectVerdict::busy);
  rig_.pass(seconds(1));
  EXPECT_EQ(spool_->take<ipc::ConnectAnswer>().size(), 2U);
}

TEST_F(RoleConnect, what_is_forgotten_is_not_answered) {
  start();
  spool_->send(ask_of(1, {8, 8, 8, 8}));
  spool_->send(ask_of(1, {8, 8, 8, 8}));  // Twice is once.
  spool_->send(ipc::ConnectForget{.ask = 1});
  spool_->send(ipc::ConnectForget{.ask = 9});
  rig_.pass(seconds(1));
  EXPECT_TRUE(spool_->heard.empty());
  EXPECT_EQ(dialer_.waiting(), 0U);
}

TEST_F(RoleConnect, another_spool_has_asked_for_nothing) {
  start();
  spool_->send(ask_of(1, {8, 8, 8, 8}));
  rig_.settle();
  auto another = rig_.meet(ipc::RoleName::spool);
  rig_.pass(seconds(1));
  EXPECT_TRUE(another->heard.empty());
  EXPECT_EQ(dialer_.waiting(), 0U);
}

TEST_F(RoleConnect, rules_are_read_again) {
  start();
  rig_.give("configuration",
            "domains = [\"example.org\"]\n[outbound]\n"
            "allow_private = [\"127.0.0.0/8\"]\nport = 2525\n");
  rig_.role->reload();
  EXPECT_EQ(asked(ask_of(1, {127, 0, 0, 1}, 2525)), "0");
  EXPECT_EQ(asked(ask_of(2, {8, 8, 8, 8}, 25)), "1port_not_allowed");
}

TEST_F(RoleConnect, ends_when_it_is_told_to) {
  start();
  spool_->send(ask_of(1, {8, 8, 8, 8}));
  rig_.settle();
  rig_.role->drain();
  EXPECT_TRUE(rig_.supervisor.is_drained);
  EXPECT_EQ(dialer_.waiting(), 0U);
}

}  // namespace
