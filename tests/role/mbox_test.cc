// role/mbox.h on simulated ports: locks of others, a file that is not there, a
// death in between, a full disk.
#include "role/mbox.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "role/rig.h"
#include "role/role_table.h"
#include "sim/sim_disk.h"

using namespace postkeep;
using namespace postkeep::role;

namespace {

constexpr const char* users =
    "Ann@example.org\tpassword=!\tmbox=ann\n"
    "ben@example.org\tpassword=!\tmbox=ben\n";

struct World {
  explicit World(sim::SimDisk& on) : disk(on) {
    rig.context.disk = &disk;
    rig.give("configuration",
             "hostname = \"mail.example.org\"\n"
             "domains = [\"example.org\"]\n");
    rig.give("mboxes", users);
    EXPECT_TRUE(rig.build(make_mbox));
    spool = rig.meet(ipc::RoleName::spool);
  }

  sim::SimDisk& disk;
  Rig rig{ipc::RoleName::mbox};
  std::unique_ptr<RigPeer> spool;
};

class RoleMbox : public testing::Test {
 protected:
  RoleMbox() {
    EXPECT_TRUE(disk_.make_directory(disk_.root(), ".postkeep"));
    put("ann", "");
    disk_.set_now(
        [this] { return world_->rig.clock.wall().time_since_epoch().count(); });
  }
  Rig& rig() { return world_->rig; }

  void put(const std::string& name, std::string_view text) {
    const auto file = disk_.open(disk_.root(), name, Open::write_create);
    EXPECT_TRUE(disk_.resize(*file, 0));
    EXPECT_TRUE(disk_.write(*file, 0, octets(text)));
    disk_.close(*file);
  }
  std::string text_in(const std::string& name) {
    const auto file = disk_.open(disk_.root(), name, Open::read);
    if (!file) return "not there";
    std::vector<Octet> room(disk_.status(*file)->octets);
    EXPECT_TRUE(disk_.read(*file, 0, room));
    disk_.close(*file);
    return {room.begin(), room.end()};
  }
  static ipc::Drop drop(std::uint8_t number,
                        const std::string& text = "a: b\r\n",
                        const std::string& user = "Ann@example.org") {
    ipc::Drop message;
    message.id.fill(number);
    message.user = user;
    message.queue_id = "queue";
    message.session = "session";
    message.reverse_path = "a@b.example";
    message.header_prefix = "Return-Path: <a@b.example>\r\n";
    message.octets = text.size();
    message.inline_text = true;
    message.text = {text.begin(), text.end()};
    return message;
  }
  static std::string written(const std::string& text = "a: b\n") {
    return "From a@b.example Thu Jan  1 00:00:00 1970\n"
           "Return-Path: <a@b.example>\n" +
           text + "\n";
  }
  void send(ipc::Drop message) { world_->spool->send(std::move(message)); }
  std::vector<ipc::DropVerdict> verdicts() {
    std::vector<ipc::DropVerdict> all;
    std::vector<ipc::Received> rest;
    for (ipc::Received& one : world_->spool->heard) {
      if (!if_message<ipc::DropAnswer>(one, [&](const ipc::DropAnswer& answer) {
            all.push_back(answer.verdict);
          })) {
        rest.push_back(std::move(one));
      }
    }
    world_->spool->heard = std::move(rest);
    return all;
  }
  std::vector<ipc::SpoolFileWanted> wanted() {
    std::vector<ipc::SpoolFileWanted> all;
    for (const ipc::Received& one : rig().supervisor.heard) {
      if_message<ipc::SpoolFileWanted>(
          one, [&](const ipc::SpoolFileWanted& want) { all.push_back(want); });
    }
    rig().supervisor.heard.clear();
    return all;
  }
  void made(const std::string& user, bool ok) {
    rig().role->supervisor_message({ipc::SpoolFileMade::kind,
                                    ipc::write(ipc::SpoolFileMade{user, ok}),
                                    {}});
    rig().settle();
  }
  void begin_anew() { world_ = std::make_unique<World>(disk_); }

  sim::SimDisk disk_;
  std::unique_ptr<World> world_ = std::make_unique<World>(disk_);
};

using Verdicts = std::vector<ipc::DropVerdict>;
constexpr auto done = ipc::DropVerdict::done;
constexpr auto trouble = ipc::DropVerdict::trouble;
constexpr auto no_space = ipc::DropVerdict::no_space;

TEST_F(RoleMbox, what_is_done_is_in_the_file_once) {
  send(drop(1));
  send(drop(1));
  rig().settle();
  EXPECT_EQ(verdicts(), (Verdicts{done, done}));
  EXPECT_EQ(text_in("ann"), written());
  disk_.each_power_cut(50, 1, [](sim::SimDisk& after) {
    const auto file = after.open(after.root(), "ann", Open::read);
    ASSERT_TRUE(file);
    EXPECT_EQ(after.status(*file)->octets, written().size());
    after.close(*file);
  });
}

TEST_F(RoleMbox, a_long_message_comes_in_sealed_memory) {
  const std::string text = "a: b\r\n\r\n" + std::string(100'000, 'x') + "\r\n";
  ipc::Drop message = drop(1, text);
  message.inline_text = false;
  message.text.clear();
  ipc::Drop without = message;
  std::vector<Descriptor> memory;
  memory.push_back(rig().memory.seal_text(text));
  world_->spool->send(std::move(message), std::move(memory));
  rig().settle();
  EXPECT_EQ(verdicts(), Verdicts{done});
  EXPECT_EQ(text_in("ann").size(), written(text).size() - 3);
  // The kernel drops descriptors that a process has no room for.
  world_->spool->send(std::move(without));
  rig().settle();
  EXPECT_EQ(verdicts(), Verdicts{trouble});
  ipc::Drop wrong = drop(2);
  wrong.octets += 1;
  send(std::move(wrong));
  rig().settle();
  EXPECT_EQ(verdicts(), Verdicts{ipc::DropVerdict::malformed});
}

TEST_F(RoleMbox, nobody_names_a_file_that_no_account_has) {
  for (const char* user : {"root@example.org", "ann", "../ann", ""}) {
    send(drop(1, "a: b\r\n", user));
    rig().settle();
    EXPECT_EQ(verdicts(), Verdicts{trouble}) << user;
  }
  EXPECT_TRUE(wanted().empty());
  EXPECT_EQ(text_in("ann"), "");
}

TEST_F(RoleMbox, a_locked_file_is_waited_for) {
  put("ann.lock", "");
  send(drop(1));
  send(drop(2, "c: d\r\n"));
  rig().pass(std::chrono::seconds(5));
  EXPECT_TRUE(verdicts().empty());
  // The others' files are not locked.
  put("ben", "");
  send(drop(3, "a: b\r\n", "ben@example.org"));
  rig().settle();
  EXPECT_EQ(verdicts(), Verdicts{done});
  ASSERT_TRUE(disk_.remove(disk_.root(), "ann.lock"));
  rig().pass(std::chrono::seconds(2));
  EXPECT_EQ(verdicts(), (Verdicts{done, done}));
  EXPECT_EQ(text_in("ann"), written() + written("c: d\n"));
  // For so long, and then spool has it again.
  put("ann.lock", "");
  send(drop(4));
  rig().pass(std::chrono::seconds(40));
  EXPECT_EQ(verdicts(), Verdicts{trouble});
  EXPECT_TRUE(rig().log.has("delivery_deferred"));
}

TEST_F(RoleMbox, a_file_that_is_not_there_is_asked_for) {
  send(drop(1, "a: b\r\n", "ben@example.org"));
  send(drop(2, "a: b\r\n", "ben@example.org"));
  rig().settle();
  const auto asked = wanted();
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0].user, "ben");
  EXPECT_TRUE(verdicts().empty());
  made("ben", false);
  EXPECT_EQ(verdicts(), (Verdicts{trouble, trouble}));
  send(drop(1, "a: b\r\n", "ben@example.org"));
  rig().settle();
  EXPECT_EQ(wanted().size(), 1U);
  put("ben", "");
  made("ben", true);
  EXPECT_EQ(verdicts(), Verdicts{done});
  EXPECT_EQ(text_in("ben"), written());
  made("nobody asked", true);
}

TEST_F(RoleMbox, a_full_disk_leaves_the_file_as_it_was) {
  send(drop(1));
  rig().settle();
  EXPECT_EQ(verdicts(), Verdicts{done});
  disk_.set_space(16 * 1024);
  send(drop(2, "a: " + std::string(60'000, 'x') + "\r\n"));
  rig().settle();
  EXPECT_EQ(verdicts(), Verdicts{no_space});
  EXPECT_EQ(text_in("ann"), written());
  disk_.set_space(std::uint64_t{1} << 40);
  send(drop(2));
  rig().settle();
  EXPECT_EQ(verdicts(), Verdicts{done});
}

// Spool repeats what it was not told of; another may come before.
TEST_F(RoleMbox, killed_at_any_moment_it_delivers_once) {
  const std::string longer = "a: " + std::string(3000, 'x') + "\r\n";
  std::uint64_t moments = 0;
  for (bool is_dead = true; is_dead; ++moments) {
    ASSERT_LT(moments, 100U);
    sim::SimDisk disk = disk_.after_kill();
    World world(disk);
    disk.stop_before(disk.operations() + moments);
    world.spool->send(drop(1, longer));
    world.rig.settle();
    is_dead = disk.stopped();
    sim::SimDisk after = disk.after_kill();
    World next(after);
    next.rig.clock.pass(std::chrono::hours(24 * 365));  // A lock file is stale.
    next.spool->send(drop(2));
    next.spool->send(drop(1, longer));
    next.rig.pass(std::chrono::seconds(5));
    EXPECT_EQ(next.spool->take<ipc::DropAnswer>().size(), 2U);
    const auto file = after.open(after.root(), "ann", Open::read);
    EXPECT_EQ(after.status(*file)->octets,
              written(longer).size() - 1 + written().size())
        << "killed before operation " << moments;
    after.close(*file);
  }
  EXPECT_GT(moments, 5U);
}

TEST_F(RoleMbox, spool_hears_what_is_still_known_and_says_what_to_forget) {
  send(drop(1));
  rig().settle();
  EXPECT_EQ(verdicts(), Verdicts{done});
  begin_anew();
  send(drop(2));
  rig().settle();
  std::vector<ipc::DropsKnown> known;
  for (const ipc::Received& one : world_->spool->heard) {
    if_message<ipc::DropsKnown>(
        one, [&](const ipc::DropsKnown& all) { known.push_back(all); });
  }
  ASSERT_EQ(known.size(), 1U);
  EXPECT_EQ(known[0].user, "Ann@example.org");
  EXPECT_NE(std::ranges::find(known[0].ids, drop(1).id), known[0].ids.end());
  // A new spool hears it too.
  const auto second = rig().meet(ipc::RoleName::spool);
  rig().settle();
  ASSERT_EQ(second->heard.size(), 1U);
  second->send(ipc::DropsForget{"ann@example.org", {drop(1).id}});
  second->send(drop(1));
  rig().settle();
  EXPECT_EQ(text_in("ann"), written() + written() + written());
}

// More wait than notes have room for, until spool says what to forget.
TEST_F(RoleMbox, as_many_as_are_known_wait_for_their_turn) {
  std::vector<ipc::DeliveryIdOctets> first;
  for (unsigned number = 0; number <= mbox::drop_ids_max; ++number) {
    send(drop(static_cast<std::uint8_t>(number)));
    if (number < 100)
      first.push_back(drop(static_cast<std::uint8_t>(number)).id);
  }
  rig().settle();
  EXPECT_EQ(verdicts().size(), mbox::drop_ids_max);
  world_->spool->send(ipc::DropsForget{"ann@example.org", first});
  rig().settle();
  EXPECT_EQ(verdicts(), Verdicts{done});
}

TEST_F(RoleMbox, a_failed_flush_ends_it) {
  std::size_t ends = 0;
  for (std::uint64_t at = 0; at < 12; ++at) {
    sim::SimDisk disk = disk_.after_kill();
    World world(disk);
    disk.fail_operation(disk.operations() + at, Trouble::input_output);
    world.spool->send(drop(1));
    world.spool->send(drop(2));
    world.rig.settle();
    const auto answers = world.spool->take<ipc::DropAnswer>();
    if (!world.rig.supervisor.is_drained) continue;
    EXPECT_EQ(answers.size(), 2U) << at;
    ends += 1;
    EXPECT_TRUE(world.rig.log.has("mbox_failed"));
    for (const ipc::DropAnswer& answer : answers) {
      const auto of_first = at >= 7 && answer.id == drop(1).id;
      EXPECT_TRUE(of_first || answer.verdict == trouble) << at;
    }
  }
  EXPECT_GE(ends, 3U);
}

TEST_F(RoleMbox, at_the_end_nothing_waits) {
  put("ann.lock", "");
  send(drop(1));
  send(drop(2, "a: b\r\n", "ben@example.org"));
  rig().settle();
  EXPECT_TRUE(verdicts().empty());
  rig().role->drain();
  rig().settle();
  EXPECT_EQ(verdicts(), (Verdicts{trouble, trouble}));
  EXPECT_TRUE(rig().supervisor.is_drained);
}

}  // namespace
