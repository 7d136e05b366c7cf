// Other programs in the same Maildir: what they may do, and what it comes to.
#include <gtest/gtest.h>

#include "store/maildir_name.h"
#include "store/world.h"

using namespace postkeep;
using namespace postkeep::store;

namespace {

class Told final : public FolderObserver {
 public:
  void arrived(Uid uid) override { events.push_back("+" + at(uid)); }
  void changed(Uid uid) override { events.push_back("~" + at(uid)); }
  void gone(Uid uid, ModificationSequence /*when*/) override {
    events.push_back("-" + at(uid));
  }
  void folder_gone() override { events.push_back("folder"); }
  static std::string at(Uid uid) { return std::to_string(uid); }
  std::vector<std::string> events;
};

using Names = std::vector<std::string>;

class Foreign : public testing::Test {
 protected:
  World world;
  Elsewhere other{world.disk};
};

TEST_F(Foreign, files_of_others_get_uids_in_the_order_of_their_names) {
  world.stop();
  other.write({"cur", "1700000002.M1P2.host,S=3,W=3:2,FP"}, "two");
  other.write({"new", "1700000001.M1P2.host"}, "one");
  other.write({"new", ".hidden"}, "not a message");
  other.write({"cur", "any:thing"}, "three");
  world.start();
  const Contents contents = contents_of(*world.folder());
  ASSERT_EQ(contents.size(), 3U);
  EXPECT_EQ(contents.at(1).first, "one");
  EXPECT_EQ(contents.at(2).first, "two");
  EXPECT_EQ(contents.at(2).second.system, flag_flagged);
  EXPECT_EQ(contents.at(3).first, "three");
  EXPECT_EQ(world.folder()->recent(false)->size(), 1U);
  // They keep them, and the letter that is not ours.
  const std::vector<Uid> second{2};
  ASSERT_TRUE(world.folder()->change_flags(second, FlagChange::add,
                                           {flag_seen, 0}, {}));
  world.restart();
  EXPECT_EQ(contents_of(*world.folder()).size(), 3U);
  EXPECT_EQ(contents_of(*world.folder()).at(2).first, "two");
  std::size_t passed_on = 0;
  for (const std::string& name : other.names({"cur"})) {
    passed_on += name.substr(name.rfind(':')) == ":2,FPS" ? 1U : 0U;
  }
  EXPECT_EQ(passed_on, 1U);
}

TEST_F(Foreign, looking_takes_a_small_part_of_the_time) {
  world.deliver(1, "one");
  const auto inbox = world.folder();
  int looks = 0;
  world.disk.before_listing([&] {
    looks += 1;
    world.clock.pass(std::chrono::milliseconds(500));
  });
  // The first makes known how long it takes: a second for both directories.
  other.write({"new", "1.foreign"}, "two");
  ASSERT_TRUE(inbox->refresh());
  ASSERT_EQ(inbox->messages().size(), 2U);
  looks = 0;
  for (int second = 0; second < 160; ++second) {
    world.deliver(static_cast<Octet>(second + 2), "more");
    world.clock.pass(std::chrono::seconds(1));
    ASSERT_TRUE(inbox->refresh());
  }
  EXPECT_EQ(inbox->messages().size(), 162U);
  EXPECT_LE(looks, 2 * 160 / 16);
}

TEST_F(Foreign, a_change_that_left_no_time_is_seen_within_the_bound) {
  // All within one tick of the kernel's clock.
  world.disk.set_now([] { return 7; });
  world.deliver(1, "one");
  const auto inbox = world.folder();
  ASSERT_TRUE(inbox->refresh());
  world.disk.before_listing([&] { world.clock.pass(std::chrono::seconds(3)); });
  world.clock.pass(std::chrono::seconds(2));
  ASSERT_TRUE(inbox->refresh());
  world.deliver(2, "two");
  other.write({"new", "1.foreign"}, "three");
  ASSERT_TRUE(inbox->refresh());
  EXPECT_EQ(inbox->messages().size(), 2U);
  world.clock.pass(std::chrono::seconds(25));
  ASSERT_TRUE(inbox->refresh());
  EXPECT_EQ(inbox->messages().size(), 3U);
}

TEST_F(Foreign, what_they_do_while_we_look_is_told) {
  world.deliver(1, "one");
  world.deliver(2, "two");
  const auto inbox = world.folder();
  Told told;
  inbox->observe(&told);
  EXPECT_TRUE(inbox->refresh());
  EXPECT_TRUE(told.events.empty());
  const Names in_new = other.names({"new"});
  ASSERT_EQ(in_new.size(), 2U);
  other.rename({"new", in_new[0]}, {"cur", in_new[0] + ":2,SF"});
  other.remove({"new", in_new[1]});
  other.write({"new", "1.foreign"}, "three");
  ASSERT_TRUE(inbox->refresh());
  EXPECT_EQ(told.events, (Names{"-2", "~1", "+3"}));
  EXPECT_EQ(inbox->find(1)->flags.system, flag_seen | flag_flagged);
  EXPECT_EQ(contents_of(*inbox).at(1).first, "one");
  EXPECT_EQ(*inbox->expunged_since(2), std::vector<Uid>{2});
  inbox->stop_observing(&told);
}

TEST_F(Foreign, a_file_that_was_renamed_is_found_by_its_base) {
  const Uid uid = world.append("one", {flag_seen, 0});
  const auto inbox = world.folder();
  std::string name = other.names({"cur"}).at(0);
  other.rename({"cur", name}, {"cur", name + "T"});
  EXPECT_EQ(text_of((*inbox->text(uid))->octets()), "one");
  EXPECT_EQ(inbox->find(uid)->flags.system, flag_seen | flag_deleted);
  name = other.names({"cur"}).at(0);
  other.rename({"cur", name}, {"cur", name.substr(0, name.find(':')) + ":2,"});
  const std::vector<Uid> uids{uid};
  const auto changed =
      inbox->change_flags(uids, FlagChange::add, {flag_draft, 0}, {});
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->changed, uids);
  EXPECT_EQ(inbox->find(uid)->flags.system, flag_draft);
  name = other.names({"cur"}).at(0);
  other.rename({"cur", name}, {"cur", name + "a"});
  EXPECT_EQ(*inbox->expunge(uids), uids);
  EXPECT_TRUE(other.names({"cur"}).empty());
}

// isync's Maildir driver numbers the files of a folder by names.
TEST_F(Foreign, keys_of_others_stay_in_the_name_and_the_uid_with_it) {
  const Uid uid = world.append("one", {flag_seen, 0});
  world.deliver(1, "two");
  const auto inbox = world.folder();
  Told told;
  inbox->observe(&told);
  const std::string seen = other.names({"cur"}).at(0);
  const std::string base = seen.substr(0, seen.find(':'));
  other.rename({"cur", seen}, {"cur", base + ",U=7:2,S"});
  const std::string fresh = other.names({"new"}).at(0);
  other.rename({"new", fresh}, {"cur", fresh + ",U=8:2,"});
  ASSERT_TRUE(inbox->refresh());
  EXPECT_EQ(told.events, Names{});
  EXPECT_EQ(text_of((*inbox->text(uid))->octets()), "one");
  const std::vector<Uid> uids{uid};
  ASSERT_TRUE(
      inbox->change_flags(uids, FlagChange::add, {flag_flagged, 0}, {}));
  EXPECT_EQ(other.names({"cur"}).at(0), base + ",U=7:2,FS");
  inbox->stop_observing(&told);
  world.restart();
  EXPECT_EQ(contents_of(*world.folder()).at(uid).first, "one");
  EXPECT_EQ(other.names({"cur"}).at(0), base + ",U=7:2,FS");
  // In another folder they would say something else.
  ASSERT_TRUE(world.store->create("Kept"));
  ASSERT_TRUE(world.folder()->move(uids, *world.folder("Kept")));
  EXPECT_EQ(other.names({".Kept", "cur"}).at(0).find(",U="), std::string::npos);
}

TEST_F(Foreign, a_file_that_went_is_gone) {
  const Uid uid = world.append("one", {flag_seen, 0});
  const auto inbox = world.folder();
  Told told;
  inbox->observe(&told);
  other.remove({"cur", other.names({"cur"}).at(0)});
  EXPECT_EQ(inbox->text(uid).error(), StoreError::not_found);
  EXPECT_EQ(told.events, Names{"-1"});
  inbox->stop_observing(&told);
}

TEST_F(Foreign, a_copy_of_a_file_is_another_message) {
  world.append("one", {flag_seen, 0});
  const std::string name = other.names({"cur"}).at(0);
  const auto inbox = world.folder();
  other.write({"cur", name + "T"}, "one");
  ASSERT_TRUE(inbox->refresh());
  EXPECT_EQ(contents_of(*inbox).size(), 2U);
  EXPECT_EQ(contents_of(*inbox).at(2).first, "one");
}

// Whatever letters the copies have, and wherever a listing shows them.
TEST_F(Foreign, the_file_that_was_there_keeps_its_uid) {
  world.append("one", {flag_seen, 0});
  const auto inbox = world.folder();
  ASSERT_EQ(inbox->messages().size(), 1U);
  const std::string name = other.names({"cur"}).front();
  const std::string base = name.substr(0, name.rfind(':'));
  for (const char* info : {":2,", ":2,F", ":2,ST", ":2,T"}) {
    other.write({"cur", base + info}, "one");
  }
  Told told;
  inbox->observe(&told);
  ASSERT_TRUE(inbox->refresh());
  inbox->stop_observing(&told);
  EXPECT_EQ(told.events, (Names{"+2", "+3", "+4", "+5"}));
  EXPECT_EQ(inbox->find(1)->flags.system, flag_seen);
}

TEST_F(Foreign, a_file_of_another_folder_gets_a_uid_of_this_one) {
  ASSERT_TRUE(world.store->create("Kept"));
  world.append("zero", {flag_seen, 0}, "Kept");
  ASSERT_EQ(world.deliver(1, "one")->uid, 1U);
  const std::string name = other.names({"new"}).at(0);
  other.rename({"new", name}, {".Kept", "cur", name + ":2,S"});
  EXPECT_TRUE(world.folder()->messages().empty());
  const Contents contents = contents_of(*world.folder("Kept"));
  ASSERT_EQ(contents.size(), 2U);
  EXPECT_EQ(contents.at(2).first, "one");
  // The delivery is known where it went.
  EXPECT_EQ(world.deliver(1, "one")->uid, 0U);
}

TEST_F(Foreign, a_uid_above_what_was_given_is_not_believed) {
  world.append("one", {flag_seen, 0});
  const std::string name = other.names({"cur"}).at(0);
  auto own = *MaildirNameReader().read(name)->own;
  own.uid = 4'000'000'000;
  own.id = delivery_id(9);
  own.octets = 3;
  own.checksum.reset();
  world.stop();
  other.write({"cur", write(own, {})}, "two");
  world.start();
  EXPECT_EQ(contents_of(*world.folder()).at(2).first, "two");
  EXPECT_LT(world.folder()->uid_next(), 5000U);
}

TEST_F(Foreign, a_folder_that_others_made_is_a_mailbox) {
  other.make({".Made"});
  other.make({".Made", "cur"});
  other.write({".Made", "cur", "1.host:2,S"}, "one");
  EXPECT_EQ(contents_of(*world.folder("Made")).at(1).first, "one");
  other.make({".not&canonical"});
  other.make({"plain"});
  EXPECT_EQ(world.store->list()->size(), 2U);
}

TEST_F(Foreign, a_folder_that_was_copied_gets_numbers_of_its_own) {
  ASSERT_TRUE(world.store->create("One"));
  world.append("one", {flag_seen, 0}, "One");
  const std::string name = other.names({".One", "cur"}).at(0);
  const std::string state = other.read({".One", "postkeep-state"});
  for (const char* below : {"", "cur", "new", "tmp"}) {
    if (*below == '\0') {
      other.make({".Two"});
    } else {
      other.make({".Two", below});
    }
  }
  other.write({".Two", "postkeep-state"}, state);
  other.write({".Two", "cur", name}, "one");
  const auto one = world.folder("One");
  const auto two = world.folder("Two");
  EXPECT_NE(one->uid_validity(), two->uid_validity());
  EXPECT_EQ(contents_of(*two).size(), 1U);
}

TEST_F(Foreign, a_lost_or_damaged_state_loses_numbers_and_no_mail) {
  for (const bool lost : {true, false}) {
    world.append("one", {flag_seen, 0});
    const std::size_t count = world.folder()->messages().size();
    const auto validity = world.folder()->uid_validity();
    world.stop();
    if (lost) {
      other.remove({"postkeep-state"});
    } else {
      other.write({"postkeep-state"}, std::string(12'288, 'x'));
    }
    world.start();
    ASSERT_NE(world.store, nullptr);
    EXPECT_NE(world.folder()->uid_validity(), validity);
    EXPECT_EQ(contents_of(*world.folder()).size(), count);
  }
  EXPECT_EQ(world.log.count("folder_state_damaged"), 1U);
}

TEST_F(Foreign, a_folder_that_others_removed_is_gone) {
  ASSERT_TRUE(world.store->create("One"));
  const auto one = world.folder("One");
  Told told;
  one->observe(&told);
  for (const char* file : {"maildirfolder", "postkeep-state"}) {
    other.remove({".One", file});
  }
  for (const char* below : {"cur", "new", "tmp"}) {
    const auto in = world.disk.open_directory(world.disk.root(), ".One");
    ASSERT_TRUE(world.disk.remove_directory(*in, below));
    world.disk.close(*in);
  }
  ASSERT_TRUE(world.disk.remove_directory(world.disk.root(), ".One"));
  EXPECT_EQ(one->refresh().error(), StoreError::not_found);
  EXPECT_EQ(told.events, Names{"folder"});
  EXPECT_EQ(world.store->open("One").error(), StoreError::not_found);
  EXPECT_TRUE(world.store->create("One"));
  EXPECT_TRUE(world.folder("One")->messages().empty());
}

}  // namespace
