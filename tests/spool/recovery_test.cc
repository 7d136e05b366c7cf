#include "spool/recovery.h"

#include <gtest/gtest.h>

#include <string>

#include "spool/journal_world.h"
#include "spool/recovery_laws.h"
#include "spool/segment_builder.h"

using namespace postkeep;
using namespace postkeep::spool;
using postkeep::sim::SimDisk;

namespace {

TEST(SpoolRecovery, nothing_is_a_new_journal) {
  const Decision decision = decide({});
  EXPECT_EQ(decision.kept_up_to, 0U);
  EXPECT_EQ(decision.next_sequence, 1U);
  EXPECT_EQ(decision.next_generation, 1U);
}

TEST(SpoolRecovery, what_is_left_of_an_earlier_use_is_no_record) {
  SegmentBuilder old{1, 1, 0, 0};
  for (Sequence i = 1; i < 20; ++i) (void)old.add(i, 0);
  SegmentBuilder recycled{2, 30, 29, 29};
  (void)recycled.add(30, 29);
  std::vector<Octet> octets = old.octets();
  std::copy_n(recycled.octets().begin(), recycled.end(), octets.begin());
  const auto found = scan(octets);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->records.size(), 1U);
  EXPECT_EQ(found->records[0].header.sequence, 30U);
}

TEST(SpoolRecovery, of_two_headers_the_younger_counts) {
  SegmentBuilder segment{2, 5, 4, 4};
  (void)segment.add(5, 4);
  SegmentHeader old;
  old.use = SegmentUse::free;
  old.generation = 1;
  std::ranges::copy(write(old), segment.octets().begin() + 4096);
  EXPECT_EQ(scan(segment.octets())->records.size(), 1U);
  std::ranges::copy(write(old), segment.octets().begin());
  EXPECT_EQ(scan(segment.octets())->header, old);
}

TEST(SpoolRecovery, segments_without_headers) {
  std::vector<Octet> octets(16 * 1024);
  EXPECT_EQ(scan(octets).error(), ScanError::unborn);
  EXPECT_EQ(scan({}).error(), ScanError::unborn);
  octets[3] = 1;
  EXPECT_EQ(scan(octets).error(), ScanError::damaged);
  SegmentHeader newer;
  newer.format = segment_format + 1;
  std::ranges::copy(write(newer), octets.begin());
  EXPECT_EQ(scan(octets).error(), ScanError::newer);
}

TEST(SpoolRecovery, what_follows_a_torn_record_does_not_count) {
  SegmentBuilder segment{1, 1, 0, 0};
  (void)segment.add(1, 0);
  const auto torn = segment.add(2, 1);
  (void)segment.add(3, 1);
  segment.octets()[*torn + 20] ^= 1;
  const std::vector<Scan> scans{*scan(segment.octets())};
  ASSERT_EQ(scans[0].records.size(), 2U);
  const Decision decision = decide(scans);
  EXPECT_TRUE(decision.damages.empty());
  EXPECT_EQ(decision.kept_up_to, 1U);
  EXPECT_EQ(decision.next_sequence, 4U);
}

TEST(SpoolRecovery, what_follows_a_damaged_record_counts) {
  SegmentBuilder segment{1, 1, 0, 0};
  (void)segment.add(1, 0);
  const auto damaged = segment.add(2, 1);
  const auto next = segment.add(3, 2);  // Says that 2 had been flushed.
  segment.octets()[*damaged + 60] ^= 1;
  const std::vector<Scan> scans{*scan(segment.octets())};
  const Decision decision = decide(scans);
  ASSERT_EQ(decision.damages.size(), 1U);
  EXPECT_EQ(decision.damages[0].offset, *damaged);
  EXPECT_EQ(decision.damages[0].end, *next);
  EXPECT_EQ(decision.kept_up_to, 3U);
}

// The whole way, on a disk whose octets change by themselves.
class Damaged : public testing::Test {
 protected:
  // Three messages in one segment, all accepted.
  void SetUp() override {
    auto opened = open_journal(disk_, 1);
    ASSERT_TRUE(opened);
    for (std::uint64_t i = 1; i <= 3; ++i) {
      ids_.push_back(*append(*opened->journal, make_entry(i), text(i)));
      ASSERT_TRUE(flush(disk_, *opened->journal));
    }
  }
  static std::string text(std::uint64_t i) {
    return std::string(500, static_cast<char>('a' + i));
  }
  // Where message i stands in the segment's file.
  std::uint64_t offset_of(std::uint64_t i) {
    const std::vector<Octet> all = octets_of("segment-00000001");
    const std::string whole(all.begin(), all.end());
    return whole.find(text(i));
  }
  std::vector<Octet> octets_of(std::string_view name) {
    const auto file = disk_.open(disk_.root(), name, Open::read);
    EXPECT_TRUE(file);
    std::vector<Octet> octets(
        static_cast<std::size_t>(disk_.status(*file)->octets));
    EXPECT_TRUE(disk_.read(*file, 0, octets));
    disk_.close(*file);
    return octets;
  }
  void overwrite(std::uint64_t offset, std::string_view with) {
    const auto file = disk_.open(disk_.root(), "segment-00000001", Open::write);
    EXPECT_TRUE(disk_.write(*file, offset, octets(with)));
    disk_.close(*file);
  }
  std::vector<std::string> names(std::string_view prefix) {
    std::vector<std::string> found;
    const auto entries = disk_.list(disk_.root());
    for (const DirectoryEntry& entry : *entries) {
      if (entry.name.starts_with(prefix)) found.push_back(entry.name);
    }
    return found;
  }

  SimDisk disk_;
  std::vector<MessageId> ids_;
};

TEST_F(Damaged, a_record_is_set_aside_reported_and_skipped) {
  overwrite(offset_of(2) + 100, "bit rot");
  auto opened = open_journal(disk_, 2);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->report.damaged_places, 1U);
  EXPECT_EQ(opened->report.not_set_aside, 0U);
  ASSERT_EQ(opened->messages.size(), 2U);
  EXPECT_EQ(opened->messages[0].id, ids_[0]);
  EXPECT_EQ(opened->messages[1].id, ids_[2]);
  const auto aside = names("damaged-");
  ASSERT_EQ(aside.size(), 1U);
  const std::vector<Octet> kept = octets_of(aside[0]);
  EXPECT_EQ(kept.size(), opened->report.damaged_octets);
  const std::string whole(kept.begin(), kept.end());
  EXPECT_NE(whole.find("bit rot"), whole.npos);
  EXPECT_NE(whole.find("user0@example.com"), whole.npos);
  // Asked again, it says the same, and goes on working.
  opened->journal.reset();
  const auto again = open_journal(disk_, 3);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->messages.size(), 2U);
  EXPECT_EQ(names("damaged-").size(), 1U);
}

TEST_F(Damaged, what_cannot_be_set_aside_is_never_freed) {
  overwrite(offset_of(2) + 100, "bit rot");
  disk_.set_space(disk_.used_octets());
  auto opened = open_journal(disk_, 2);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->report.not_set_aside, 1U);
  disk_.set_space(1 << 20);
  Journal& journal = *opened->journal;
  ASSERT_TRUE(journal.append_done(ids_[0], 0));
  ASSERT_TRUE(journal.append_done(ids_[2], 0));
  come_to_rest(disk_, journal);
  const std::vector<Octet> octets = octets_of("segment-00000001");
  const std::string whole(octets.begin(), octets.end());
  EXPECT_NE(whole.find("bit rot"), whole.npos);
}

TEST_F(Damaged, one_header_lost_is_no_loss) {
  overwrite(0, std::string(512, '\0'));
  const auto opened = open_journal(disk_, 2);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->messages.size(), 3U);
  EXPECT_EQ(opened->report.damaged_places, 0U);
}

TEST_F(Damaged, both_headers_lost_set_the_file_aside) {
  overwrite(0, std::string(512, '\0'));
  overwrite(4096, std::string(512, '\0'));
  const auto opened = open_journal(disk_, 2);
  ASSERT_TRUE(opened);
  EXPECT_TRUE(opened->messages.empty());
  EXPECT_EQ(opened->report.damaged_places, 1U);
  EXPECT_EQ(names("damaged-segment-00000001"),
            (std::vector<std::string>{"damaged-segment-00000001-0"}));
}

TEST_F(Damaged, an_unreadable_page_costs_what_stands_in_it) {
  const std::uint64_t reads = disk_.reads();
  // The lock is opened, the directory listed, the file opened and asked for its
  // size; then it is read: whole, and page by page.
  for (std::uint64_t n = 4; n < 6; ++n) {
    disk_.fail_read(reads + n, Trouble::input_output);
  }
  auto opened = open_journal(disk_, 2);
  ASSERT_TRUE(opened) << name(opened.error());
  EXPECT_EQ(opened->messages.size(), 3U);  // The first page has one header.
  come_to_rest(disk_, *opened->journal);
  EXPECT_EQ(text_of(opened->journal->read(ids_[1])->octets), text(2));
}

TEST_F(Damaged, a_newer_format_is_not_touched) {
  SegmentHeader newer;
  newer.format = segment_format + 1;
  const SegmentHeaderOctets octets = write(newer);
  overwrite(0, {reinterpret_cast<const char*>(octets.data()), octets.size()});
  EXPECT_EQ(open_journal(disk_, 2).error(), OpenError::newer);
  EXPECT_EQ(names("damaged-").size(), 0U);
}

TEST_F(Damaged, reading_back_checks_what_the_disk_gives) {
  auto opened = open_journal(disk_, 2);
  ASSERT_TRUE(opened);
  overwrite(offset_of(2) + 100, "bit rot");
  EXPECT_EQ(opened->journal->read(ids_[1]).error(), Trouble::malformed);
  EXPECT_TRUE(opened->journal->read(ids_[0]));
}

TEST_F(Damaged, other_files_in_the_directory_are_left_alone) {
  ASSERT_TRUE(disk_.open(disk_.root(), "segment-1", Open::create_new));
  ASSERT_TRUE(disk_.open(disk_.root(), "segment-0000000x", Open::create_new));
  ASSERT_TRUE(disk_.open(disk_.root(), "notes", Open::create_new));
  const auto opened = open_journal(disk_, 2);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->messages.size(), 3U);
  EXPECT_EQ(names("segment-1").size(), 1U);
  EXPECT_EQ(names("segment-0000000x").size(), 1U);
}

}  // namespace
