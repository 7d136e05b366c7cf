#include "role/nursery.h"

#include <algorithm>

#include "gtest/gtest.h"
#include "io/place.h"
#include "ipc/supervisor_messages.h"
#include "role/fake_child.h"

namespace postkeep::role {
namespace {

struct FakeChannels final : Channels {
  // Of each line in the order of their making.
  std::vector<std::shared_ptr<Sent>> lines;

  std::unique_ptr<Channel> adopt(Descriptor /*socket*/) override {
    lines.push_back(std::make_shared<Sent>());
    return std::make_unique<FakeChannel>(lines.back());
  }
};

struct NurseryTest : ::testing::Test {
  FakeChannels channels;
  NoLog log;
  Nursery nursery{channels, log};
  std::shared_ptr<Sent> to_seed = std::make_shared<Sent>();
  std::unique_ptr<Child> seed =
      fake_child(ipc::RoleName::seed, 0, 500, to_seed);
  std::vector<std::unique_ptr<Child>> children;

  Child& expect() {
    children.push_back(std::make_unique<Child>(
        ipc::RoleName::mailbox, static_cast<std::uint32_t>(children.size() + 1),
        SteadyTime{}, [](Child&, std::optional<ipc::Received>) {}));
    auto errors = io::standard_error();
    EXPECT_TRUE(errors);
    nursery.expect(*children.back(), std::move(*errors));
    return *children.back();
  }
  Child* born(std::uint32_t instance, std::uint32_t process) {
    ipc::Received message;
    message.kind = ipc::MailboxBorn::kind;
    message.octets = ipc::write(ipc::MailboxBorn{instance, process});
    return nursery.born(message);
  }
  std::size_t asked() const { return to_seed->count(ipc::Kind::mailbox_birth); }
  std::size_t drains() const { return to_seed->count(ipc::Kind::drain); }
  // A fresh one.
  void use_seed() {
    to_seed = std::make_shared<Sent>();
    seed = fake_child(ipc::RoleName::seed, 0, 501, to_seed);
    nursery.use(*seed);
  }
};

TEST_F(NurseryTest, what_is_sent_waits_until_the_process_is_known) {
  nursery.use(*seed);
  Child& child = expect();
  ASSERT_EQ(asked(), 1U);
  ASSERT_EQ(to_seed->messages[0].descriptors.size(), 2U);
  EXPECT_TRUE(child.send(ipc::Enter{}));
  ASSERT_EQ(channels.lines.size(), 1U);
  EXPECT_EQ(channels.lines[0]->messages.size(), 0U);
  EXPECT_EQ(born(1, 700), nullptr);
  EXPECT_EQ(child.process, io::ProcessId{700});
  EXPECT_EQ(channels.lines[0]->count(ipc::Kind::enter), 1U);
  EXPECT_EQ(nursery.waiting(), 0U);
}

TEST_F(NurseryTest, what_waits_is_bounded) {
  Child& child = expect();
  std::size_t taken = 0;
  while (taken < 10'000 && child.send(ipc::Enter{})) ++taken;
  EXPECT_EQ(taken, held_messages_max);
}

TEST_F(NurseryTest, who_waits_is_asked_for_once_there_is_a_seed) {
  expect();
  expect();
  EXPECT_EQ(asked(), 0U);
  nursery.use(*seed);
  EXPECT_EQ(asked(), 2U);
}

TEST_F(NurseryTest, some_are_asked_for_at_a_time) {
  nursery.use(*seed);
  for (int i = 0; i < 20; ++i) expect();
  EXPECT_EQ(asked(), births_at_once_max);
  born(1, 701);
  EXPECT_EQ(asked(), births_at_once_max + 1);
}

TEST_F(NurseryTest, none_is_lost_with_a_seed) {
  nursery.use(*seed);
  Child& child = expect();
  EXPECT_TRUE(child.send(ipc::Enter{}));
  nursery.seed_ended();
  // What the dead one may have forked has a line that is closed now.
  use_seed();
  EXPECT_EQ(asked(), 1U);
  ASSERT_EQ(channels.lines.size(), 2U);
  born(1, 702);
  EXPECT_EQ(channels.lines[0]->messages.size(), 0U);
  EXPECT_EQ(channels.lines[1]->count(ipc::Kind::enter), 1U);
}

TEST_F(NurseryTest, after_so_many_there_is_a_fresh_one) {
  nursery.use(*seed);
  for (std::uint32_t i = 1; i <= births_per_seed_max; ++i) {
    expect();
    EXPECT_EQ(drains(), 0U);
    born(i, 1000 + i);
  }
  EXPECT_EQ(drains(), 1U);
  expect();
  EXPECT_EQ(asked(), births_per_seed_max);
  nursery.seed_ended();
  use_seed();
  EXPECT_EQ(asked(), 1U);
}

TEST_F(NurseryTest, a_renewal_waits_for_those_under_way) {
  nursery.use(*seed);
  expect();
  expect();
  born(1, 703);
  nursery.renew();
  expect();
  EXPECT_EQ(asked(), 2U);
  EXPECT_EQ(drains(), 0U);
  born(2, 704);
  EXPECT_EQ(drains(), 1U);
  EXPECT_EQ(asked(), 2U);
}

TEST_F(NurseryTest, a_seed_without_children_is_fresh) {
  nursery.use(*seed);
  nursery.renew();
  EXPECT_EQ(drains(), 0U);
  expect();
  EXPECT_EQ(asked(), 1U);
}

TEST_F(NurseryTest, one_that_cannot_be_forked_is_told) {
  nursery.use(*seed);
  Child& child = expect();
  EXPECT_EQ(born(1, 0), &child);
  EXPECT_EQ(nursery.waiting(), 0U);
}

// Its end may be seen before its birth is heard of.
TEST_F(NurseryTest, one_that_has_died_already_is_told) {
  nursery.use(*seed);
  Child& child = expect();
  nursery.ended(io::ProcessId{705});
  EXPECT_EQ(born(1, 705), &child);
  // Numbers come again.
  expect();
  EXPECT_EQ(born(2, 705), nullptr);
}

TEST_F(NurseryTest, an_answer_that_nobody_asked_for_is_passed_over) {
  nursery.use(*seed);
  EXPECT_EQ(born(1, 706), nullptr);
  expect();
  EXPECT_EQ(born(9, 706), nullptr);
  EXPECT_EQ(nursery.waiting(), 1U);
  EXPECT_EQ(nursery.abandon().size(), 1U);
  EXPECT_EQ(born(1, 706), nullptr);
}

}  // namespace
}  // namespace postkeep::role
