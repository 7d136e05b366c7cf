#include "sandbox/escape.h"

namespace postkeep::sandbox {
namespace {

// What programs of this machine leave: it reads, it removes, and no more.
TEST_F(Escape, pickup_reads_and_removes_and_makes_nothing) {
  constexpr int flags = open_flags | O_NOCTTY | O_NONBLOCK;
  const auto tried = [&](const std::function<int(int)>& attempt) {
    return text_of(behind_the_door("pickup", attempt));
  };
  const auto opens = [&](const char* path, int how) {
    return tried([=](int in) { return open_at(in, path, how); });
  };
  EXPECT_EQ(opens("mail", flags), "success");
  EXPECT_EQ(opens("link", flags), "ELOOP");
  EXPECT_EQ(opens("../ben/mail", flags), "ENOENT");
  EXPECT_EQ(opens("/etc/passwd", flags), "ENOENT");
  for (const int how :
       {flags | O_WRONLY, flags | O_RDWR, flags | O_CREAT, flags | O_TRUNC,
        flags | O_APPEND, flags | O_PATH, flags | O_DIRECTORY,
        flags | O_TMPFILE | O_RDWR, flags & ~O_NOFOLLOW, flags & ~O_NONBLOCK,
        flags & ~O_CLOEXEC}) {
    EXPECT_EQ(opens("mail", how), "ENOSYS") << how;
  }
  const auto errno_of = [](int result) { return result < 0 ? errno : 0; };
  EXPECT_EQ(tried([=](int in) {
              return errno_of(renameat(in, "mail", in, "other"));
            }),
            "SIGSYS");
  EXPECT_EQ(tried([=](int in) { return errno_of(mkdirat(in, "made", 0700)); }),
            "SIGSYS");
  const auto removes = [&](const char* path, int how) {
    return tried([=](int in) { return errno_of(unlinkat(in, path, how)); });
  };
  EXPECT_EQ(removes("mail", AT_REMOVEDIR), "ENOSYS");
  EXPECT_EQ(removes("../ben/mail", 0), "ENOENT");
  EXPECT_EQ(removes("mail", 0), "success");
}

}  // namespace
}  // namespace postkeep::sandbox
