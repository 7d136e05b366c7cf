#include "role/status_round.h"

#include "gtest/gtest.h"
#include "role/fake_child.h"

namespace postkeep::role {
namespace {

struct RoundTest : ::testing::Test {
  FakeTimers timers;
  StatusRounds rounds{timers};
  std::shared_ptr<Sent> sent = std::make_shared<Sent>();
  std::unique_ptr<Child> spool = fake_child(ipc::RoleName::spool, 0, 1, sent);
  std::unique_ptr<Child> keys = fake_child(ipc::RoleName::keys, 0, 2, sent);
  std::optional<ipc::StatusAnswer> result;

  RoundTest() {
    spool->state = ChildState::ready;
    keys->state = ChildState::ready;
  }
  void ask() {
    rounds.start({77, "status"}, {{"spool:0 pid", "1"}},
                 {spool.get(), keys.get()},
                 [this](ipc::StatusAnswer answer) { result = answer; });
  }
  std::uint64_t asked() {
    ipc::StatusQuestion question;
    EXPECT_TRUE(ipc::read(sent->messages.back().octets, question));
    EXPECT_EQ(question.about, "status");
    return question.question;
  }
};

TEST_F(RoundTest, it_ends_when_all_have_answered) {
  ask();
  EXPECT_EQ(sent->messages.size(), 2U);
  rounds.answered("spool:0", {asked(), {{"messages", "3"}}});
  EXPECT_FALSE(result);
  rounds.answered("keys:0", {asked(), {{"signed", "5"}}});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->question, 77U);
  ASSERT_EQ(result->lines.size(), 3U);
  EXPECT_EQ(result->lines[1].key, "spool:0 messages");
  EXPECT_EQ(result->lines[2].value, "5");
  EXPECT_TRUE(timers.waiting.empty());
}

TEST_F(RoundTest, one_that_does_not_answer_is_not_waited_for_long) {
  ask();
  rounds.answered("keys:0", {asked(), {}});
  EXPECT_FALSE(result);
  timers.let_all_go_off();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->lines.size(), 1U);
  // Later answers are nobody's.
  rounds.answered("spool:0", {asked(), {{"messages", "3"}}});
}

TEST_F(RoundTest, nobody_answers_for_another_or_twice) {
  ask();
  rounds.answered("smtp_in:0", {asked(), {{"lie", "1"}}});
  rounds.answered("keys:0", {asked(), {}});
  rounds.answered("keys:0", {asked(), {{"again", "1"}}});
  rounds.answered("spool:0", {asked() + 1, {{"other", "1"}}});
  EXPECT_FALSE(result);
  rounds.answered("spool:0", {asked(), {}});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->lines.size(), 1U);
}

// Supervisor sends on what it hears: a role that strangers have taken over must
// not end it by an answer that is too long.
TEST_F(RoundTest, what_a_role_answers_is_bounded_and_printable) {
  ask();
  ipc::StatusAnswer answer{asked(), {{"a\x1b]0;b\n", "\x1b[2J\n\xff"}}};
  answer.lines.resize(400, {"key", std::string(ipc::text_octets_max, 'x')});
  rounds.answered("keys:0", answer);
  answer.lines.resize(ipc::status_lines_max,
                      {std::string(ipc::name_octets_max, 'k'),
                       std::string(ipc::text_octets_max, 'x')});
  rounds.answered("spool:0", answer);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->lines[1].key, "keys:0 a?]0;b?");
  EXPECT_EQ(result->lines[1].value, "?[2J??");
  EXPECT_LE(ipc::write(*result).size(), ipc::control_text_octets_max);
}

TEST_F(RoundTest, only_those_that_are_ready_are_asked) {
  keys->state = ChildState::starting;
  spool->state = ChildState::draining;
  ask();
  EXPECT_TRUE(sent->messages.empty());
  EXPECT_TRUE(result);
}

}  // namespace
}  // namespace postkeep::role
