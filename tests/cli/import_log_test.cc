#include "cli/import_log.h"

#include <gtest/gtest.h>

#include "sim/sim_disk.h"

namespace postkeep::cli {
namespace {

ImportBatch batch(std::uint32_t uid_next, std::vector<std::string> bases,
                  bool instead = false) {
  ImportBatch made{
      .uid_validity = 7, .uid_next = uid_next, .instead = instead, .keys = {}};
  for (const std::string& base : bases) made.keys.push_back(key_of(base));
  return made;
}

ImportLog open(Disk& disk, bool anew = false) {
  auto log = ImportLog::open(disk, disk.root(), "log", anew);
  EXPECT_TRUE(log.has_value());
  return std::move(*log);
}

TEST(ImportLog, all_but_the_last_batch_are_kept) {
  sim::SimDisk disk;
  {
    ImportLog log = open(disk);
    EXPECT_TRUE(log.is_empty());
    EXPECT_TRUE(log.begin(batch(1, {"a", "b"})));
    EXPECT_TRUE(log.begin(batch(3, {"c"})));
    EXPECT_TRUE(log.is_kept(key_of("a")));
    EXPECT_FALSE(log.is_kept(key_of("c")));
  }
  {
    ImportLog log = open(disk);
    EXPECT_FALSE(log.is_empty());
    EXPECT_TRUE(log.is_kept(key_of("b")));
    EXPECT_FALSE(log.is_kept(key_of("c")));
    EXPECT_EQ(log.last().uid_next, 3U);
    EXPECT_EQ(log.last().uid_validity, 7U);
    // Nobody knows of c: the next stands in for it.
    EXPECT_TRUE(log.begin(batch(3, {"d"}, true)));
    EXPECT_TRUE(log.begin(batch(4, {})));
  }
  {
    const ImportLog log = open(disk);
    EXPECT_FALSE(log.is_kept(key_of("c")));
    EXPECT_TRUE(log.is_kept(key_of("d")));
    EXPECT_TRUE(log.last().keys.empty());
  }
  EXPECT_TRUE(open(disk, true).is_empty());
}

TEST(ImportLog, one_import_has_it) {
  sim::SimDisk disk;
  const ImportLog log = open(disk);
  const auto other = ImportLog::open(disk, disk.root(), "log", false);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error(), Trouble::locked);
}

// The power goes anywhere: what was begun durably is there, a torn record is
// not, and the log can be gone on with.
TEST(ImportLog, a_torn_record_is_no_batch) {
  sim::SimDisk disk;
  {
    ImportLog log = open(disk);
    EXPECT_TRUE(log.begin(batch(1, {"a"})));
    EXPECT_TRUE(log.begin(batch(2, {"b"})));
    disk.stop_before(disk.operations() + 1);  // Written, not flushed.
    EXPECT_FALSE(log.begin(batch(3, {"c", "d"})));
  }
  std::size_t torn = 0;
  disk.each_power_cut(64, 1, [&](sim::SimDisk& after) {
    ImportLog log = open(after);
    EXPECT_TRUE(log.is_kept(key_of("a")));
    const bool is_whole = log.last().keys.size() == 2;
    EXPECT_EQ(log.is_kept(key_of("b")), is_whole);
    torn += is_whole ? 0 : 1;
    EXPECT_TRUE(log.begin(batch(3, {"e"})));
    EXPECT_TRUE(log.is_kept(key_of("b")));
  });
  EXPECT_GT(torn, 0U);
}

TEST(ImportLog, what_another_program_made_of_it_is_cut_off) {
  sim::SimDisk disk;
  {
    ImportLog log = open(disk);
    EXPECT_TRUE(log.begin(batch(1, {"a"})));
    EXPECT_TRUE(log.begin(batch(2, {"b"})));
  }
  const auto file = disk.open(disk.root(), "log", Open::write);
  const auto octets = disk.status(*file)->octets;
  const std::array<Octet, 12> rest{0x7F, 0xFF, 0xFF, 0xFF};
  EXPECT_TRUE(disk.write(*file, octets, rest));
  EXPECT_TRUE(open(disk).is_kept(key_of("a")));
  EXPECT_EQ(disk.status(*file)->octets, octets);
  // An octet of the last record changes: the record before is the last.
  EXPECT_TRUE(disk.write(*file, octets - 1, Octets(rest).first(1)));
  disk.close(*file);
  const ImportLog log = open(disk);
  EXPECT_EQ(log.last().uid_next, 1U);
}

}  // namespace
}  // namespace postkeep::cli
