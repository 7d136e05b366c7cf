// Known answers for store/state_file.h.
#include "store/state_file.h"

#include <gtest/gtest.h>

#include "sim/sim_disk.h"
#include "store/state_file_laws.h"

using namespace postkeep;
using namespace postkeep::store;

namespace {

FolderState state_with(std::uint64_t uid_next, bool clean) {
  FolderState state;
  state.folder = 7;
  state.uid_validity = 1767225600;
  state.uid_next = uid_next;
  state.uid_reserved = clean ? uid_next : uid_next + reservation_block;
  state.clean = clean;
  state.modification_reserved =
      clean ? state.modification_next : state.modification_next + 1024;
  state.keywords = {"$Junk", "", "other"};
  state.special_use = "\\Sent";
  return state;
}

TEST(StateFile, the_newest_counts) {
  sim::SimDisk disk;
  StateFile file(disk);
  FolderState state;
  EXPECT_EQ(*file.read(disk.root(), state), StateFile::Found::none);
  for (std::uint64_t n = 1; n < 10; ++n) {
    ASSERT_TRUE(file.write(disk.root(), state_with(n, n % 2 == 0), true));
    FolderState read;
    StateFile other(disk);
    ASSERT_EQ(*other.read(disk.root(), read), StateFile::Found::whole);
    EXPECT_EQ(read, state_with(n, n % 2 == 0));
  }
}

// Every power cut during every write leaves the state before or the one after,
// or goes on further up.
TEST(StateFile, every_power_cut_leaves_a_state) {
  sim::SimDisk disk;
  {
    StateFile file(disk);
    ASSERT_TRUE(file.write(disk.root(), state_with(1, false), true));
  }
  std::uint64_t acknowledged = 1;
  std::size_t looked_at = 0;
  const auto look = [&](sim::SimDisk& back) {
    FolderState state;
    StateFile file(back);
    const auto found = file.read(back.root(), state);
    ASSERT_TRUE(found.has_value());
    ASSERT_TRUE(*found == StateFile::Found::whole ||
                *found == StateFile::Found::in_part);
    EXPECT_GE(state.clean ? state.uid_next : state.uid_reserved, acknowledged);
    EXPECT_EQ(state.keywords, state_with(1, true).keywords);
    looked_at += 1;
  };
  StateFile file(disk);
  FolderState state;
  ASSERT_TRUE(file.read(disk.root(), state));
  for (std::uint64_t n = 2; n < 8; ++n) {
    // A clean mark that is not flushed, then a reservation that is.
    ASSERT_TRUE(file.write(disk.root(), state_with(n, true), false));
    disk.each_power_cut(100, n, look);
    disk.before_operation([&] { disk.each_power_cut(100, n, look); });
    ASSERT_TRUE(file.write(disk.root(), state_with(n, false), true));
    disk.before_operation(nullptr);
    acknowledged = n;
    disk.each_power_cut(100, n, look);
  }
  EXPECT_GE(looked_at, 50U);
}

TEST(StateFile, a_damaged_slot_leaves_numbers_out) {
  sim::SimDisk disk;
  {
    StateFile file(disk);
    ASSERT_TRUE(file.write(disk.root(), state_with(1, false), true));
    ASSERT_TRUE(file.write(disk.root(), state_with(900, false), true));
  }
  const auto open = disk.open(disk.root(), state_file_name, Open::write);
  const Octet wrong[] = {1, 2, 3};
  // The second write is in slot 2.
  ASSERT_TRUE(disk.write(*open, 2 * state_slot_octets + 20, wrong));
  FolderState state;
  StateFile file(disk);
  ASSERT_EQ(*file.read(disk.root(), state), StateFile::Found::in_part);
  EXPECT_GE(state.uid_reserved, 900 + reservation_block);
  EXPECT_FALSE(state.clean);
  ASSERT_TRUE(disk.write(*open, 1 * state_slot_octets + 20, wrong));
  StateFile again(disk);
  EXPECT_EQ(*again.read(disk.root(), state), StateFile::Found::damaged);
  disk.close(*open);
}

TEST(StateFile, the_longest_state_fits) {
  StateSlot slot{1, state_with(1, true)};
  slot.state.special_use = std::string(special_use_octets_max, 'x');
  slot.state.keywords.assign(folder_keywords_max,
                             std::string(keyword_octets_max, 'k'));
  EXPECT_TRUE(law_state_is_read_back(slot));
}

}  // namespace
