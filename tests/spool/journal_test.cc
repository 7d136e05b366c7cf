#include "spool/journal.h"

#include <gtest/gtest.h>

#include "spool/journal_world.h"

using namespace postkeep;
using namespace postkeep::spool;
using postkeep::sim::SimDisk;

namespace {

class JournalTest : public testing::Test {
 protected:
  void open() {
    journal_.reset();
    auto opened = Journal::open(disk_, disk_.root(), random_, small_limits);
    ASSERT_TRUE(opened) << name(opened.error());
    journal_ = std::move(opened->journal);
    found_ = std::move(opened->messages);
    report_ = opened->report;
  }
  // The only disk a power cut may leave once everything is flushed.
  void cut_power() {
    journal_.reset();
    sim::Enumeration nothing_kept;
    disk_ = disk_.after_power_cut(nothing_kept);
  }

  // Invariant J7.
  void expect_bound() const {
    const JournalStatus now = journal_->status();
    EXPECT_LE(now.disk_octets,
              2 * (now.live_octets + now.segments * segment_records_offset) +
                  2 * small_limits.segment_octets);
  }

  SimDisk disk_;
  sim::SimRandom random_{1};
  std::unique_ptr<Journal> journal_;
  std::vector<RecoveredMessage> found_;
  RecoveryReport report_;
};

TEST_F(JournalTest, a_new_directory_becomes_an_empty_journal) {
  open();
  EXPECT_TRUE(found_.empty());
  EXPECT_EQ(report_, RecoveryReport{});
  EXPECT_EQ(journal_->flush_need(), FlushNeed::lazy);
  EXPECT_EQ(journal_->status().segments, 1U);
}

TEST_F(JournalTest, what_was_flushed_is_there_after_a_power_cut) {
  open();
  const Entry entry = make_entry(1, 3);
  const auto id = append(*journal_, entry, "Subject: x\r\n\r\nbody\r\n");
  ASSERT_TRUE(id);
  EXPECT_EQ(journal_->flush_need(), FlushNeed::now);
  EXPECT_LT(journal_->durable_up_to(), *id);
  ASSERT_TRUE(flush(disk_, *journal_));
  EXPECT_EQ(journal_->durable_up_to(), *id);
  cut_power();
  open();
  ASSERT_EQ(found_.size(), 1U);
  EXPECT_EQ(found_[0].id, *id);
  EXPECT_EQ(found_[0].entry, entry);
  EXPECT_EQ(found_[0].message_octets, 20U);
  EXPECT_EQ(found_[0].recipients_done,
            (std::vector<bool>{false, false, false}));
  const auto stored = journal_->read(*id);
  ASSERT_TRUE(stored);
  EXPECT_EQ(text_of(stored->octets), "Subject: x\r\n\r\nbody\r\n");
  EXPECT_EQ(stored->entry, entry);
  EXPECT_EQ(report_.torn_octets, 0U);
  EXPECT_EQ(report_.damaged_places, 0U);
}

TEST_F(JournalTest, a_flush_covers_what_was_appended_before_it_began) {
  open();
  ASSERT_TRUE(append(*journal_, make_entry(1), "one"));
  const auto files = journal_->take_flush();
  ASSERT_EQ(files.size(), 1U);
  const auto late = append(*journal_, make_entry(2), "two");
  ASSERT_TRUE(late);
  EXPECT_TRUE(journal_->take_flush().empty());  // One at a time.
  journal_->flushed(true);
  EXPECT_EQ(journal_->durable_up_to(), *late - 1);
  EXPECT_EQ(journal_->flush_need(), FlushNeed::now);
}

TEST_F(JournalTest, outcomes_are_kept_by_recipient) {
  open();
  const auto id = append(*journal_, make_entry(1, 3), "x");
  ASSERT_TRUE(id);
  ASSERT_TRUE(journal_->append_done(*id, 1));
  EXPECT_EQ(journal_->append_done(*id, 1).error(), Refusal::not_known);
  EXPECT_EQ(journal_->append_done(*id, 3).error(), Refusal::not_known);
  EXPECT_EQ(journal_->append_done(*id + 9, 0).error(), Refusal::not_known);
  ASSERT_TRUE(flush(disk_, *journal_));
  EXPECT_EQ(journal_->flush_need(), FlushNeed::none);
  cut_power();
  open();
  ASSERT_EQ(found_.size(), 1U);
  EXPECT_EQ(found_[0].recipients_done, (std::vector<bool>{false, true, false}));
  ASSERT_TRUE(journal_->append_done(*id, 2));
  ASSERT_TRUE(journal_->append_done(*id, 0));
  EXPECT_EQ(journal_->status().messages, 0U);
  EXPECT_EQ(journal_->read(*id).error(), Trouble::not_found);
  ASSERT_TRUE(flush(disk_, *journal_));
  cut_power();
  open();
  EXPECT_TRUE(found_.empty());
}

TEST_F(JournalTest, a_failed_flush_stops_it_for_good) {
  open();
  ASSERT_TRUE(flush(disk_, *journal_));
  const auto id = append(*journal_, make_entry(1), "x");
  ASSERT_TRUE(id);
  disk_.fail_operation(disk_.operations(), Trouble::input_output);
  EXPECT_FALSE(flush(disk_, *journal_));
  EXPECT_TRUE(journal_->is_stopped());
  EXPECT_LT(journal_->durable_up_to(), *id);
  EXPECT_EQ(append(*journal_, make_entry(2), "y").error(), Refusal::stopped);
  EXPECT_EQ(journal_->append_done(*id, 0).error(), Refusal::stopped);
  EXPECT_TRUE(journal_->take_flush().empty());
  EXPECT_FALSE(journal_->upkeep());
  EXPECT_TRUE(journal_->read(*id));  // Reading goes on.
}

TEST_F(JournalTest, a_failed_write_stops_it_for_good) {
  open();
  disk_.fail_operation(disk_.operations(), Trouble::input_output);
  EXPECT_EQ(append(*journal_, make_entry(1), "x").error(), Refusal::stopped);
  EXPECT_TRUE(journal_->is_stopped());
}

TEST_F(JournalTest, a_full_disk_refuses_and_recovers) {
  open();
  come_to_rest(disk_, *journal_);
  disk_.set_space(disk_.used_octets());
  const std::string text(3000, 'x');
  std::vector<MessageId> ids;
  for (;;) {
    const auto id = append(*journal_, make_entry(ids.size()), text);
    if (!id) {
      EXPECT_EQ(id.error(), Refusal::no_space);
      break;
    }
    ids.push_back(*id);
    ASSERT_LT(ids.size(), 50U);
  }
  EXPECT_FALSE(journal_->is_stopped());
  ASSERT_GE(ids.size(), 2U);
  // What was delivered can still be recorded; that frees what it took.
  const std::vector<MessageId> first{ids[0], ids[1]};
  for (const MessageId id : first) ASSERT_TRUE(journal_->append_done(id, 0));
  EXPECT_FALSE(append(*journal_, make_entry(9), text));
  come_to_rest(disk_, *journal_);
  std::size_t count = ids.size() - first.size();
  while (append(*journal_, make_entry(9), text)) count += 1;
  EXPECT_GT(count, ids.size() - first.size());
  disk_.set_space(1 << 20);
  ASSERT_TRUE(append(*journal_, make_entry(10), text));
  ASSERT_TRUE(flush(disk_, *journal_));
  cut_power();
  open();
  EXPECT_EQ(found_.size(), count + 1);
}

TEST_F(JournalTest, a_record_larger_than_a_segment_gets_its_own) {
  open();
  const std::string large(40000, 'L');
  const auto id = append(*journal_, make_entry(1), large);
  ASSERT_TRUE(id);
  ASSERT_TRUE(append(*journal_, make_entry(2), "small"));
  come_to_rest(disk_, *journal_);
  cut_power();
  open();
  ASSERT_EQ(found_.size(), 2U);
  EXPECT_EQ(text_of(journal_->read(*id)->octets), large);
  ASSERT_TRUE(journal_->append_done(*id, 0));
  come_to_rest(disk_, *journal_);
  expect_bound();
  const std::string beyond(small_limits.record_octets_max, 'B');
  EXPECT_EQ(append(*journal_, make_entry(3), beyond).error(),
            Refusal::too_large);
}

TEST_F(JournalTest, too_many_messages_are_refused) {
  open();
  for (std::size_t i = 0; i < small_limits.messages_max; ++i) {
    ASSERT_TRUE(append(*journal_, make_entry(i), "x"));
  }
  EXPECT_EQ(append(*journal_, make_entry(0), "x").error(), Refusal::no_space);
}

TEST_F(JournalTest, two_on_one_directory_are_one_too_many) {
  open();
  sim::SimRandom random{2};
  const auto second = Journal::open(disk_, disk_.root(), random, small_limits);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error(), OpenError::locked);
  EXPECT_TRUE(append(*journal_, make_entry(1), "x"));
}

TEST_F(JournalTest, disk_use_stays_under_its_bound) {
  open();
  // Every eighth message stays; the others are delivered at once.
  std::vector<MessageId> staying;
  const std::string text(1500, 'x');
  for (std::uint64_t i = 0; i < 200; ++i) {
    const auto id = append(*journal_, make_entry(i), text);
    ASSERT_TRUE(id);
    if (i % 8 == 0) {
      staying.push_back(*id);
    } else {
      ASSERT_TRUE(journal_->append_done(*id, 0));
    }
    come_to_rest(disk_, *journal_);
    expect_bound();
  }
  cut_power();
  open();
  ASSERT_EQ(found_.size(), staying.size());
  for (const MessageId id : staying) {
    EXPECT_EQ(text_of(journal_->read(id)->octets), text);
    ASSERT_TRUE(journal_->append_done(id, 0));
  }
  come_to_rest(disk_, *journal_);
  EXPECT_EQ(journal_->status().messages, 0U);
  EXPECT_LE(journal_->status().disk_octets, 2 * small_limits.segment_octets);
}

// A report is there with what it says, or neither is; marks and deferrals go
// along when what they are about is copied.
TEST_F(JournalTest, reports_marks_and_deferrals_survive) {
  open();
  const auto about = append(*journal_, make_entry(1, 3), "about");
  ASSERT_TRUE(about);
  const Deferral deferral{
      *about, 2, 4, WallTime{std::chrono::seconds{9}}, {"4.2.0", "mx", "no"}};
  ASSERT_TRUE(journal_->append_deferral(deferral));
  ASSERT_TRUE(journal_->append_marks(*about, mark_held));
  const Octets text = octets("report");
  const Report failed{*about, ReportKind::done, {0, 1}};
  const auto report =
      journal_->append_report(failed, make_entry(2), {&text, 1});
  ASSERT_TRUE(report);
  EXPECT_EQ(journal_->append_report(failed, make_entry(3), {&text, 1}).error(),
            Refusal::not_known);
  const Report late{*about, ReportKind::delayed, {2}};
  const auto second = journal_->append_report(late, make_entry(4), {&text, 1});
  ASSERT_TRUE(second);
  EXPECT_EQ(journal_->marks(*about), marks_all);
  ASSERT_TRUE(journal_->append_done(*second, 0));
  ASSERT_TRUE(flush(disk_, *journal_));
  for (int i = 0; i < 40; ++i) {
    // The deferral's segment goes, and what must not goes along.
    const auto other = append(*journal_, make_entry(9), std::string(5000, 'x'));
    ASSERT_TRUE(other);
    ASSERT_TRUE(journal_->append_done(*other, 0));
    come_to_rest(disk_, *journal_);
    cut_power();
    open();
    ASSERT_EQ(found_.size(), 2U);
    EXPECT_EQ(found_[0].id, *about);
    EXPECT_EQ(found_[0].recipients_done,
              (std::vector<bool>{true, true, false}));
    EXPECT_EQ(found_[0].marks, marks_all);
    if (i == 0) {
      ASSERT_EQ(found_[0].deferrals.size(), 1U);
      EXPECT_EQ(found_[0].deferrals[0], deferral);
    }
    EXPECT_EQ(found_[1].id, *report);
    EXPECT_EQ(text_of(journal_->read(*report)->octets), "report");
  }
  const Report rest{*about, ReportKind::done, {2}};
  ASSERT_TRUE(journal_->append_report(rest, make_entry(5), {&text, 1}));
  EXPECT_EQ(journal_->read(*about).error(), Trouble::not_found);
  EXPECT_EQ(journal_->append_marks(*about, 0).error(), Refusal::not_known);
  EXPECT_EQ(journal_->append_deferral(deferral).error(), Refusal::not_known);
  EXPECT_EQ(journal_->marks(*about), 0);
}

TEST_F(JournalTest, messages_are_given_one_by_one) {
  open();
  for (std::uint64_t i = 1; i <= 5; ++i) {
    ASSERT_TRUE(append(*journal_, make_entry(i), "text"));
  }
  ASSERT_TRUE(flush(disk_, *journal_));
  cut_power();
  std::vector<Entry> given;
  const auto opened = Journal::open(
      disk_, disk_.root(), random_, small_limits,
      [&](RecoveredMessage message) { given.push_back(message.entry); });
  ASSERT_TRUE(opened);
  EXPECT_TRUE(opened->messages.empty());
  EXPECT_EQ(opened->report.messages, 5U);
  ASSERT_EQ(given.size(), 5U);
  EXPECT_EQ(given[4], make_entry(5));
}

TEST_F(JournalTest, segments_are_used_again) {
  open();
  const std::string text(3000, 'x');
  for (std::uint64_t i = 0; i < 100; ++i) {
    const auto id = append(*journal_, make_entry(i), text);
    ASSERT_TRUE(id);
    ASSERT_TRUE(journal_->append_done(*id, 0));
    come_to_rest(disk_, *journal_);
  }
  const auto entries = disk_.list(disk_.root());
  for (const DirectoryEntry& entry : *entries) {
    EXPECT_LT(entry.name, "segment-00000005") << "a new file, again and again";
  }
}

}  // namespace
