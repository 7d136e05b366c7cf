#include "io/disk.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "io/temporary_directory.h"

namespace postkeep::io {
namespace {

struct IoDisk : ::testing::Test {
  TemporaryDirectory directory;
  DirectoryDisk disk{directory.open()};

  FileHandle file(std::string_view name, Open how = Open::create_new) {
    const auto opened = disk.open(disk.root(), name, how);
    EXPECT_TRUE(opened);
    return opened.value_or(FileHandle::none);
  }
  std::string text(FileHandle from) {
    std::vector<Octet> room(100'000);
    const auto got = disk.read(from, 0, room);
    EXPECT_TRUE(got);
    return {room.begin(),
            room.begin() + static_cast<std::ptrdiff_t>(got.value_or(0))};
  }
};

TEST_F(IoDisk, what_is_written_is_read) {
  const FileHandle one = file("one");
  ASSERT_TRUE(disk.write(one, 0, octets("hello, ")));
  const std::array pieces{octets("wide"), octets(""), octets(" world")};
  ASSERT_TRUE(disk.write_pieces(one, 7, pieces));
  EXPECT_EQ(text(one), "hello, wide world");
  ASSERT_TRUE(disk.resize(one, 5));
  EXPECT_EQ(text(one), "hello");
  EXPECT_TRUE(disk.flush(one));
  EXPECT_TRUE(disk.flush_directory(disk.root()));
  EXPECT_TRUE(disk.flush_all());
  std::array<Octet, 4> room{};
  EXPECT_EQ(disk.read(one, 3, room).value_or(9), 2U);
  EXPECT_EQ(disk.read(one, 100, room).value_or(9), 0U);
  disk.close(one);
}

TEST_F(IoDisk, many_pieces_are_written_one_after_the_other) {
  const FileHandle one = file("one");
  std::vector<std::string> texts;
  std::vector<Octets> pieces;
  std::string whole;
  for (std::size_t i = 0; i < 150; ++i) texts.push_back(std::to_string(i));
  for (const std::string& part : texts) {
    pieces.push_back(octets(part));
    whole += part;
  }
  ASSERT_TRUE(disk.write_pieces(one, 0, pieces));
  EXPECT_EQ(text(one), whole);
  disk.close(one);
}

TEST_F(IoDisk, reserved_room_reads_as_zero) {
  const FileHandle one = file("one");
  ASSERT_TRUE(disk.write(one, 0, octets("ab")));
  ASSERT_TRUE(disk.reserve(one, 4096));
  const auto status = disk.status(one);
  ASSERT_TRUE(status);
  EXPECT_EQ(status->octets, 4096U);
  EXPECT_EQ(text(one), "ab" + std::string(4094, '\0'));
  disk.close(one);
}

TEST_F(IoDisk, each_way_to_open_does_what_it_says) {
  disk.close(file("there"));
  const auto root = disk.root();
  EXPECT_EQ(disk.open(root, "there", Open::create_new).error(),
            Trouble::exists);
  EXPECT_EQ(disk.open(root, "absent", Open::read).error(), Trouble::not_found);
  EXPECT_EQ(disk.open(root, "absent", Open::write).error(), Trouble::not_found);
  disk.close(file("made", Open::write_create));
  disk.close(file("made", Open::write_create));
  const FileHandle reads = file("there", Open::read);
  EXPECT_FALSE(disk.write(reads, 0, octets("x")));
  disk.close(reads);
}

TEST_F(IoDisk, a_name_is_one_component) {
  const auto root = disk.root();
  const std::string long_name(256, 'n');
  const std::string with_nul("a\0b", 3);
  for (const std::string_view name :
       {std::string_view(""), std::string_view("."), std::string_view(".."),
        std::string_view("a/b"), std::string_view("/etc/passwd"),
        std::string_view("../x"), std::string_view(long_name),
        std::string_view(with_nul)}) {
    EXPECT_EQ(disk.open(root, name, Open::write_create).error(),
              Trouble::not_permitted);
    EXPECT_EQ(disk.open_directory(root, name).error(), Trouble::not_permitted);
    EXPECT_EQ(disk.make_directory(root, name).error(), Trouble::not_permitted);
    EXPECT_EQ(disk.status(root, name).error(), Trouble::not_permitted);
    EXPECT_EQ(disk.remove(root, name).error(), Trouble::not_permitted);
    EXPECT_EQ(disk.remove_directory(root, name).error(),
              Trouble::not_permitted);
    EXPECT_EQ(disk.rename(root, name, root, "x").error(),
              Trouble::not_permitted);
    EXPECT_EQ(disk.link(root, "x", root, name).error(), Trouble::not_permitted);
  }
}

TEST_F(IoDisk, links_are_never_followed) {
  std::filesystem::create_symlink("/etc/passwd", directory.path() / "file");
  std::filesystem::create_directory_symlink("/etc", directory.path() / "dir");
  const auto root = disk.root();
  EXPECT_EQ(disk.open(root, "file", Open::read).error(),
            Trouble::not_permitted);
  EXPECT_FALSE(disk.open_directory(root, "dir"));
  const auto status = disk.status(root, "file");
  ASSERT_TRUE(status);
  EXPECT_EQ(status->kind, EntryKind::other);
  EXPECT_TRUE(disk.remove(root, "file"));
  EXPECT_TRUE(std::filesystem::exists("/etc/passwd"));
}

TEST_F(IoDisk, what_is_no_file_is_refused_without_waiting) {
  ASSERT_EQ(mkfifo((directory.path() / "fifo").c_str(), 0600), 0);
  ASSERT_TRUE(disk.make_directory(disk.root(), "dir"));
  for (const Open how : {Open::read, Open::write}) {
    EXPECT_EQ(disk.open(disk.root(), "fifo", how).error(), Trouble::wrong_kind);
    EXPECT_EQ(disk.open(disk.root(), "dir", how).error(), Trouble::wrong_kind);
  }
}

TEST_F(IoDisk, directories_list_what_is_in_them) {
  const auto root = disk.root();
  ASSERT_TRUE(disk.make_directory(root, "cur"));
  EXPECT_EQ(disk.make_directory(root, "cur").error(), Trouble::exists);
  const auto cur = disk.open_directory(root, "cur");
  ASSERT_TRUE(cur);
  std::vector<std::string> names;
  for (int i = 0; i < 2000; ++i) {
    names.push_back("message_with_a_rather_long_name." + std::to_string(i));
    const auto made = disk.open(*cur, names.back(), Open::create_new);
    ASSERT_TRUE(made);
    disk.close(*made);
  }
  for (int again = 0; again < 2; ++again) {
    const auto entries = disk.list(*cur);
    ASSERT_TRUE(entries);
    std::vector<std::string> found;
    for (const DirectoryEntry& entry : *entries) {
      EXPECT_EQ(entry.kind, EntryKind::file);
      found.push_back(entry.name);
    }
    std::sort(found.begin(), found.end());
    std::sort(names.begin(), names.end());
    EXPECT_TRUE(found == names);
  }
  EXPECT_EQ(disk.remove_directory(root, "cur").error(), Trouble::exists);
  disk.close(*cur);
}

TEST_F(IoDisk, names_can_be_moved_linked_and_removed) {
  const auto root = disk.root();
  const FileHandle one = file("one");
  ASSERT_TRUE(disk.write(one, 0, octets("1")));
  disk.close(one);
  ASSERT_TRUE(disk.make_directory(root, "new"));
  const auto folder = disk.open_directory(root, "new");
  ASSERT_TRUE(folder);
  EXPECT_TRUE(disk.link(root, "one", *folder, "two"));
  EXPECT_EQ(disk.status(root, "one")->links, 2U);
  EXPECT_EQ(disk.link(root, "one", *folder, "two").error(), Trouble::exists);
  EXPECT_TRUE(disk.rename(root, "one", *folder, "three"));
  EXPECT_EQ(disk.status(root, "one").error(), Trouble::not_found);
  EXPECT_EQ(disk.status(*folder, "three")->inode,
            disk.status(*folder, "two")->inode);
  EXPECT_TRUE(disk.remove(*folder, "two"));
  EXPECT_TRUE(disk.remove(*folder, "three"));
  EXPECT_EQ(disk.remove(*folder, "three").error(), Trouble::not_found);
  disk.close(*folder);
  EXPECT_TRUE(disk.remove_directory(root, "new"));
}

TEST_F(IoDisk, a_lock_keeps_a_second_opener_out_until_the_file_is_closed) {
  const FileHandle first = file("lock");
  ASSERT_TRUE(disk.lock(first));
  const FileHandle second = file("lock", Open::write);
  EXPECT_EQ(disk.lock(second).error(), Trouble::locked);
  disk.close(first);
  EXPECT_TRUE(disk.lock(second));
  disk.close(second);
}

TEST_F(IoDisk, a_file_beyond_its_limit_is_no_space) {
  ASSERT_NE(std::signal(SIGXFSZ, SIG_IGN), SIG_ERR);
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{1000, before.rlim_max};
  const FileHandle one = file("one");
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const std::string large(2000, 'x');
  const auto wrote = disk.write(one, 0, octets(large));
  const auto reserved = disk.reserve(one, 5000);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  ASSERT_FALSE(wrote);
  EXPECT_EQ(wrote.error(), Trouble::no_space);
  ASSERT_FALSE(reserved);
  EXPECT_EQ(reserved.error(), Trouble::no_space);
  disk.close(one);
}

TEST_F(IoDisk, a_full_disk_is_no_space) {
  DirectoryDisk devices(own(::open("/dev", O_RDONLY | O_DIRECTORY)));
  // /dev/full is no file: it is refused as such before anything is written.
  EXPECT_EQ(devices.open(devices.root(), "full", Open::write).error(),
            Trouble::wrong_kind);
  EXPECT_EQ(trouble_of(ENOSPC), Trouble::no_space);
  EXPECT_EQ(trouble_of(EDQUOT), Trouble::no_space);
  EXPECT_EQ(trouble_of(EIO), Trouble::input_output);
}

TEST_F(IoDisk, what_is_made_is_private) {
  disk.close(file("one"));
  ASSERT_TRUE(disk.make_directory(disk.root(), "dir"));
  struct stat found{};
  ASSERT_EQ(stat((directory.path() / "one").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0600U);
  ASSERT_EQ(stat((directory.path() / "dir").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0700U);
}

}  // namespace
}  // namespace postkeep::io
