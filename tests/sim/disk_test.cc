#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "sim/sim_disk.h"
#include "sim/sim_flusher.h"

using namespace postkeep;
using namespace postkeep::sim;

namespace {

FileHandle make(SimDisk& disk, DirectoryHandle in, std::string_view name,
                std::string_view text) {
  const auto file = disk.open(in, name, Open::create_new);
  EXPECT_TRUE(file);
  EXPECT_TRUE(disk.write(*file, 0, octets(text)));
  return *file;
}

std::string text_of(SimDisk& disk, DirectoryHandle in, std::string_view name) {
  const auto file = disk.open(in, name, Open::read);
  if (!file) return "(" + std::string(postkeep::name(file.error())) + ")";
  std::string text(100000, '\0');
  const auto count =
      disk.read(*file, 0, {reinterpret_cast<Octet*>(text.data()), text.size()});
  EXPECT_TRUE(count);
  text.resize(*count);
  disk.close(*file);
  return text;
}

// What the file `name` may hold after a power cut, over all of them.
std::set<std::string> outcomes(const SimDisk& disk, std::string_view name) {
  std::set<std::string> seen;
  disk.each_power_cut(power_cuts_max, 1, [&](SimDisk& back) {
    seen.insert(text_of(back, back.root(), name));
  });
  return seen;
}

using Seen = std::set<std::string>;
const std::string zeros3(3, '\0');

TEST(SimDisk, without_flush_anything_may_be_lost_in_any_order) {
  SimDisk disk;
  make(disk, disk.root(), "a", "abc");
  EXPECT_EQ(outcomes(disk, "a"), (Seen{"(not_found)", "", zeros3, "abc"}));
}

TEST(SimDisk, flush_of_a_file_does_not_keep_its_name) {
  SimDisk disk;
  const FileHandle file = make(disk, disk.root(), "a", "abc");
  ASSERT_TRUE(disk.flush(file));
  EXPECT_EQ(outcomes(disk, "a"), (Seen{"(not_found)", "abc"}));
  ASSERT_TRUE(disk.flush_directory(disk.root()));
  EXPECT_EQ(outcomes(disk, "a"), (Seen{"abc"}));
}

TEST(SimDisk, a_renamed_file_may_have_zero_length) {
  SimDisk disk;
  const FileHandle old = make(disk, disk.root(), "a", "old");
  ASSERT_TRUE(disk.flush_all());
  make(disk, disk.root(), "t", "abc");
  ASSERT_TRUE(disk.rename(disk.root(), "t", disk.root(), "a"));
  EXPECT_EQ(outcomes(disk, "a"), (Seen{"old", "", zeros3, "abc"}));
  disk.close(old);
}

TEST(SimDisk, rename_between_directories_never_loses_both_names) {
  SimDisk disk;
  ASSERT_TRUE(disk.make_directory(disk.root(), "d"));
  const auto d = disk.open_directory(disk.root(), "d");
  make(disk, disk.root(), "a", "abc");
  ASSERT_TRUE(disk.flush_all());
  ASSERT_TRUE(disk.rename(disk.root(), "a", *d, "b"));
  std::set<std::pair<std::string, std::string>> seen;
  const auto look = [&](SimDisk& back) {
    const auto there = back.open_directory(back.root(), "d");
    seen.emplace(text_of(back, back.root(), "a"), text_of(back, *there, "b"));
  };
  disk.each_power_cut(power_cuts_max, 1, look);
  using Pairs = std::set<std::pair<std::string, std::string>>;
  EXPECT_EQ(
      seen,
      (Pairs{{"abc", "(not_found)"}, {"abc", "abc"}, {"(not_found)", "abc"}}));
  // Flushing the directory it left brings the arrival along.
  ASSERT_TRUE(disk.flush_directory(disk.root()));
  seen.clear();
  disk.each_power_cut(power_cuts_max, 1, look);
  EXPECT_EQ(seen, (Pairs{{"(not_found)", "abc"}}));
}

TEST(SimDisk, writes_are_torn_at_sectors_and_pages) {
  SimDisk disk;
  const std::string old(3 * page_octets, 'o');
  const FileHandle file = make(disk, disk.root(), "a", old);
  ASSERT_TRUE(disk.flush_all());
  const std::string fresh(1024, 'n');
  ASSERT_TRUE(disk.write(file, page_octets - 512, octets(fresh)));
  std::set<std::size_t> counts;
  for (const std::string& text : outcomes(disk, "a")) {
    EXPECT_EQ(text.size(), old.size());
    counts.insert(static_cast<std::size_t>(std::ranges::count(text, 'n')));
  }
  EXPECT_EQ(counts, (std::set<std::size_t>{0, 512, 1024}));
}

TEST(SimDisk, a_failed_flush_never_keeps_what_it_was_for) {
  SimDisk disk;
  const FileHandle file = make(disk, disk.root(), "a", "abc");
  ASSERT_TRUE(disk.flush_directory(disk.root()));
  disk.fail_operation(disk.operations(), Trouble::input_output);
  EXPECT_EQ(disk.flush(file).error(), Trouble::input_output);
  EXPECT_EQ(outcomes(disk, "a"), (Seen{"", zeros3, "abc"}));
  EXPECT_TRUE(disk.flush(file));  // Says yes, and means nothing.
  EXPECT_EQ(text_of(disk, disk.root(), "a"), "abc");
  EXPECT_EQ(outcomes(disk, "a"), (Seen{""}));
  ASSERT_TRUE(disk.write(file, 0, octets("abc")));  // Written again, it is.
  ASSERT_TRUE(disk.flush(file));
  EXPECT_EQ(outcomes(disk, "a"), (Seen{"abc"}));
}

TEST(SimDisk, a_flush_under_way_does_not_promise_later_writes) {
  SimDisk disk;
  SimFlusher flusher{disk};
  const FileHandle file = make(disk, disk.root(), "a", "abc");
  ASSERT_TRUE(disk.flush_directory(disk.root()));
  bool done = false;
  flusher.flush(file, [&](DiskResult<> result) { done = result.has_value(); });
  ASSERT_TRUE(disk.write(file, 0, octets("xyz")));
  ASSERT_TRUE(flusher.end_one());
  EXPECT_TRUE(done);
  EXPECT_EQ(outcomes(disk, "a"), (Seen{"abc", "xyz"}));
}

TEST(SimDisk, no_space_leaves_what_fitted) {
  SimDisk disk;
  const FileHandle file = make(disk, disk.root(), "a", "abc");
  disk.set_space(5);
  EXPECT_EQ(disk.write(file, 3, octets("defg")).error(), Trouble::no_space);
  EXPECT_EQ(text_of(disk, disk.root(), "a"), "abcde");
  EXPECT_EQ(disk.reserve(file, 6).error(), Trouble::no_space);
  disk.set_space(100);
  EXPECT_TRUE(disk.write(file, 3, octets("defg")));
  EXPECT_EQ(disk.used_octets(), 7U);
}

TEST(SimDisk, a_stopped_program_does_nothing_more) {
  SimDisk disk;
  std::uint64_t points = 0;
  disk.before_operation([&] { points += 1; });
  disk.stop_before(2);
  const FileHandle file = make(disk, disk.root(), "a", "abc");
  EXPECT_EQ(points, 2U);
  EXPECT_EQ(disk.flush(file).error(), Trouble::closed);
  EXPECT_EQ(disk.list(disk.root()).error(), Trouble::closed);
  EXPECT_TRUE(disk.stopped());
  EXPECT_EQ(outcomes(disk, "a"), (Seen{"(not_found)", "", zeros3, "abc"}));
}

TEST(SimDisk, one_lock_a_file) {
  SimDisk disk;
  const FileHandle one = make(disk, disk.root(), "lock", "");
  const auto other = disk.open(disk.root(), "lock", Open::write);
  ASSERT_TRUE(other);
  EXPECT_TRUE(disk.lock(one));
  EXPECT_EQ(disk.lock(*other).error(), Trouble::locked);
  disk.close(one);
  EXPECT_TRUE(disk.lock(*other));
}

TEST(SimDisk, names_follow_posix) {
  SimDisk disk;
  make(disk, disk.root(), "a", "abc");
  const auto root = disk.root();
  EXPECT_EQ(disk.open(root, "a", Open::create_new).error(), Trouble::exists);
  EXPECT_EQ(disk.open(root, "b", Open::write).error(), Trouble::not_found);
  ASSERT_TRUE(disk.link(root, "a", root, "b"));
  EXPECT_EQ(disk.status(root, "b")->links, 2U);
  EXPECT_TRUE(disk.rename(root, "a", root, "b"));
  EXPECT_EQ(text_of(disk, root, "a"), "abc");  // Two names of one file stay.
  ASSERT_TRUE(disk.make_directory(root, "d"));
  EXPECT_EQ(disk.make_directory(root, "d").error(), Trouble::exists);
  EXPECT_EQ(disk.open(root, "d", Open::read).error(), Trouble::wrong_kind);
  EXPECT_EQ(disk.remove(root, "d").error(), Trouble::wrong_kind);
  const auto d = disk.open_directory(root, "d");
  ASSERT_TRUE(disk.rename(root, "a", *d, "a"));
  EXPECT_EQ(disk.remove_directory(root, "d").error(), Trouble::exists);
  ASSERT_TRUE(disk.remove(*d, "a"));
  EXPECT_TRUE(disk.remove_directory(root, "d"));
  EXPECT_EQ(disk.list(root)->size(), 1U);
}

TEST(SimDisk, a_name_survives_only_with_its_directory) {
  SimDisk disk;
  ASSERT_TRUE(disk.make_directory(disk.root(), "d"));
  const auto d = disk.open_directory(disk.root(), "d");
  const FileHandle file = make(disk, *d, "a", "abc");
  ASSERT_TRUE(disk.flush(file));
  ASSERT_TRUE(disk.flush_directory(*d));
  std::set<bool> there;
  disk.each_power_cut(power_cuts_max, 1, [&](SimDisk& back) {
    there.insert(back.open_directory(back.root(), "d").has_value());
  });
  EXPECT_EQ(there, (std::set<bool>{false, true}));
}

TEST(SimDisk, many_pending_operations_are_sampled) {
  SimDisk disk;
  const FileHandle file = make(disk, disk.root(), "a", "abc");
  for (std::uint64_t i = 0; i < 30; ++i) {
    ASSERT_TRUE(disk.write(file, 2 * i, octets("z")));
  }
  EXPECT_EQ(disk.power_cuts(100), 100U);
  EXPECT_EQ(disk.each_power_cut(100, 7, [](SimDisk&) {}), 100U);
}

}  // namespace
