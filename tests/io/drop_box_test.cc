// The drop directory on a real file system: leaving and taking, and whatever
// else a user of this machine can put there.
#include "io/drop_box.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "base/check.h"
#include "io/clock.h"
#include "io/drop_file.h"
#include "io/errno.h"
#include "io/place.h"
#include "io/temporary_directory.h"

namespace postkeep::io {
namespace {

class DropBoxTest : public testing::Test {
 protected:
  DropBoxTest() {
    PK_CHECK(open_to_drop(own(open(path_.c_str(), O_RDONLY | O_DIRECTORY)))
                 .has_value());
  }

  std::string leave(const std::string& one, const std::string& other = "") {
    const std::array pieces{octets(one), octets(other)};
    const auto left = leave_in_drop_directory(path_, pieces, random_);
    return left.value_or("");
  }
  void put(const std::string& name, const std::string& text) {
    std::ofstream(path_ + "/" + name) << text;
  }
  std::vector<std::string> list(std::size_t most = 100) {
    auto names = box().list(most).value_or(std::vector<std::string>());
    std::ranges::sort(names);
    return names;
  }
  Trouble trouble(const std::string& name) {
    const auto opened = box().open(name);
    return opened ? Trouble::exists : opened.error();
  }
  DirectoryDropBox& box() {
    if (!box_) box_.emplace(own(open(path_.c_str(), O_RDONLY | O_DIRECTORY)));
    return *box_;
  }

  TemporaryDirectory directory_;
  std::string path_ = directory_.path();
  SystemRandom random_;
  std::optional<DirectoryDropBox> box_;
};

TEST_F(DropBoxTest, what_is_left_is_taken) {
  const std::string name = leave("one ", "and another");
  ASSERT_FALSE(name.empty());
  EXPECT_TRUE(name.starts_with(drop_whole_prefix));
  EXPECT_EQ(list(), std::vector<std::string>{name});
  auto& from = box();
  const auto opened = from.open(name);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->facts.octets, 15U);
  EXPECT_EQ(opened->facts.links, 1U);
  EXPECT_EQ(opened->facts.owner, geteuid());
  EXPECT_TRUE(opened->facts.made_here);
  std::string room(100, '\0');
  const auto got = from.read(
      opened->handle, 4, {reinterpret_cast<Octet*>(room.data()), room.size()});
  EXPECT_EQ(room.substr(0, got.value_or(0)), "and another");
  from.close(opened->handle);
  EXPECT_TRUE(from.remove(name));
  EXPECT_TRUE(from.flush());
  EXPECT_EQ(from.remove(name).error(), Trouble::not_found);
  EXPECT_TRUE(list().empty());
}

TEST_F(DropBoxTest, others_may_neither_look_nor_read) {
  struct stat found{};
  ASSERT_EQ(stat(path_.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 07777, 03733U);
  const std::string name = leave("secret");
  ASSERT_EQ(stat((path_ + "/" + name).c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 07777, 0640U);
}

TEST_F(DropBoxTest, nothing_stays_of_what_cannot_be_left) {
  EXPECT_EQ(leave_in_drop_directory(path_ + "/none", {}, random_).error(),
            Trouble::not_found);
  const std::array pieces{octets(std::string_view("text"))};
  if (geteuid() == 0) {
    ASSERT_EQ(chmod(path_.c_str(), 0700), 0);
    ASSERT_EQ(seteuid(65534), 0);
    EXPECT_EQ(leave_in_drop_directory(path_, pieces, random_).error(),
              Trouble::not_permitted);
    ASSERT_EQ(seteuid(0), 0);
    EXPECT_TRUE(list().empty());
  }
}

// As an ordinary user, who may write there and not read.
TEST_F(DropBoxTest, anybody_may_leave_something) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can become another";
  ASSERT_EQ(chown(path_.c_str(), 86500, 86500), 0);
  ASSERT_EQ(chmod(path_.c_str(), 03733), 0);
  ASSERT_EQ(seteuid(65534), 0);
  const std::string name = leave("text");
  const int looked = open(path_.c_str(), O_RDONLY | O_DIRECTORY);
  ASSERT_EQ(seteuid(0), 0);
  ASSERT_FALSE(name.empty());
  EXPECT_LT(looked, 0);
  const auto opened = box().open(name);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->facts.owner, 65534U);
  EXPECT_TRUE(opened->facts.made_here) << "it has the directory's group";
}

TEST_F(DropBoxTest, what_is_being_written_is_not_seen) {
  put(std::string(drop_begun_prefix) + "0", "half of");
  EXPECT_TRUE(list().empty());
  EXPECT_EQ(box().remove_abandoned(0, 10), 0U) << "it is not old";
  const std::int64_t later =
      SystemClock().wall().time_since_epoch().count() + 10'000'000;
  put("mail-0", "whole");
  std::filesystem::create_directory(path_ + "/new-directory");
  EXPECT_EQ(box().remove_abandoned(later, 10), 1U);
  EXPECT_EQ(list(), std::vector<std::string>{"mail-0"});
}

TEST_F(DropBoxTest, what_is_no_file_is_not_opened_and_goes) {
  put("elsewhere", "text");
  ASSERT_EQ(symlink("/etc/passwd", (path_ + "/link").c_str()), 0);
  ASSERT_EQ(symlink("elsewhere", (path_ + "/near").c_str()), 0);
  ASSERT_EQ(symlink("nowhere", (path_ + "/nowhere link").c_str()), 0);
  ASSERT_EQ(mkfifo((path_ + "/fifo").c_str(), 0666), 0);
  const int made = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  const std::string socket_path = path_ + "/socket";
  ASSERT_LT(socket_path.size(), sizeof name.sun_path);
  std::memcpy(name.sun_path, socket_path.data(), socket_path.size());
  ASSERT_EQ(bind(made, reinterpret_cast<sockaddr*>(&name), sizeof name), 0);
  for (const char* wrong : {"link", "near", "nowhere link", "fifo", "socket"}) {
    EXPECT_EQ(trouble(wrong), Trouble::wrong_kind) << wrong;
    EXPECT_TRUE(box().remove(wrong)) << wrong;
  }
  close(made);
  EXPECT_TRUE(std::filesystem::exists("/etc/passwd"));
  EXPECT_EQ(list(), std::vector<std::string>{"elsewhere"});
}

TEST_F(DropBoxTest, directories_are_passed_over) {
  std::filesystem::create_directories(path_ + "/mail-directory/deep");
  put("name\nwith a line", "text");
  EXPECT_EQ(list(), std::vector<std::string>{"name\nwith a line"});
  EXPECT_EQ(trouble("mail-directory"), Trouble::wrong_kind);
  EXPECT_FALSE(box().remove("mail-directory"));
  EXPECT_TRUE(box().remove("name\nwith a line"));
}

TEST_F(DropBoxTest, another_name_and_another_group_are_told) {
  put("mail-0", "text");
  ASSERT_EQ(link((path_ + "/mail-0").c_str(), (path_ + "/mail-1").c_str()), 0);
  const auto opened = box().open("mail-1");
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->facts.links, 2U);
  if (geteuid() != 0) return;
  ASSERT_EQ(chown((path_ + "/mail-0").c_str(), 65534, 65534), 0);
  EXPECT_FALSE(box().open("mail-0")->facts.made_here);
}

TEST_F(DropBoxTest, a_full_directory_is_seen_in_part) {
  for (int i = 0; i < 50; ++i) put("mail-" + std::to_string(i), "text");
  EXPECT_EQ(list(7).size(), 7U);
  EXPECT_EQ(list(1000).size(), 50U);
}

TEST_F(DropBoxTest, a_sparse_file_is_as_large_as_it_says) {
  put("mail-0", "");
  std::filesystem::resize_file(path_ + "/mail-0", std::uintmax_t{1} << 40);
  const auto opened = box().open("mail-0");
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->facts.octets, std::uint64_t{1} << 40);
}

}  // namespace
}  // namespace postkeep::io
