#include "io/spool_directory.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "io/temporary_directory.h"

namespace postkeep::io {
namespace {

UserIds ourselves() { return {own_uid(), own_gid()}; }

TEST(IoSpoolDirectory, a_file_is_made_for_its_user_and_his_group) {
  const TemporaryDirectory top;
  const auto directory = open_spool_directory(top.path(), ".notes", {4711, 8});
  if (own_uid() != 0) GTEST_SKIP() << "needs root: to give files away";
  ASSERT_TRUE(directory) << directory.error();
  const auto notes = look_at(top.path() / ".notes");
  ASSERT_TRUE(notes);
  EXPECT_EQ(notes->mode, 0700U);
  EXPECT_EQ(notes->owner.uid, 4711U);
  ASSERT_TRUE(make_spool_file(*directory, "ann", UserIds{1234, 8}));
  const auto file = look_at(top.path() / "ann");
  ASSERT_TRUE(file);
  EXPECT_TRUE(file->is_file);
  EXPECT_EQ(file->names, 1U);
  EXPECT_EQ(file->mode, 0660U);
  EXPECT_EQ(file->owner.uid, 1234U);
  EXPECT_EQ(file->owner.gid, 8U);
  EXPECT_FALSE(look_at(top.path() / ".notes" / "ann.new"));
  // At the next start it is its role's already.
  EXPECT_TRUE(open_spool_directory(top.path(), ".notes", {4711, 8}));
}

TEST(IoSpoolDirectory, what_is_there_is_left_as_it_is) {
  const TemporaryDirectory top;
  const auto directory =
      open_spool_directory(top.path(), ".notes", ourselves());
  ASSERT_TRUE(directory) << directory.error();
  std::ofstream(top.path() / "ann") << "From somebody";
  std::filesystem::create_symlink("/etc/passwd", top.path() / "ben");
  for (const char* name : {"ann", "ben", "carl", "carl"}) {
    EXPECT_TRUE(make_spool_file(*directory, name, std::nullopt)) << name;
  }
  EXPECT_EQ(std::filesystem::file_size(top.path() / "ann"), 13U);
  EXPECT_TRUE(std::filesystem::is_symlink(top.path() / "ben"));
  EXPECT_EQ(look_at(top.path() / "carl")->mode, 0660U);
  // One that a crash has left half made.
  std::ofstream(top.path() / ".notes" / "dora.new") << "x";
  EXPECT_TRUE(make_spool_file(*directory, "dora", std::nullopt));
  EXPECT_EQ(std::filesystem::file_size(top.path() / "dora"), 0U);
  for (const char* name : {"", ".", "..", "a/b", "../x"}) {
    EXPECT_EQ(make_spool_file(*directory, name, std::nullopt).error(),
              Trouble::not_permitted);
  }
}

TEST(IoSpoolDirectory, a_place_for_notes_that_is_not_ours_is_refused) {
  const TemporaryDirectory top;
  const auto absent =
      open_spool_directory(top.path() / "absent", ".notes", ourselves());
  ASSERT_FALSE(absent);
  EXPECT_NE(absent.error().find("absent: not_found"), std::string::npos);
  std::filesystem::create_directory_symlink("/etc", top.path() / ".link");
  EXPECT_FALSE(open_spool_directory(top.path(), ".link", ourselves()));
  std::ofstream(top.path() / ".file") << "x";
  EXPECT_FALSE(open_spool_directory(top.path(), ".file", ourselves()));
  std::filesystem::create_directory(top.path() / ".wide");
  ASSERT_EQ(chmod((top.path() / ".wide").c_str(), 0777), 0);
  EXPECT_FALSE(open_spool_directory(top.path(), ".wide", ourselves()));
  if (own_uid() != 0) return;
  std::filesystem::create_directory(top.path() / ".hers");
  ASSERT_EQ(chmod((top.path() / ".hers").c_str(), 0700), 0);
  ASSERT_EQ(chown((top.path() / ".hers").c_str(), 1234, 1234), 0);
  const auto hers = open_spool_directory(top.path(), ".hers", {4711, 8});
  ASSERT_FALSE(hers);
  EXPECT_NE(hers.error().find("somebody else's"), std::string::npos);
}

TEST(IoSpoolDirectory, nothing_is_looked_at_through_a_link) {
  const TemporaryDirectory top;
  std::filesystem::create_symlink("/etc/passwd", top.path() / "link");
  EXPECT_FALSE(look_at(top.path() / "link")->is_file);
  EXPECT_TRUE(look_at(top.path())->is_directory);
  EXPECT_FALSE(look_at(top.path() / "absent"));
}

}  // namespace
}  // namespace postkeep::io
