#include "config/lmtp_address.h"

#include <gtest/gtest.h>

namespace postkeep::config {
namespace {

TEST(ConfigLmtpAddress, local_sockets_and_loopback_alone) {
  EXPECT_EQ(read_lmtp_address("unix:lmtp")->path, "lmtp");
  EXPECT_EQ(read_lmtp_address("unix:/a/b c")->path, "/a/b c");
  const auto tcp = read_lmtp_address("127.0.0.1:2424");
  ASSERT_TRUE(tcp);
  EXPECT_TRUE(tcp->path.empty());
  EXPECT_EQ(tcp->tcp.port, 2424);
  EXPECT_EQ(read_lmtp_address("[::1]:24")->tcp.host, "::1");
  struct Wrong {
    std::string text, said;
  };
  for (const Wrong& wrong :
       {Wrong{"unix:", "names no socket"}, Wrong{"unix:a/", "names no socket"},
        Wrong{"unix:" + std::string(108, 'a'), "too long"},
        Wrong{"/run/lmtp", "neither"}, Wrong{"", "neither"},
        Wrong{"127.0.0.1", "neither"}, Wrong{"0.0.0.0:24", "no login"},
        Wrong{"192.0.2.1:24", "no login"}, Wrong{"[::]:24", "no login"},
        Wrong{"127.0.0.1:25", "port 25"}, Wrong{"[::1]:25", "port 25"}}) {
    const auto read = read_lmtp_address(wrong.text);
    ASSERT_FALSE(read) << wrong.text;
    EXPECT_NE(read.error().find(wrong.said), std::string::npos) << read.error();
  }
  EXPECT_TRUE(read_lmtp_address("unix:" + std::string(107, 'a')));
}

TEST(ConfigLmtpAddress, modes_are_octal_and_only_read_and_write) {
  EXPECT_EQ(read_socket_mode("0600"), 0600U);
  EXPECT_EQ(read_socket_mode("660"), 0660U);
  EXPECT_EQ(read_socket_mode("0"), 0U);
  for (const char* wrong :
       {"", "00600", "0700", "1600", "0608", "-600", "u=rw", "4600", "0611"}) {
    EXPECT_FALSE(read_socket_mode(wrong)) << wrong;
  }
}

TEST(ConfigLmtpAddress, owners) {
  const auto both = read_owner("postfix:mail");
  ASSERT_TRUE(both);
  EXPECT_EQ(both->user, "postfix");
  EXPECT_EQ(both->group, "mail");
  EXPECT_EQ(read_owner("100:101")->group, "101");
  EXPECT_EQ(read_owner("a.b-c_D9")->group, "");
  for (const char* wrong :
       {"", ":", ":mail", "postfix:", "a b", "-a", "a:-b", "a:b:c", "a/b",
        "123456789012345678901234567890123"}) {
    EXPECT_FALSE(read_owner(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace postkeep::config
