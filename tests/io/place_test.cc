#include "io/place.h"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <thread>

#include "io/listening.h"
#include "io/temporary_directory.h"

namespace postkeep::io {
namespace {

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(IoPlace, directories_are_made_private_and_found_again) {
  TemporaryDirectory directory;
  const std::string path = directory.path() / "data";
  for (int again = 0; again < 2; ++again) {
    const auto data = open_directory(path);
    ASSERT_TRUE(data);
    const auto mail = open_directory_in(*data, "ann@example.org");
    ASSERT_TRUE(mail);
    struct stat found{};
    ASSERT_EQ(fstat(mail->number(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777U, 0700U);
  }
  EXPECT_FALSE(open_directory(path + "/absent/deeper"));
}

TEST(IoPlace, no_users_name_leads_out_of_the_directory) {
  TemporaryDirectory directory;
  const auto data = open_directory(directory.path());
  ASSERT_TRUE(data);
  for (const char* name : {"", ".", "..", "../x", "/etc", "a/b"}) {
    EXPECT_EQ(open_directory_in(*data, name).error(), Trouble::not_permitted)
        << name;
  }
  // The kernel would take it for "ann": two names for one directory.
  const auto longer = open_directory_in(*data, std::string("ann\0b", 5));
  ASSERT_FALSE(longer);
  EXPECT_EQ(longer.error(), Trouble::not_permitted);
  std::filesystem::create_directory_symlink("/etc", directory.path() / "link");
  EXPECT_FALSE(open_directory_in(*data, "link"));
  std::ofstream(directory.path() / "file") << "x";
  EXPECT_EQ(open_directory_in(*data, "file").error(), Trouble::wrong_kind);
}

TEST(IoPlace, a_directory_is_given_by_root_alone) {
  TemporaryDirectory directory;
  const auto data = open_directory(directory.path() / "data");
  ASSERT_TRUE(data);
  EXPECT_TRUE(give_directory(*data, 86500, 86501));
  struct stat found{};
  ASSERT_EQ(fstat(data->number(), &found), 0);
  EXPECT_EQ(found.st_uid, geteuid() == 0 ? 86500U : geteuid());
  EXPECT_EQ(found.st_gid, geteuid() == 0 ? 86501U : getegid());
}

TEST(IoPlace, one_lock_a_directory) {
  TemporaryDirectory directory;
  const auto data = open_directory(directory.path());
  ASSERT_TRUE(data);
  {
    const auto first = lock_in(*data, "lock");
    ASSERT_TRUE(first);
    EXPECT_EQ(lock_in(*data, "lock").error(), Trouble::locked);
  }
  EXPECT_TRUE(lock_in(*data, "lock"));
}

TEST(IoPlace, the_log_is_appended_to) {
  TemporaryDirectory directory;
  const std::string path = directory.path() / "log";
  for (const char* line : {"one\n", "two\n"}) {
    const auto log = append_to(path);
    ASSERT_TRUE(log);
    EXPECT_TRUE(write_out(*log, octets(line)));
  }
  EXPECT_EQ(text_of(path), "one\ntwo\n");
  struct stat found{};
  ASSERT_EQ(stat(path.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0137U, 0U);
  std::filesystem::create_symlink(path, directory.path() / "link");
  EXPECT_FALSE(append_to(directory.path() / "link"));
}

TEST(IoPlace, what_cannot_be_written_is_said) {
  const Descriptor full(open("/dev/full", O_WRONLY | O_CLOEXEC),
                        [](int n) { close(n); });
  EXPECT_FALSE(write_out(full, octets("x")));
  // A reader that is slow for longer than a moment loses lines.
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC), 0);
  const Descriptor reads = own(ends[0]);
  const Descriptor writes = own(ends[1]);
  const std::string large(1'000'000, 'x');
  EXPECT_FALSE(write_out(writes, octets(large)));
}

TEST(IoListening, sockets_listen_where_they_should) {
  const auto v4 = listen_on("127.0.0.1", 0);
  ASSERT_TRUE(v4) << v4.error();
  EXPECT_NE(port_of(*v4), 0);
  const auto same = listen_on("127.0.0.1", port_of(*v4));
  ASSERT_FALSE(same);
  EXPECT_NE(same.error().find("is in use by another program"),
            std::string::npos);
  const auto v6 = listen_on("::1", 0);
  if (v6) {
    // The two families do not take each other's ports.
    EXPECT_TRUE(listen_on("127.0.0.1", port_of(*v6)));
  }
  for (const char* address : {"", "localhost", "1.2.3", "[::1]", "::1%lo"}) {
    EXPECT_FALSE(listen_on(address, 0)) << address;
  }
  const auto strange = listen_on("192.0.2.1", 0);
  ASSERT_FALSE(strange);
  EXPECT_NE(strange.error().find("no such address"), std::string::npos);
}

}  // namespace
}  // namespace postkeep::io
