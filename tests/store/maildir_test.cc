// What a store keeps, through stops, kills and other programs' doings.
#include <gtest/gtest.h>

#include "store/state_file.h"
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

TEST(MaildirStore, a_delivery_is_seen_at_once_and_has_the_next_uid) {
  World world;
  const auto inbox = world.folder();
  Told told;
  inbox->observe(&told);
  const auto placed = world.deliver(1, "one\r\n");
  ASSERT_TRUE(placed);
  EXPECT_EQ(placed->uid, 1U);
  EXPECT_EQ(placed->uid_validity, inbox->uid_validity());
  EXPECT_EQ(contents_of(*inbox)[1].first, "one\r\n");
  EXPECT_EQ(inbox->uid_next(), 2U);
  EXPECT_EQ(told.events, std::vector<std::string>{"+1"});
  EXPECT_EQ(inbox->recent(false)->size(), 1U);
  inbox->stop_observing(&told);
}

// What is read at delivery is kept: to show it, no file is opened. Another text
// of the same size, which no program may put there, gives that away.
TEST(MaildirStore, structures_are_read_when_messages_come) {
  World world;
  ASSERT_TRUE(world.deliver(1, "Subject: first\r\n\r\nx"));
  world.append("Subject: other\r\n\r\nx");
  const auto large = "Subject: large\r\n\r\n" + std::string(1 << 20, 'x');
  ASSERT_TRUE(world.deliver(2, large));
  const auto held = world.folder();
  ASSERT_TRUE(world.store->flush_deliveries());
  Elsewhere elsewhere(world.disk);
  for (const std::string& name : elsewhere.names({"new"})) {
    auto text = elsewhere.read({"new", name});
    elsewhere.write({"new", name}, text.replace(9, 5, "wrong"));
  }
  const auto subjects = [&] {
    const auto inbox = world.folder();
    std::string all;
    for (const Message& message : inbox->messages()) {
      const auto summary = inbox->summary(message.uid);
      all += summary ? (*summary)->envelope.subject.value_or("") + ' ' : "none";
    }
    return all;
  };
  EXPECT_EQ(subjects(), "first other wrong ");
  world.restart();
  EXPECT_EQ(subjects(), "first other wrong ");
}

// RFC 9051 section 2.3.1.1: a UID is a number of 32 bits, and never used again.
TEST(MaildirStore, a_folder_whose_uids_are_used_up_takes_no_more) {
  World world;
  ASSERT_TRUE(world.deliver(1, "x"));
  world.stop();
  {
    StateFile file(world.disk);
    FolderState state;
    ASSERT_EQ(file.read(world.disk.root(), state), StateFile::Found::whole);
    state.uid_next = state.uid_reserved = uid_end - 1;
    ASSERT_TRUE(file.write(world.disk.root(), state, true));
  }
  world.start();
  EXPECT_EQ(world.deliver(2, "y")->uid, uid_end - 1);
  EXPECT_EQ(world.deliver(3, "z").error(), StoreError::uid_exhausted);
  EXPECT_EQ(world.folder()->append(octets("z"), {}, 1).error(),
            StoreError::uid_exhausted);
  world.restart();
  EXPECT_EQ(world.deliver(3, "z").error(), StoreError::uid_exhausted);
  EXPECT_EQ(contents_of(*world.folder()).size(), 2U);
}

TEST(MaildirStore, the_same_delivery_twice_is_one_message) {
  World world;
  ASSERT_EQ(world.deliver(1, "one")->uid, 1U);
  EXPECT_EQ(world.deliver(1, "one")->uid, 0U);
  ASSERT_TRUE(world.store->flush_deliveries());
  world.restart();
  EXPECT_EQ(world.deliver(1, "one")->uid, 0U);
  world.kill();
  EXPECT_EQ(world.deliver(1, "one")->uid, 0U);
  EXPECT_EQ(world.folder()->messages().size(), 1U);
}

TEST(MaildirStore, an_expunged_delivery_does_not_come_back) {
  World world;
  ASSERT_EQ(world.deliver(1, "one")->uid, 1U);
  const std::vector<Uid> all{1};
  ASSERT_TRUE(world.folder()->expunge(all));
  EXPECT_EQ(world.deliver(1, "one")->uid, 0U);
  world.kill();
  EXPECT_EQ(world.deliver(1, "one")->uid, 0U);
  world.restart();
  EXPECT_EQ(world.deliver(1, "one")->uid, 0U);
  EXPECT_TRUE(world.folder()->messages().empty());
  const std::vector<DeliveryId> ids{delivery_id(1)};
  world.store->forget(ids);
  world.restart();
  EXPECT_EQ(world.folder()->messages().size(), 0U);
}

TEST(MaildirStore, a_moved_delivery_does_not_come_back) {
  World world;
  ASSERT_TRUE(world.store->create("Kept"));
  ASSERT_EQ(world.deliver(1, "one")->uid, 1U);
  const std::vector<Uid> all{1};
  const auto moved = world.folder()->move(all, *world.folder("Kept"));
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved->size(), 1U);
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(world.deliver(1, "one")->uid, 0U);
    if (round == 0) world.kill();
    if (round == 1) world.restart();
  }
  EXPECT_EQ(contents_of(*world.folder("Kept")).size(), 1U);
  EXPECT_TRUE(world.folder()->messages().empty());
}

TEST(MaildirStore, counting_goes_on_after_a_stop_and_further_on_after_a_kill) {
  World world;
  EXPECT_EQ(world.append("one"), 1U);
  const auto validity = world.folder()->uid_validity();
  const auto highest = world.folder()->highest_modification_sequence();
  world.restart();
  EXPECT_EQ(world.folder()->highest_modification_sequence(), highest);
  EXPECT_EQ(world.append("two"), 2U);
  world.kill();
  EXPECT_EQ(world.folder()->uid_validity(), validity);
  EXPECT_GT(world.append("three"), 1024U);
  EXPECT_GT(world.folder()->highest_modification_sequence(), 1024U);
  EXPECT_EQ(contents_of(*world.folder()).size(), 3U);
}

TEST(MaildirStore, flags_and_keywords_stay) {
  World world;
  const Uid uid = world.append("one", {flag_seen, 0});
  auto inbox = world.folder();
  const auto bit = inbox->keyword_bit("$Junk");
  ASSERT_TRUE(bit);
  EXPECT_EQ(*inbox->keyword_bit("$junk"), *bit);
  const std::vector<Uid> uids{uid, 99};
  const auto changed = inbox->change_flags(
      uids, FlagChange::add, {flag_flagged, std::uint32_t{1} << *bit}, {});
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->changed, std::vector<Uid>{uid});
  inbox.reset();
  world.kill();
  const auto again = world.folder();
  EXPECT_EQ(again->find(uid)->flags.system, flag_seen | flag_flagged);
  EXPECT_EQ(again->find(uid)->flags.keywords, std::uint32_t{1} << *bit);
  EXPECT_EQ(again->keywords().at(*bit), "$Junk");
}

TEST(MaildirStore, changes_since_a_modification_sequence) {
  World world;
  world.append("one");
  world.append("two");
  auto inbox = world.folder();
  const auto since = inbox->highest_modification_sequence();
  const std::vector<Uid> first{1};
  ASSERT_TRUE(inbox->change_flags(first, FlagChange::add, {flag_seen, 0}, {}));
  EXPECT_GT(inbox->find(1)->modification_sequence, since);
  const auto stale =
      inbox->change_flags(first, FlagChange::remove, {flag_seen, 0}, since);
  EXPECT_EQ(stale->modified, first);
  EXPECT_TRUE(stale->changed.empty());
  ASSERT_TRUE(inbox->expunge(first));
  EXPECT_EQ(*inbox->expunged_since(since), first);
  EXPECT_EQ(
      inbox->expunged_since(inbox->highest_modification_sequence())->size(),
      0U);
  const auto highest = inbox->highest_modification_sequence();
  const auto second = inbox->find(2)->modification_sequence;
  inbox.reset();
  world.restart();
  EXPECT_EQ(world.folder()->highest_modification_sequence(), highest);
  EXPECT_EQ(world.folder()->find(2)->modification_sequence, second);
  EXPECT_EQ(*world.folder()->expunged_since(since), first);
  world.kill();
  EXPECT_EQ(world.folder()->find(2)->modification_sequence, second);
}

// A client that was told the last sequence before a crash must not take it for
// the state of now, though nothing be left that could have another.
TEST(MaildirStore, lost_history_takes_a_new_sequence_even_when_empty) {
  World world;
  Elsewhere other(world.disk);
  world.append("one", {flag_seen, 0});
  ModificationSequence told = 0;
  // Up to the very end of a block, so that none is left out by the crash.
  for (std::uint32_t n = 0; n < reservation_block; ++n) {
    const Uid uid = 1;
    const FlagChange how = n % 2 == 0 ? FlagChange::add : FlagChange::remove;
    ASSERT_TRUE(world.folder()->change_flags({&uid, 1}, how, {flag_draft, 0}));
    told = world.folder()->highest_modification_sequence();
    if (told % reservation_block == 1) break;
  }
  world.kill();
  other.remove({"cur", other.names({"cur"}).front()});
  const auto inbox = world.folder();
  EXPECT_TRUE(inbox->messages().empty());
  EXPECT_GT(inbox->highest_modification_sequence(), told);
  EXPECT_FALSE(inbox->expunged_since(told));
}

TEST(MaildirStore, copies_keep_flags_keywords_by_name_and_date) {
  World world;
  ASSERT_TRUE(world.store->create("A/B"));
  const Uid uid = world.append("one", {flag_seen | flag_draft, 0});
  auto inbox = world.folder();
  ASSERT_EQ(*world.folder("A/B")->keyword_bit("Other"), 0U);
  const auto bit = *inbox->keyword_bit("Mine");
  const std::vector<Uid> uids{uid};
  ASSERT_TRUE(inbox->change_flags(uids, FlagChange::add,
                                  {0, std::uint32_t{1} << bit}, {}));
  auto target = world.folder("A/B");
  const auto pairs = inbox->copy(uids, *target);
  ASSERT_TRUE(pairs);
  ASSERT_EQ(pairs->size(), 1U);
  const Message* copy = target->find(pairs->front().second);
  ASSERT_NE(copy, nullptr);
  EXPECT_EQ(copy->flags.system, flag_seen | flag_draft);
  EXPECT_EQ(copy->flags.keywords, 2U);
  EXPECT_EQ(target->keywords().at(1), "Mine");
  EXPECT_EQ(copy->internal_date, 1000);
  EXPECT_EQ(inbox->messages().size(), 1U);
  const auto same = inbox->copy(uids, *inbox);
  ASSERT_TRUE(same);
  EXPECT_EQ(contents_of(*inbox).size(), 2U);
  inbox.reset();
  target.reset();
  world.kill();
  EXPECT_EQ(contents_of(*world.folder("A/B")).size(), 1U);
  EXPECT_EQ(contents_of(*world.folder()).size(), 2U);
}

TEST(MaildirStore, a_move_to_the_same_folder_gives_new_uids) {
  World world;
  world.append("one");
  world.append("two");
  const auto inbox = world.folder();
  const std::vector<Uid> uids{1};
  const auto moved = inbox->move(uids, *inbox);
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved->front(), (std::pair<Uid, Uid>{1, 3}));
  EXPECT_EQ(contents_of(*inbox)[3].first, "one");
  EXPECT_EQ(inbox->messages().size(), 2U);
}

TEST(MaildirStore, several_are_appended_or_none) {
  World world;
  const std::array texts{octets("one"), octets("two"), octets("three")};
  std::vector<Folder::Appended> all;
  for (const Octets text : texts) all.push_back({text, {flag_seen, 0}, 5});
  const auto uids = world.folder()->append_all(all);
  ASSERT_TRUE(uids);
  EXPECT_EQ(*uids, (std::vector<Uid>{1, 2, 3}));
  world.disk.set_space(world.disk.used_octets() + 8);
  EXPECT_EQ(world.folder()->append_all(all).error(), StoreError::no_space);
  EXPECT_EQ(world.folder()->messages().size(), 3U);
  world.disk.set_space(UINT64_MAX);
  EXPECT_TRUE(world.folder()->append_all(all));
  world.kill();
  EXPECT_EQ(contents_of(*world.folder()).size(), 6U);
}

TEST(MaildirStore, a_full_disk_is_an_answer_and_passes) {
  World world;
  world.deliver(1, "one");
  world.disk.set_space(world.disk.used_octets());
  EXPECT_EQ(world.deliver(2, "two").error(), StoreError::no_space);
  world.disk.set_space(UINT64_MAX);
  EXPECT_TRUE(world.deliver(2, "two"));
  EXPECT_TRUE(world.store->flush_deliveries());
  EXPECT_EQ(contents_of(*world.folder()).size(), 2U);
}

TEST(MaildirStore, a_failed_flush_ends_all_changes) {
  World world;
  const auto inbox = world.folder();
  world.deliver(1, "one");
  world.disk.fail_operation(world.disk.operations(), Trouble::input_output);
  EXPECT_FALSE(world.store->flush_deliveries());
  EXPECT_TRUE(world.store->has_failed());
  EXPECT_EQ(world.deliver(2, "two").error(), StoreError::trouble);
  EXPECT_FALSE(world.store->flush_deliveries());
  EXPECT_FALSE(inbox->append(octets("x"), {}, 0));
  EXPECT_EQ(contents_of(*inbox).size(), 1U);
}

TEST(MaildirStore, a_second_server_is_refused) {
  World world;
  sim::SimRandom random(9);
  const auto other =
      MaildirStore::open({world.disk, world.clock, random, world.log});
  EXPECT_EQ(other.error(), StoreError::not_allowed);
}

TEST(MaildirStore, status_counts) {
  World world;
  world.append("12345", {flag_seen, 0});
  world.append("123", {flag_deleted, 0});
  world.deliver(1, "1");
  const auto status = world.store->status("inbox");
  ASSERT_TRUE(status);
  EXPECT_EQ(status->messages, 3U);
  EXPECT_EQ(status->recent, 1U);
  EXPECT_EQ(status->unseen, 2U);
  EXPECT_EQ(status->deleted, 1U);
  EXPECT_EQ(status->octets, 9U);
  EXPECT_EQ(status->uid_next, 4U);
  EXPECT_EQ(world.store->status("nothing").error(), StoreError::not_found);
}

TEST(MaildirStore, recent_are_those_in_new_once) {
  World world;
  world.deliver(1, "1");
  EXPECT_EQ(world.folder()->recent(true)->size(), 1U);
  EXPECT_EQ(world.folder()->recent(true)->size(), 0U);
  world.restart();
  EXPECT_EQ(world.folder()->recent(false)->size(), 0U);
  EXPECT_EQ(contents_of(*world.folder())[1].first, "1");
}

std::string read_whole(TextReader& reader, std::size_t piece) {
  std::string whole;
  std::vector<Octet> room(piece);
  for (;;) {
    const auto got = reader.read(room);
    if (!got || *got == 0) return whole;
    whole.append(room.begin(),
                 room.begin() + static_cast<std::ptrdiff_t>(*got));
  }
}

TEST(MaildirStore, a_text_is_read_in_pieces_though_it_is_expunged) {
  World world;
  const std::string text = "Subject: x\r\n\r\n" + std::string(10'000, 'y');
  const Uid uid = world.append(text);
  const auto inbox = world.folder();
  const auto reader = inbox->read_text(uid);
  ASSERT_TRUE(reader);
  ASSERT_TRUE(inbox->expunge({&uid, 1}));
  EXPECT_EQ(read_whole(**reader, 999), text);
  EXPECT_EQ(inbox->read_text(uid).error(), StoreError::not_found);
  EXPECT_EQ(inbox->octets_in_lines(uid).error(), StoreError::not_found);
}

// RFC 1939 section 11: each line end counts as two octets, however the file
// has it; known from the index, or counted, for small texts and large.
TEST(MaildirStore, octets_are_counted_with_crlf) {
  World world;
  const Uid small = world.append("a\nb\r\nc");
  std::string lines;
  while (lines.size() < 2 * 1024 * 1024) lines += "0123456789\n";
  const Uid large = world.append(lines);
  for (int again = 0; again < 2; ++again) {
    EXPECT_EQ(world.folder()->octets_in_lines(small), 6U + 3U);
    EXPECT_EQ(world.folder()->octets_in_lines(large),
              lines.size() + lines.size() / 11);
    ASSERT_TRUE(world.folder()->summary(large));
    world.restart();
  }
}

}  // namespace
