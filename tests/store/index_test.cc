// The index is a cache: deleted or damaged at any moment, it costs time.
#include "store/index.h"

#include <gtest/gtest.h>

#include "store/index_laws.h"
#include "store/world.h"

using namespace postkeep;
using namespace postkeep::store;

namespace {

TEST(StoreIndex, deleted_at_any_moment_it_costs_no_mail) {
  // Before operation n of a session the files are gone: n counts up until the
  // session ends without them having been touched.
  std::optional<Contents> expected;
  for (std::uint64_t n = 0;; ++n) {
    World world(disk_with_index());
    bool deleted = false;
    const std::uint64_t from = world.disk.operations();
    world.disk.before_operation([&] {
      if (world.disk.operations() != from + n || deleted) return;
      deleted = true;
      sim::SimDisk& disk = world.disk;
      static_cast<void>(disk.remove(disk.root(), "postkeep-index"));
      static_cast<void>(disk.remove(disk.root(), "postkeep-index-wal"));
    });
    const std::vector<Uid> some{8, 9};
    ASSERT_TRUE(world.folder()->change_flags(some, FlagChange::add,
                                             {flag_flagged, 0}, {}));
    ASSERT_TRUE(world.folder()->expunge(some));
    world.append("last");
    for (Uid uid = 6; uid < 12; ++uid) {
      static_cast<void>(world.folder()->summary(uid));
    }
    world.restart();
    world.disk.before_operation(nullptr);
    const Contents contents = contents_of(*world.folder());
    if (!expected) expected = contents;
    EXPECT_EQ(contents, *expected) << n;
    if (!deleted) break;
    ASSERT_LT(n, 500U);
  }
}

TEST(StoreIndex, summaries_are_kept_and_not_read_again) {
  World world(disk_with_index());
  Elsewhere other(world.disk);
  const auto names = other.names({"cur"});
  // Were the text read, it would say something else.
  for (const std::string& name : names) {
    const std::string text = other.read({"cur", name});
    other.write({"cur", name}, std::string(text.size(), 'x'));
  }
  const auto kept = world.folder()->summary(10);
  ASSERT_TRUE(kept);
  EXPECT_EQ((*kept)->envelope.subject, "number 9");
}

// Both what the database has and what waits to be written.
TEST(StoreIndex, a_copy_has_the_summary_of_its_message) {
  World world(disk_with_index());
  const Uid last = world.append("Subject: number 20\r\n\r\nbody\r\n");
  ASSERT_TRUE(world.store->create("A"));
  const std::vector<Uid> uids{10, last};
  const auto copied = world.folder()->copy(uids, *world.folder("A"));
  const std::vector<Uid> one{11};
  const auto moved = world.folder()->move(one, *world.folder("A"));
  ASSERT_TRUE(copied && copied->size() == 2 && moved && moved->size() == 1);
  world.restart();
  Elsewhere other(world.disk);
  for (const char* place : {"cur", "new"}) {
    for (const std::string& name : other.names({".A", place})) {
      const std::string text = other.read({".A", place, name});
      other.write({".A", place, name}, std::string(text.size(), 'x'));
    }
  }
  const auto subject = [&](Uid uid) {
    return (*world.folder("A")->summary(uid))->envelope.subject;
  };
  EXPECT_EQ(subject((*copied)[0].second), "number 9");
  EXPECT_EQ(subject((*copied)[1].second), "number 20");
  EXPECT_EQ(subject((*moved)[0].second), "number 10");
}

std::string shown(Folder& folder, Uid uid, std::uint8_t form) {
  return std::string(folder.shown(uid, form).value_or("none"));
}

TEST(StoreIndex, words_are_kept_for_their_form_and_message) {
  World world(disk_with_index());
  for (int round = 0; round < 2; ++round) {
    const auto folder = world.folder();
    // In the order of a client that reads all, from anywhere, and again.
    for (const Uid uid : {6U, 7U, 8U, 19U, 9U, 9U, 10U}) {
      EXPECT_EQ(shown(*folder, uid, 1), "words of " + std::to_string(uid));
    }
    EXPECT_EQ(shown(*folder, 7, 2), "none");
    EXPECT_EQ(shown(*folder, 2, 1), "none");
    EXPECT_EQ(shown(*folder, 4711, 1), "none");
    world.restart();
  }
}

TEST(StoreIndex, words_that_wait_to_be_written_are_there) {
  World world(disk_with_index());
  const auto folder = world.folder();
  folder->keep_shown(7, 2, "other words");
  EXPECT_EQ(shown(*folder, 7, 2), "other words");
  EXPECT_EQ(shown(*folder, 7, 1), "words of 7");
  folder->keep_shown(8, 1, std::string(shown_octets_max + 1, 'x'));
  EXPECT_EQ(shown(*folder, 8, 1), "words of 8");
  folder->keep_shown(4711, 1, "of nobody");
  EXPECT_EQ(shown(*folder, 4711, 1), "none");
}

// A program of today and one of 2003 read the same mailbox.
TEST(StoreIndex, words_of_two_forms_stand_side_by_side) {
  World world(disk_with_index());
  for (Uid uid = 6; uid < 20; ++uid) {
    world.folder()->keep_shown(uid, 2, "others of " + std::to_string(uid));
  }
  for (int round = 0; round < 2; ++round) {
    for (Uid uid = 6; uid < 20; ++uid) {
      const std::string number = std::to_string(uid);
      EXPECT_EQ(shown(*world.folder(), uid, 1), "words of " + number);
      EXPECT_EQ(shown(*world.folder(), uid, 2), "others of " + number);
    }
    EXPECT_EQ(shown(*world.folder(), 9, 1), "words of 9");
    EXPECT_EQ(shown(*world.folder(), 10, 2), "others of 10");
    world.restart();
  }
}

TEST(StoreIndex, words_of_an_expunged_message_go_with_it) {
  World world(disk_with_index());
  const std::vector<Uid> some{8, 9};
  ASSERT_EQ(shown(*world.folder(), 7, 1), "words of 7");
  ASSERT_TRUE(world.folder()->expunge(some));
  EXPECT_EQ(shown(*world.folder(), 8, 1), "none");
  EXPECT_EQ(shown(*world.folder(), 10, 1), "words of 10");
  world.restart();
  EXPECT_EQ(shown(*world.folder(), 9, 1), "none");
}

// Many more than are read at once.
TEST(StoreIndex, words_of_many_come_in_their_order) {
  World world;
  const Uid last = 3 * shown_ahead_max;
  for (Uid uid = 1; uid <= last; ++uid) {
    world.append("text " + std::to_string(uid));
  }
  world.restart();
  for (Uid uid = 1; uid <= last; ++uid) {
    const std::string words(uid % 7 == 0 ? 20'000 : 10, 'x');
    world.folder()->keep_shown(uid, 1, words + std::to_string(uid));
  }
  world.restart();
  for (const Uid step : {1U, 5U}) {
    for (Uid uid = 1; uid <= last; uid += step) {
      EXPECT_TRUE(
          shown(*world.folder(), uid, 1).ends_with("x" + std::to_string(uid)));
    }
  }
}

TEST(StoreIndex, any_damage_costs_no_mail) {
  sim::Chance chance(5);
  for (int round = 0; round < 60; ++round) {
    std::vector<Octet> damage;
    const std::size_t count = 5 * (1 + chance.pick(8));
    for (std::size_t n = 0; n < count; ++n) {
      damage.push_back(static_cast<Octet>(chance.bits()));
    }
    EXPECT_TRUE(law_a_damaged_index_costs_no_mail(damage)) << round;
  }
}

}  // namespace
