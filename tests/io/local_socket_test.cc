#include "io/local_socket.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "io/errno.h"
#include "io/temporary_directory.h"

namespace postkeep::io {
namespace {

struct IoLocalSocket : ::testing::Test {
  TemporaryDirectory directory;
  const std::string path = directory.path() / "socket";

  [[nodiscard]] struct stat status() const {
    struct stat found{};
    EXPECT_EQ(lstat(path.c_str(), &found), 0);
    return found;
  }
  // Nothing is left behind beside the socket.
  [[nodiscard]] std::size_t entries() const {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(directory.path()),
                      std::filesystem::directory_iterator{}));
  }
  [[nodiscard]] bool connects() const {
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    std::memcpy(to.sun_path, path.data(), path.size());
    const Descriptor client = own(socket(AF_UNIX, SOCK_STREAM, 0));
    return connect(client.number(), reinterpret_cast<sockaddr*>(&to),
                   sizeof to) == 0;
  }
};

TEST_F(IoLocalSocket, has_the_mode_that_was_asked_for) {
  for (const unsigned mode : {0600U, 0660U, 0666U, 0200U}) {
    const auto socket = listen_locally({.path = path, .mode = mode});
    ASSERT_TRUE(socket) << socket.error();
    EXPECT_TRUE(S_ISSOCK(status().st_mode));
    EXPECT_EQ(status().st_mode & 0777U, mode);
    EXPECT_EQ(entries(), 1U);
  }
  EXPECT_FALSE(connects());  // The last one was closed: this one is dead.
}

TEST_F(IoLocalSocket, a_dead_socket_is_replaced_and_a_live_one_is_not) {
  {
    const auto first = listen_locally({.path = path});
    ASSERT_TRUE(first) << first.error();
    EXPECT_TRUE(connects());
    const auto second = listen_locally({.path = path});
    ASSERT_FALSE(second);
    EXPECT_NE(second.error().find("in use"), std::string::npos);
    EXPECT_TRUE(connects());
    const auto third =
        listen_locally({.path = path, .live = LiveSocket::is_replaced});
    EXPECT_TRUE(third) << third.error();
    EXPECT_TRUE(connects());
  }
  EXPECT_FALSE(connects());
  EXPECT_TRUE(listen_locally({.path = path}));
}

TEST_F(IoLocalSocket, what_is_no_socket_is_not_taken_away) {
  std::ofstream(path) << "mine";
  EXPECT_FALSE(listen_locally({.path = path}));
  EXPECT_TRUE(S_ISREG(status().st_mode));
  unlink(path.c_str());
  // Nor is a link followed to what it shows.
  const std::string target = directory.path() / "target";
  ASSERT_EQ(symlink(target.c_str(), path.c_str()), 0);
  EXPECT_FALSE(listen_locally({.path = path}));
  EXPECT_TRUE(S_ISLNK(status().st_mode));
  EXPECT_FALSE(std::filesystem::exists(target));
  EXPECT_EQ(entries(), 1U);
}

TEST_F(IoLocalSocket, what_a_crash_left_is_cleared) {
  const std::string left = directory.path() / ".new-socket";
  ASSERT_EQ(mkdir(left.c_str(), 0700), 0);
  std::ofstream(left + "/socket") << "";
  EXPECT_TRUE(listen_locally({.path = path}));
  EXPECT_EQ(entries(), 1U);
  // What someone else put in the way is an error, not a place to work in.
  ASSERT_EQ(symlink("/tmp", left.c_str()), 0);
  const auto socket = listen_locally({.path = path});
  if (socket) {
    EXPECT_FALSE(std::filesystem::is_symlink(left));
  }
}

TEST_F(IoLocalSocket, paths_that_cannot_be) {
  EXPECT_FALSE(listen_locally({.path = std::string(200, 'p')}));
  EXPECT_FALSE(listen_locally({.path = ""}));
  EXPECT_FALSE(listen_locally({.path = std::string(directory.path()) + "/"}));
  const auto absent =
      listen_locally({.path = std::string(directory.path()) + "/not/there"});
  ASSERT_FALSE(absent);
  EXPECT_NE(absent.error().find("directory is not there"), std::string::npos);
}

TEST_F(IoLocalSocket, as_root_it_belongs_to_whom_it_is_given) {
  const UserIds nobody{65534, 65533};
  const auto socket =
      listen_locally({.path = path, .mode = 0660, .owner = nobody});
  if (geteuid() != 0) {
    EXPECT_FALSE(socket);
    EXPECT_EQ(entries(), 0U);
    GTEST_SKIP() << "needs root: others cannot give a socket away";
  }
  ASSERT_TRUE(socket) << socket.error();
  EXPECT_EQ(status().st_uid, nobody.uid);
  EXPECT_EQ(status().st_gid, nobody.gid);
  EXPECT_EQ(status().st_mode & 0777U, 0660U);
}

}  // namespace
}  // namespace postkeep::io
