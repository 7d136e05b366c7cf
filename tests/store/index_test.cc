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
