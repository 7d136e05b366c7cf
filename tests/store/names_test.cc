// Mailboxes as names: made, listed, renamed, removed, subscribed to.
#include <gtest/gtest.h>

#include <array>

#include "store/rename_record.h"
#include "store/world.h"

using namespace postkeep;
using namespace postkeep::store;

namespace {

std::string list(World& world) {
  std::string text;
  const auto infos = world.store->list();
  for (const FolderInfo& info : *infos) {
    text += info.name;
    if (!info.exists) text += "(no)";
    if (info.has_children) text += "+";
    if (info.subscribed) text += "*";
    if (!info.special_use.empty()) text += info.special_use;
    text += ' ';
  }
  return text;
}

TEST(Mailboxes, are_made_with_their_parents_and_listed) {
  World world;
  EXPECT_TRUE(world.store->create("Lists/c++/std", "\\Archive"));
  EXPECT_TRUE(world.store->create("Sent", "\\Sent"));
  EXPECT_EQ(list(world),
            "INBOX Lists+ Lists/c+++ Lists/c++/std\\Archive Sent\\Sent ");
  world.restart();
  EXPECT_EQ(list(world),
            "INBOX Lists+ Lists/c+++ Lists/c++/std\\Archive Sent\\Sent ");
  EXPECT_EQ(world.store->create("Sent").error(), StoreError::exists);
  EXPECT_EQ(world.store->create("inbox").error(), StoreError::exists);
  EXPECT_EQ(world.store->create("a*").error(), StoreError::bad_name);
  EXPECT_EQ(world.store->create("a//b").error(), StoreError::bad_name);
  EXPECT_EQ(world.store->create("").error(), StoreError::bad_name);
}

TEST(Mailboxes, are_as_many_as_the_limit_says) {
  World world;
  world.stop();
  world.limits.mailboxes_max = 3;
  world.start();
  EXPECT_TRUE(world.store->create("a/b"));
  EXPECT_EQ(world.store->create("c/d").error(), StoreError::limit);
  EXPECT_TRUE(world.store->create("c"));
  EXPECT_EQ(world.store->create("e").error(), StoreError::limit);
}

TEST(Mailboxes, are_removed_while_those_below_stay) {
  World world;
  ASSERT_TRUE(world.store->create("a/b"));
  ASSERT_TRUE(world.store->subscribe("a", true));
  world.append("one", {}, "a");
  EXPECT_TRUE(world.store->remove("a"));
  EXPECT_EQ(list(world), "INBOX a(no)+* a/b ");
  EXPECT_EQ(world.store->remove("a").error(), StoreError::not_found);
  EXPECT_EQ(world.store->remove("INBOX").error(), StoreError::not_allowed);
  const auto validity = world.folder("a/b")->uid_validity();
  EXPECT_TRUE(world.store->create("a"));
  EXPECT_GT(world.folder("a")->uid_validity(), validity);
  EXPECT_TRUE(world.folder("a")->messages().empty());
}

TEST(Mailboxes, made_again_have_another_uid_validity_though_time_went_back) {
  World world;
  ASSERT_TRUE(world.store->create("a"));
  const auto validity = world.folder("a")->uid_validity();
  ASSERT_TRUE(world.store->remove("a"));
  world.clock.set_wall(WallTime{});
  world.kill();
  ASSERT_TRUE(world.store->create("a"));
  EXPECT_GT(world.folder("a")->uid_validity(), validity);
}

TEST(Mailboxes, are_renamed_with_those_below) {
  World world;
  ASSERT_TRUE(world.store->create("a/b/c"));
  ASSERT_TRUE(world.store->create("ab"));
  const Uid uid = world.append("one", {}, "a/b");
  const auto held = world.folder("a/b");
  const auto validity = held->uid_validity();
  ASSERT_TRUE(world.store->rename("a", "x/y"));
  EXPECT_EQ(list(world), "INBOX ab x+ x/y+ x/y/b+ x/y/b/c ");
  EXPECT_EQ(held->name(), "x/y/b");
  EXPECT_EQ(world.folder("x/y/b").get(), held.get());
  EXPECT_EQ(held->uid_validity(), validity);
  EXPECT_EQ(contents_of(*held).at(uid).first, "one");
  EXPECT_EQ(world.store->rename("a", "z").error(), StoreError::not_found);
  EXPECT_EQ(world.store->rename("ab", "x").error(), StoreError::exists);
  EXPECT_EQ(world.store->rename("x", "x/y/z").error(), StoreError::not_allowed);
  EXPECT_EQ(world.store->rename("ab", "a/../b/").error(), StoreError::bad_name);
}

TEST(Mailboxes, inbox_renamed_stays_and_is_empty) {
  World world;
  world.append("one", {flag_seen, 0});
  world.append("two");
  ASSERT_TRUE(world.store->create("INBOX/below"));
  ASSERT_TRUE(world.store->rename("inbox", "Old/Inbox"));
  EXPECT_EQ(list(world), "INBOX+ INBOX/below Old+ Old/Inbox ");
  EXPECT_TRUE(world.folder()->messages().empty());
  EXPECT_EQ(contents_of(*world.folder("Old/Inbox")).size(), 2U);
}

TEST(Mailboxes, subscriptions_are_kept_one_name_a_line) {
  World world;
  ASSERT_TRUE(world.store->subscribe("inbox", true));
  ASSERT_TRUE(world.store->subscribe("not there/yet", true));
  ASSERT_TRUE(world.store->subscribe("gone", true));
  ASSERT_TRUE(world.store->subscribe("gone", false));
  world.kill();
  EXPECT_EQ(list(world), "INBOX* not there/yet(no)* ");
  Elsewhere other(world.disk);
  EXPECT_EQ(other.read({"postkeep-subscriptions"}), "INBOX\nnot there/yet\n");
  world.stop();
  other.write({"postkeep-subscriptions"}, "a\n\n../x//\nb\xFF\nInBoX/c");
  world.start();
  EXPECT_EQ(list(world), "INBOX INBOX/c(no)* a(no)* ");
}

TEST(Mailboxes, leftovers_of_a_crash_are_removed) {
  World world;
  world.stop();
  Elsewhere other(world.disk);
  other.make({"..postkeep-gone-1"});
  other.make({"..postkeep-gone-1", "cur"});
  other.write({"..postkeep-gone-1", "cur", "1.x"}, "text");
  world.start();
  for (const std::string& name : other.names({})) {
    EXPECT_NE(name.substr(0, 2), "..");
  }
}

// Every operation of a RENAME fails once: all have the new name, or none.
TEST(Mailboxes, a_rename_that_fails_is_undone) {
  std::size_t refused = 0;
  for (std::uint64_t n = 0; n < 14; ++n) {
    World world;
    for (const char* name : {"A", "A/B", "A/C"}) {
      ASSERT_TRUE(world.store->create(name));
    }
    const std::uint64_t fails = world.disk.operations() + n;
    world.disk.fail_operation(fails, Trouble::no_space);
    const bool renamed = world.store->rename("A", "Z").has_value();
    if (world.disk.operations() <= fails) break;
    refused += renamed ? 0U : 1U;
    if (world.store->has_failed()) continue;  // A flush: nobody knows.
    const auto check = [&] {
      for (const char* name : {"A", "A/B", "A/C"}) {
        EXPECT_EQ(world.store->open(name).has_value(), !renamed) << n << name;
      }
      for (const char* name : {"Z", "Z/B", "Z/C"}) {
        EXPECT_EQ(world.store->open(name).has_value(), renamed) << n << name;
      }
    };
    check();
    world.restart();
    check();
  }
  EXPECT_GT(refused, 3U);
}

// A record that was not needed any more, and that a power cut brought back.
TEST(Mailboxes, an_old_record_renames_no_other_folder) {
  World world;
  ASSERT_TRUE(world.store->create("A"));
  world.stop();
  Elsewhere other(world.disk);
  const std::array<FolderRename, 2> old{FolderRename{1, ".A", ".Z"},
                                        FolderRename{0, ".A", ".Y"}};
  const auto record = write(old);
  other.write({"postkeep-renames"}, text_of(record));
  world.start();
  EXPECT_TRUE(world.store->open("A"));
  EXPECT_EQ(world.store->list()->size(), 2U);
  world.stop();
  other.write({"postkeep-renames"}, "pkrename of no kind");
  world.start();
  EXPECT_EQ(world.log.count("rename_record_damaged"), 1U);
  EXPECT_TRUE(world.store->open("A"));
  for (const std::string& name : other.names({})) {
    EXPECT_EQ(name.find("postkeep-renames"), std::string::npos);
  }
}

}  // namespace
