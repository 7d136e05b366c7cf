// Messages that are appended or copied together: all or none, whatever goes
// wrong, and whatever interrupts what is done about it.
#include <gtest/gtest.h>

#include "store/world.h"

namespace postkeep::store {
namespace {

using Command = bool (*)(World&);

bool appends_three(World& world) {
  const std::array texts{octets("one"), octets("two"), octets("three")};
  std::vector<Folder::Appended> all;
  all.reserve(texts.size());
  // One to new/, two to cur/.
  for (const Octets text : texts) {
    all.push_back({text, {all.empty() ? std::uint8_t{0} : flag_seen, 0}, 5});
  }
  return world.folder("A")->append_all(all).has_value();
}

bool copies_two(World& world) {
  const std::array<Uid, 2> uids{1, 2};
  return world.folder()->copy(uids, *world.folder("A")).has_value();
}

// INBOX with two messages, "A" with one; all durable.
sim::SimDisk prepared() {
  World world;
  PK_CHECK(world.store->create("A").has_value());
  world.append("first", {flag_seen, 0});
  world.append("second");
  world.append("there", {}, "A");
  world.stop();
  PK_CHECK(world.disk.flush_all().has_value());
  return world.disk;
}

struct Seen {
  std::size_t in_target = 0;
  std::size_t in_tmp = 0;
};

Seen look(World& world) {
  Seen seen;
  seen.in_target = contents_of(*world.folder("A")).size();
  seen.in_tmp = Elsewhere(world.disk).names({".A", "tmp"}).size();
  return seen;
}

// Every operation of the command fails in turn, for one reason: then it says
// NO, nothing of it is there, and no power cut brings a part of it back.
void fails_as_a_whole(Command command, std::size_t whole, Trouble why) {
  const sim::SimDisk disk = prepared();
  bool done = false;
  for (std::uint64_t n = 0; !done; ++n) {
    World world(disk);
    ASSERT_EQ(look(world).in_target, 1U);
    ASSERT_EQ(world.folder()->messages().size(), 2U);
    const std::uint64_t failing = world.disk.operations() + n;
    world.disk.fail_operation(failing, why);
    const bool succeeds = command(world);
    done = world.disk.operations() <= failing;
    static_cast<void>(world.folder("A")->refresh());
    const std::size_t there = world.folder("A")->messages().size();
    ASSERT_EQ(there, succeeds ? whole : 1U) << n;
    world.disk.each_power_cut(64, n, [&](sim::SimDisk& back) {
      World after(back);
      const Seen seen = look(after);
      ASSERT_TRUE(seen.in_target == whole || (!succeeds && seen.in_target == 1))
          << "operation " << n << ": " << seen.in_target;
      ASSERT_EQ(seen.in_tmp, 0U);
    });
    world.die();
  }
}

TEST(StoreGroup, several_appended_fail_as_a_whole) {
  fails_as_a_whole(appends_three, 4, Trouble::no_space);
}

TEST(StoreGroup, several_copied_fail_as_a_whole) {
  fails_as_a_whole(copies_two, 3, Trouble::no_space);
}

// Killed at any operation: nothing is lost that the kernel has, so that the
// name of the group alone decides.
void is_killed_as_a_whole(Command command, std::size_t whole) {
  const sim::SimDisk disk = prepared();
  bool was_none = false;
  bool was_completed = false;
  bool done = false;
  for (std::uint64_t n = 0; !done; ++n) {
    World world(disk);
    ASSERT_EQ(look(world).in_target, 1U);
    ASSERT_EQ(world.folder()->messages().size(), 2U);
    world.disk.stop_before(world.disk.operations() + n);
    done = command(world);
    world.store.reset();
    World after(world.disk.after_kill());
    const Seen seen = look(after);
    was_none = was_none || seen.in_target == 1;
    ASSERT_TRUE(seen.in_target == whole || seen.in_target == 1) << n;
    ASSERT_EQ(seen.in_tmp, 0U) << n;
    ASSERT_TRUE(!done || seen.in_target == whole) << n;
    was_completed = was_completed || after.log.count("group_completed") == 1;
  }
  EXPECT_TRUE(was_none);
  EXPECT_TRUE(was_completed);
}

TEST(StoreGroup, several_appended_are_killed_as_a_whole) {
  is_killed_as_a_whole(appends_three, 4);
}

TEST(StoreGroup, several_copied_are_killed_as_a_whole) {
  is_killed_as_a_whole(copies_two, 3);
}

TEST(StoreGroup, what_another_program_took_is_not_copied) {
  World world(prepared());
  const auto inbox = world.folder();
  ASSERT_EQ(inbox->messages().size(), 2U);
  Elsewhere other(world.disk);
  other.remove({"cur", other.names({"cur"}).front()});
  const std::array<Uid, 2> uids{1, 2};
  const auto copied = inbox->copy(uids, *world.folder("A"));
  ASSERT_TRUE(copied);
  EXPECT_EQ(copied->size(), 1U);
  EXPECT_EQ(look(world).in_target, 2U);
}

}  // namespace
}  // namespace postkeep::store
