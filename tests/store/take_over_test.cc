// Trees that Dovecot or Courier kept: what goes on as it was, and that power
// cuts on the way change nothing of it.
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "store/foreign_lists.h"
#include "store/state_file.h"
#include "store/world.h"

using namespace postkeep;
using namespace postkeep::store;

namespace {

// An empty disk on which another server made a tree.
sim::SimDisk made_by(const std::function<void(Elsewhere&)>& make) {
  sim::SimDisk disk;
  Elsewhere other(disk);
  for (const char* name : {"cur", "new", "tmp"}) other.make({name});
  make(other);
  PK_CHECK(disk.flush_all().has_value());
  return disk;
}

void make_folder(Elsewhere& other, const std::string& name) {
  other.make({name});
  for (const char* below : {"cur", "new", "tmp"}) other.make({name, below});
  other.write({name, "maildirfolder"}, "");
}

// As Dovecot 2.3 writes it: UID 12 came after the header was written, 10 was
// expunged, one is in new/, one was never seen by Dovecot.
void make_dovecots(Elsewhere& other) {
  other.write({"dovecot-uidlist"},
              "3 V1600000000 N12 G3164b11e1884026b151a000083ecc375\n"
              "3 :1.M1P1.vm,S=3,W=3:2,S\n"
              "7 W4 P1.2 :2.M1P1.vm\n"
              "10 :3.M1P1.vm,S=5\n"
              "11 :4.M1P1.vm,S=4\n"
              "12 :5.M1P1.vm,S=4\n");
  other.write({"dovecot-keywords"}, "0 $Junk\n2 Label1\n30 Beyond\n");
  other.write({"cur", "1.M1P1.vm,S=3,W=3:2,FSac"}, "one");
  other.write({"cur", "2.M1P1.vm:2,"}, "two");
  other.write({"cur", "4.M1P1.vm,S=4:2,T"}, "four");
  other.write({"new", "5.M1P1.vm,S=4"}, "five");
  other.write({"new", "6.M1P1.vm,S=3"}, "six");
  make_folder(other, ".Entw&APw-rfe");
  other.write({".Entw&APw-rfe", "dovecot-uidlist"},
              "3 V1600000005 N2 G3164\n1 :1.M2P1.vm:2,S\n");
  other.write({".Entw&APw-rfe", "cur", "1.M2P1.vm:2,D"}, "draft");
  other.write({"subscriptions"}, "V\t2\n\nEntw&APw-rfe\na\tb.c\nINBOX\n");
}

Contents dovecots_inbox() {
  return {{3, {"one", {flag_flagged | flag_seen, 0b101}}},
          {7, {"two", {}}},
          {11, {"four", {flag_deleted, 0}}},
          {12, {"five", {}}},
          {13, {"six", {}}}};
}

std::set<std::string> subscribed(MailStore& store) {
  std::set<std::string> names;
  const auto all = store.list();
  for (const FolderInfo& info : *all) {
    if (info.subscribed) names.insert(info.name);
  }
  return names;
}

TEST(TakeOver, dovecots_numbers_and_names_go_on) {
  World world(made_by(make_dovecots));
  const auto inbox = world.folder();
  EXPECT_EQ(inbox->uid_validity(), 1600000000U);
  EXPECT_EQ(inbox->uid_next(), 14U);
  EXPECT_EQ(contents_of(*inbox), dovecots_inbox());
  EXPECT_EQ(inbox->keywords(),
            (std::vector<std::string>{"$Junk", "", "Label1"}));
  EXPECT_EQ(*inbox->recent(false), (std::vector<Uid>{12, 13}));
  const auto drafts = world.folder("Entw\xc3\xbcrfe");
  EXPECT_EQ(drafts->uid_validity(), 1600000005U);
  EXPECT_EQ(drafts->uid_next(), 2U);
  EXPECT_EQ(contents_of(*drafts), (Contents{{1, {"draft", {flag_draft, 0}}}}));
  EXPECT_EQ(subscribed(*world.store),
            (std::set<std::string>{"INBOX", "Entw\xc3\xbcrfe", "a/b/c"}));
  // A folder of ours has a UIDVALIDITY of its own.
  ASSERT_TRUE(world.store->create("New"));
  EXPECT_GT(world.folder("New")->uid_validity(), 1600000005U);
  EXPECT_EQ(world.log.errors, 0U);
}

TEST(TakeOver, what_dovecot_writes_later_is_not_read) {
  World world(made_by(make_dovecots));
  EXPECT_EQ(contents_of(*world.folder()), dovecots_inbox());
  world.stop();
  Elsewhere other(world.disk);
  other.write({"dovecot-uidlist"}, "3 V5 N100\n50 :9.vm\n");
  other.write({"dovecot-keywords"}, "0 Other\n");
  other.write({"subscriptions"}, "V\t2\n\nOther\n");
  other.write({"cur", "9.vm:2,"}, "nine");
  world.start();
  Contents later = dovecots_inbox();
  later[14] = {"nine", {}};
  EXPECT_EQ(contents_of(*world.folder()), later);
  EXPECT_EQ(world.folder()->uid_validity(), 1600000000U);
  EXPECT_EQ(world.folder()->keywords().front(), "$Junk");
  EXPECT_FALSE(subscribed(*world.store).contains("Other"));
}

TEST(TakeOver, a_delivery_may_come_before_the_folder_is_looked_into) {
  World world(made_by(make_dovecots));
  EXPECT_EQ(world.deliver(1, "new")->uid, 13U);
  Contents all = dovecots_inbox();
  all[14] = all[13];
  all[13] = {"new", {}};
  EXPECT_EQ(contents_of(*world.folder()), all);
}

// As Courier 5 writes it.
void make_couriers(Elsewhere& other) {
  other.write({"courierimapuiddb"},
              "1 795327025 4\n1 1.M1_0.vm,S=3\n2 2.M1_1.vm,S=3\n");
  other.make({"courierimapkeywords"});
  other.write({"courierimapkeywords", ":list"},
              "Label1\n$Junk\n\n1.M1_0.vm,S=3:1 0\n2.M1_1.vm,S=3:1\n");
  // Newer than the list, older than its own, and the newest.
  other.write({"courierimapkeywords", ".5984424.2.M1_1.vm,S=3"}, "$Junk\n");
  other.write({"courierimapkeywords", ".5984425.2.M1_1.vm,S=3"}, "Label1\n");
  other.write({"courierimapkeywords", ".5984425.3.M1_0.vm"}, "Label1\n");
  other.write({"courierimapkeywords", "3.M1_0.vm"}, "Work\nlabel1\n");
  other.write({"cur", "1.M1_0.vm,S=3:2,S"}, "one");
  other.write({"cur", "2.M1_1.vm,S=3:2,"}, "two");
  other.write({"cur", "3.M1_0.vm:2,a"}, "new");
  make_folder(other, ".Entw\xc3\xbcrfe");
  make_folder(other, ".R&D.a");
  other.write({".Entw\xc3\xbcrfe", "courierimapuiddb"}, "1 795327023 1\n");
  other.write({"courierimapsubscribed"},
              "INBOX\nINBOX.Entw\xc3\xbcrfe\nINBOX.R&D.a\nINBOX.Old&APw-\n");
}

TEST(TakeOver, couriers_numbers_keywords_and_names_go_on) {
  World world(made_by(make_couriers));
  const auto inbox = world.folder();
  EXPECT_EQ(inbox->uid_validity(), 795327025U);
  EXPECT_EQ(inbox->uid_next(), 5U);
  EXPECT_EQ(inbox->keywords(),
            (std::vector<std::string>{"Label1", "$Junk", "Work"}));
  EXPECT_EQ(contents_of(*inbox), (Contents{{1, {"one", {flag_seen, 0b011}}},
                                           {2, {"two", {0, 0b001}}},
                                           {4, {"new", {0, 0b101}}}}));
  EXPECT_EQ(world.folder("Entw\xc3\xbcrfe")->uid_validity(), 795327023U);
  EXPECT_NE(world.folder("R&D/a"), nullptr);
  EXPECT_EQ(subscribed(*world.store),
            (std::set<std::string>{"INBOX", "Entw\xc3\xbcrfe", "R&D/a",
                                   "Old\xc3\xbc"}));
  world.restart();
  EXPECT_EQ(contents_of(*world.folder()).at(4).second.keywords, 0b101U);
}

TEST(TakeOver, of_two_lists_the_later_counts) {
  const auto both = [](bool dovecot_later) {
    return made_by([&](Elsewhere& other) {
      if (dovecot_later) other.write({"courierimapuiddb"}, "1 5 9\n8 a\n");
      other.write({"dovecot-uidlist"}, "3 V6 N4\n3 :a\n");
      if (!dovecot_later) other.write({"courierimapuiddb"}, "1 5 9\n8 a\n");
      other.write({"cur", "a:2,"}, "one");
    });
  };
  EXPECT_EQ(World(both(true)).folder()->messages()[0].uid, 3U);
  EXPECT_EQ(World(both(false)).folder()->messages()[0].uid, 8U);
}

TEST(TakeOver, dovecots_first_version_is_read) {
  World world(made_by([](Elsewhere& other) {
    other.write({"dovecot-uidlist"}, "1 5 9\n8 a:2,S\n");
    other.write({"cur", "a:2,S"}, "one");
    other.write({"subscriptions"}, "Sent\nLists.c\n");
  }));
  EXPECT_EQ(world.folder()->messages()[0].uid, 8U);
  EXPECT_EQ(subscribed(*world.store),
            (std::set<std::string>{"Sent", "Lists/c"}));
}

struct Bad {
  const char* why;
  std::string list;
  bool is_taken_over;
  std::set<Uid> uids;  // Of a, b and c, if it is.
  Uid uid_next;
};

TEST(TakeOver, what_cannot_be_believed_never_gives_a_uid_twice) {
  const std::vector<Bad> examples{
      {"no header", "", false, {}, 0},
      {"another header", "a\n1 :a\n", false, {}, 0},
      {"no UIDVALIDITY", "3 N5\n1 :a\n", false, {}, 0},
      {"UIDVALIDITY 0", "3 V0 N5\n1 :a\n", false, {}, 0},
      {"UIDVALIDITY of 33 bits", "3 V4294967296 N5\n", false, {}, 0},
      {"no next UID", "3 V9\n1 :a\n", false, {}, 0},
      {"a header without its end", "3 V9 N5", false, {}, 0},
      {"a bad line between",
       "3 V9 N5\n1 :a\nx\n3 :b\n4 :c\n",
       true,
       {1, 3, 4},
       5 + 1024},
      {"a last line without its end",
       "3 V9 N5\n1 :a\n3 :b\n4 :c",
       true,
       {1, 3, 5 + 1024},
       5 + 1025},
      {"a UID twice",
       "3 V9 N5\n1 :a\n1 :b\n4 :c\n",
       true,
       {1, 4, 5 + 1024},
       5 + 1025},
      {"a UID that goes back",
       "3 V9 N5\n3 :a\n2 :b\n4 :c\n",
       true,
       {3, 4, 5 + 1024},
       5 + 1025},
      {"UID 0",
       "3 V9 N5\n0 :a\n1 :b\n2 :c\n",
       true,
       {1, 2, 5 + 1024},
       5 + 1025},
      {"a UID far beyond",
       "3 V9 N5\n1 :a\n2 :b\n4000000000 :c\n",
       true,
       {1, 2, 5 + 1024},
       5 + 1025},
      {"a file twice", "3 V9 N5\n1 :a\n2 :b\n3 :a\n4 :c\n", true, {2, 3, 4}, 5},
      {"beyond the header, as Dovecot has it",
       "3 V9 N1\n1 :a\n20 :b\n21 :c\n",
       true,
       {1, 20, 21},
       22},
  };
  for (const Bad& one : examples) {
    World world(made_by([&](Elsewhere& other) {
      other.write({"dovecot-uidlist"}, one.list);
      for (const char* name : {"a", "b", "c"}) {
        other.write({"cur", std::string(name) + ":2,"}, name);
      }
    }));
    const auto inbox = world.folder();
    ASSERT_EQ(inbox->messages().size(), 3U) << one.why;
    EXPECT_EQ(inbox->uid_validity() == 9, one.is_taken_over) << one.why;
    if (!one.is_taken_over) continue;
    std::set<Uid> uids;
    for (const Message& message : inbox->messages()) uids.insert(message.uid);
    EXPECT_EQ(uids, one.uids) << one.why;
    EXPECT_EQ(inbox->uid_next(), one.uid_next) << one.why;
  }
}

// Ours was lost: UIDs were given of which the other's list knows nothing.
TEST(TakeOver, a_folder_that_was_ours_is_not_taken_over) {
  World world(made_by(make_dovecots));
  EXPECT_EQ(contents_of(*world.folder()), dovecots_inbox());
  world.stop();
  Elsewhere(world.disk).remove({"postkeep-state"});
  world.start();
  EXPECT_GT(world.folder()->uid_validity(), 1600000005U);
  EXPECT_EQ(world.folder()->messages().size(), 5U);
  EXPECT_EQ(world.log.count("folder_not_taken_over"), 1U);
}

TEST(TakeOver, a_disk_that_cannot_be_read_gives_no_new_uids) {
  sim::SimDisk disk = made_by(make_dovecots);
  std::size_t refused = 0;
  for (std::uint64_t n = 0; n < 60; ++n) {
    World world(disk, World::Later{});
    world.disk.fail_read(world.disk.reads() + n, Trouble::input_output);
    world.start();
    if (world.store == nullptr) {
      ++refused;
      continue;
    }
    const auto inbox = world.store->open("INBOX");
    if (!inbox) continue;
    EXPECT_EQ((*inbox)->uid_validity(), 1600000000U) << n;
  }
  EXPECT_GT(refused, 0U);
}

// A cut at every operation of the first opening, and in what follows it.
void search_for_cuts(const sim::SimDisk& made, const Contents& inbox,
                     std::uint32_t uid_validity) {
  World world(made, World::Later{});
  std::size_t cuts = 0;
  std::uint64_t points = 0;
  const auto check = [&](sim::SimDisk& back) {
    World again(back, World::Later{});
    again.start();
    ASSERT_NE(again.store, nullptr);
    const auto folder = again.folder();
    ASSERT_EQ(folder->uid_validity(), uid_validity);
    const Contents seen = contents_of(*folder);
    // What no list had may have been given another number, which is above all.
    for (const auto& [uid, one] : inbox) {
      if (const auto found = seen.find(uid); found != seen.end()) {
        ASSERT_EQ(found->second, one) << uid;
      } else {
        ASSERT_EQ(uid, inbox.rbegin()->first);
        ASSERT_GT(seen.rbegin()->first, uid);
        ASSERT_EQ(seen.rbegin()->second, one);
      }
    }
    ASSERT_EQ(seen.size(), inbox.size());
    ASSERT_EQ(subscribed(*again.store).size(), 3U + (uid_validity < 1U << 30));
    again.die();
  };
  const auto cut = [&] {
    if (testing::Test::HasFatalFailure()) return;
    points += 1;
    cuts += world.disk.each_power_cut(48, points, check);
  };
  world.disk.before_operation(cut);
  world.start();
  ASSERT_NE(world.store, nullptr);
  const auto folder = world.folder();
  static_cast<void>(world.folder("Entw\xc3\xbcrfe"));
  world.disk.before_operation(nullptr);
  EXPECT_EQ(contents_of(*folder), inbox);
  cut();
  std::printf("%llu points, %zu cuts\n",
              static_cast<unsigned long long>(points), cuts);
}

TEST(TakeOver, a_power_cut_on_the_way_changes_nothing) {
  search_for_cuts(made_by(make_dovecots), dovecots_inbox(), 1600000000);
  search_for_cuts(made_by(make_couriers),
                  Contents{{1, {"one", {flag_seen, 0b011}}},
                           {2, {"two", {0, 0b001}}},
                           {4, {"new", {0, 0b101}}}},
                  795327025);
}

}  // namespace
