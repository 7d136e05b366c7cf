#include "role/mailboxes.h"

#include "gtest/gtest.h"
#include "ipc/auth_messages.h"
#include "ipc/supervisor_messages.h"
#include "role/fake_child.h"

namespace postkeep::role {
namespace {

struct FakeHouse final : Mailboxes::House {
  int last_process = 1000;
  bool can_start = true;
  bool can_bind = true;
  std::map<int, std::shared_ptr<Sent>> sent;  // By process.
  std::map<int, std::string> bound;           // By process.
  std::vector<std::pair<std::string, bool>> met;

  std::unique_ptr<Child> start_mailbox(std::uint32_t instance) override {
    if (!can_start) return nullptr;
    ++last_process;
    sent[last_process] = std::make_shared<Sent>();
    auto child = fake_child(ipc::RoleName::mailbox, instance, last_process,
                            sent[last_process]);
    child->state = ChildState::ready;
    return child;
  }
  bool bind(Child& child, const std::string& user) override {
    if (can_bind) bound[static_cast<int>(child.process)] = user;
    return can_bind;
  }
  bool meet_spool(const std::string& user, Child* child) override {
    met.emplace_back(user, child != nullptr);
    return child != nullptr;
  }
};

struct MailboxesTest : ::testing::Test {
  FakeHouse house;
  FakeTimers timers;
  NoLog log;
  Mailboxes mailboxes{house, timers, log, 3, 1};

  void session(const std::string& user) {
    ipc::SessionHandOver given;
    given.user = user;
    ipc::Received message;
    message.kind = ipc::SessionHandOver::kind;
    message.octets = ipc::write(given);
    message.descriptors.emplace_back();
    mailboxes.session(std::move(message));
  }
  int process_of(const std::string& user) {
    int last = 0;
    for (const auto& [process, name] : house.bound) {
      if (name == user) last = process;
    }
    return last;
  }
  Child& child_of(const std::string& user) {
    for (Child* const child : mailboxes.children()) {
      if (mailboxes.user_of(*child) == user) return *child;
    }
    ADD_FAILURE() << "no mailbox of " << user;
    return *mailboxes.children().front();
  }
  std::size_t sessions_at(int process) {
    return house.sent[process]->count(ipc::Kind::session_hand_over);
  }
  bool ended(int process, bool in_order = true) {
    return mailboxes.ended(io::ProcessId{process}, in_order);
  }
};

TEST_F(MailboxesTest, one_is_started_ahead_and_bound_when_wanted) {
  mailboxes.fill();
  ASSERT_EQ(mailboxes.children().size(), 1U);
  EXPECT_TRUE(house.bound.empty());
  session("ann");
  EXPECT_EQ(process_of("ann"), 1001);
  EXPECT_EQ(sessions_at(1001), 1U);
  timers.let_all_go_off();
  EXPECT_EQ(mailboxes.children().size(), 2U);
  session("ann");
  EXPECT_EQ(sessions_at(1001), 2U);
  EXPECT_EQ(house.bound.size(), 1U);
}

TEST_F(MailboxesTest, users_never_share_one) {
  session("ann");
  session("ben");
  EXPECT_NE(process_of("ann"), process_of("ben"));
  EXPECT_EQ(sessions_at(process_of("ann")), 1U);
  EXPECT_EQ(sessions_at(process_of("ben")), 1U);
}

TEST_F(MailboxesTest, it_may_end_only_when_all_that_was_given_has_arrived) {
  session("ann");
  mailboxes.wanted("ann");
  const int process = process_of("ann");
  mailboxes.idle(child_of("ann"), 1);
  ipc::MailboxIdleAnswer answer;
  ASSERT_EQ(house.sent[process]->count(ipc::Kind::mailbox_idle_answer), 1U);
  ASSERT_TRUE(ipc::read(house.sent[process]->messages.back().octets, answer));
  EXPECT_FALSE(answer.end);
  mailboxes.idle(child_of("ann"), 2);
  ASSERT_TRUE(ipc::read(house.sent[process]->messages.back().octets, answer));
  EXPECT_TRUE(answer.end);
}

TEST_F(MailboxesTest, what_comes_while_one_ends_waits_for_the_next) {
  session("ann");
  const int first = process_of("ann");
  mailboxes.idle(child_of("ann"), 1);
  session("ann");
  mailboxes.wanted("ann");
  EXPECT_EQ(sessions_at(first), 1U);
  EXPECT_TRUE(house.met.empty());
  EXPECT_TRUE(ended(first));
  timers.let_all_go_off();
  const int second = process_of("ann");
  EXPECT_NE(second, first);
  EXPECT_EQ(sessions_at(second), 1U);
  EXPECT_EQ(house.met,
            (std::vector<std::pair<std::string, bool>>{{"ann", true}}));
}

TEST_F(MailboxesTest, one_that_ends_with_nothing_left_is_forgotten) {
  session("ann");
  mailboxes.idle(child_of("ann"), 1);
  EXPECT_TRUE(ended(process_of("ann")));
  EXPECT_EQ(mailboxes.bound(), 0U);
  EXPECT_FALSE(ended(4711));
}

TEST_F(MailboxesTest, there_is_a_most_and_spool_learns_of_it) {
  for (const char* user : {"ann", "ben", "cid"}) session(user);
  session("dan");
  mailboxes.wanted("dan");
  EXPECT_EQ(process_of("dan"), 0);
  EXPECT_EQ(house.met.back(), (std::pair<std::string, bool>{"dan", false}));
  ended(process_of("ann"));
  mailboxes.wanted("dan");
  EXPECT_EQ(house.met.back(), (std::pair<std::string, bool>{"dan", true}));
}

TEST_F(MailboxesTest, one_that_dies_at_its_start_is_not_started_for_ever) {
  session("ann");
  child_of("ann").state = ChildState::starting;
  mailboxes.wanted("ann");
  EXPECT_TRUE(ended(process_of("ann"), false));
  // Nobody waits, and nothing is started until somebody asks.
  const int before = house.last_process;
  timers.let_all_go_off();
  EXPECT_LE(house.last_process, before + 1);
  EXPECT_EQ(mailboxes.bound(), 0U);
}

TEST_F(MailboxesTest, without_process_or_directory_spool_is_told) {
  house.can_start = false;
  mailboxes.wanted("ann");
  EXPECT_EQ(house.met.back(), (std::pair<std::string, bool>{"ann", false}));
  house.can_start = true;
  house.can_bind = false;
  mailboxes.wanted("ann");
  EXPECT_EQ(house.met.back(), (std::pair<std::string, bool>{"ann", false}));
  EXPECT_EQ(mailboxes.bound(), 0U);
}

TEST_F(MailboxesTest, sessions_that_wait_are_bounded) {
  session("ann");
  const int first = process_of("ann");
  mailboxes.idle(child_of("ann"), 1);
  for (std::size_t i = 0; i < waiting_sessions_max + 10; ++i) session("ann");
  ended(first);
  timers.let_all_go_off();
  EXPECT_EQ(sessions_at(process_of("ann")), waiting_sessions_max);
}

TEST_F(MailboxesTest, none_is_started_any_more_while_draining) {
  mailboxes.drain();
  mailboxes.fill();
  session("ann");
  mailboxes.wanted("ann");
  EXPECT_EQ(house.last_process, 1000);
  EXPECT_EQ(house.met.back(), (std::pair<std::string, bool>{"ann", false}));
}

}  // namespace
}  // namespace postkeep::role
