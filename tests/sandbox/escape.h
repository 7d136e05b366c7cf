// Roles behind their closed doors, for tests of what they can still do.
//
// Here:      the fixture Escape, and the mail of two users to reach for.
// Not here:  trying in a child (sandbox/actions.h), the tests.
// Laws:      none.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "gtest/gtest.h"
#include "sandbox/actions.h"
#include "sandbox/enter.h"

namespace postkeep::sandbox {

inline constexpr std::uint32_t role_uid = 86500;
inline constexpr std::uint16_t connect_port = 53;
inline constexpr int open_flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC;

inline Descriptor open_directory(const std::filesystem::path& path) {
  return {open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC),
          [](int n) { close(n); }};
}

// Two users' mail, and a link in the first to something outside.
struct Mail {
  std::filesystem::path top;

  Mail() {
    std::string name =
        (std::filesystem::temp_directory_path() / "postkeep_XXXXXX").string();
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    top = name;
    chmod(top.c_str(), 0711);
    for (const char* user : {"ann", "ben"}) {
      std::filesystem::create_directory(top / user);
      std::ofstream(top / user / "mail") << "text";
      for (const auto& path : {top / user, top / user / "mail"}) {
        EXPECT_EQ(chown(path.c_str(), owner(), owner()), 0);
      }
    }
    std::filesystem::create_symlink("/etc/passwd", top / "ann" / "link");
  }
  ~Mail() { std::filesystem::remove_all(top); }
  Mail(const Mail&) = delete;
  Mail& operator=(const Mail&) = delete;

  static uid_t owner() { return geteuid() == 0 ? role_uid : geteuid(); }
};

struct Escape : ::testing::Test {
  Mail mail;

  void SetUp() override {
    if (policy_text("instrumented")) {
      GTEST_SKIP() << "an instrumented build has wider policies";
    }
  }

  // Behind the door of `role`, with ann's mail as the directory where it has
  // one. Returns its descriptor in `directory`.
  bool enter(const std::string& role, std::uint32_t landlock_abi_max,
             int& directory) const {
    const auto policy = read_policy(role);
    if (!policy) return false;
    Options options;
    options.uid = Mail::owner();
    options.gid = options.uid;
    options.landlock_abi_max = landlock_abi_max;
    options.require = {"no_new_privs", "seccomp", "empty_root"};
    options.connect_ports = {connect_port};
    auto confined = confine(*policy, options,
                            policy->root == Root::directory
                                ? open_directory(mail.top / "ann")
                                : Descriptor());
    if (!confined) {
      static_cast<void>(fprintf(stderr, "%s\n", confined.error().c_str()));
      return false;
    }
    directory = confined->directory.release();
    return close_door(*policy).has_value();
  }

  Outcome behind_the_door(const std::string& role,
                          const std::function<int(int)>& attempt,
                          std::uint32_t landlock_abi_max = 99) const {
    int directory = -1;
    return attempt_in_child(
        [&] { return enter(role, landlock_abi_max, directory); },
        [&] { return attempt(directory); });
  }
};

// Tries to open `path` from `directory`, in the way that policies allow.
inline int open_at(int directory, const char* path, int flags = open_flags) {
  return openat(directory, path, flags, 0600) < 0 ? errno : 0;
}

}  // namespace postkeep::sandbox
