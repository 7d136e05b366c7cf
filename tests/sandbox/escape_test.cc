#include "sandbox/escape.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "gtest/gtest.h"
#include "sandbox/actions.h"
#include "sandbox/enter.h"
#include "sandbox/landlock.h"
#include "sandbox/report.h"

namespace postkeep::sandbox {
namespace {

constexpr std::array roles{"access",   "auth",  "connect",   "control",
                           "dns",      "keys",  "log",       "login",
                           "mailbox",  "mbox",  "pickup",    "smtp_in",
                           "smtp_out", "spool", "submission"};
constexpr std::uint32_t nobody = 65534;

// As one who was never root: his /proc/self is his own, too.
bool become_ordinary() {
  return geteuid() != 0 || (setresgid(nobody, nobody, nobody) == 0 &&
                            setresuid(nobody, nobody, nobody) == 0 &&
                            prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0);
}

bool allows(const Policy& policy, std::string_view call) {
  return std::any_of(policy.allow.begin(), policy.allow.end(),
                     [&](const Rule& rule) { return rule.call == call; });
}

TEST_F(Escape, no_role_can_do_what_an_attacker_would) {
  EXPECT_GE(actions().size(), 25U);
  for (const Action& action : actions()) {
    const Outcome free = attempt_in_child([] { return true; }, action.attempt);
    for (const std::string role : roles) {
      const auto policy = read_policy(role);
      ASSERT_TRUE(policy) << policy.error().file << policy.error().line
                          << policy.error().why;
      const Outcome caught = behind_the_door(
          role, [&](int /*directory*/) { return action.attempt(); });
      // A call that the role has for something else is refused by argument;
      // mmap and mprotect are everybody's, and executable memory is deadly.
      const bool by_argument = allows(*policy, action.call) &&
                               action.call != "mmap" &&
                               action.call != "mprotect";
      const Outcome expected = action.deadly && !by_argument
                                   ? Outcome{SIGSYS, 0}
                                   : Outcome{0, ENOSYS};
      EXPECT_EQ(text_of(caught), text_of(expected))
          << role << ": " << action.name;
      EXPECT_NE(text_of(free), text_of(expected))
          << action.name << " ends the same without the policy";
    }
  }
}

// The seed keeps what its children need to close doors of their own: this, of
// all that an attacker would try, and no more.
TEST_F(Escape, a_seed_can_do_what_its_children_need_and_no_more) {
  const auto policy = read_policy("seed");
  ASSERT_TRUE(policy);
  std::string can;
  for (const Action& action : actions()) {
    const Outcome caught = behind_the_door(
        "seed", [&](int /*directory*/) { return action.attempt(); });
    const bool refused =
        caught == Outcome{SIGSYS, 0} || caught == Outcome{0, ENOSYS};
    if (!refused) can += std::string(action.call) + " ";
  }
  EXPECT_EQ(can,
            "openat tgkill mount umount2 unshare pivot_root chdir setresuid "
            "setgroups capset prctl prlimit64 fcntl seccomp ");
}

// A mailbox is forked by a seed: its door is closed behind another.
TEST_F(Escape, a_mailbox_of_a_seed_can_do_what_a_mailbox_can) {
  const auto born_and_closed = [this](const std::function<int(int)>& attempt) {
    int directory = -1;
    return attempt_in_child(
        [&] {
          int none = -1;
          return enter("seed", 99, none) &&
                 prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0 &&
                 enter("mailbox", 99, directory);
        },
        [&] { return attempt(directory); });
  };
  for (const Action& action : actions()) {
    const auto attempt = [&](int /*directory*/) { return action.attempt(); };
    EXPECT_EQ(text_of(born_and_closed(attempt)),
              text_of(behind_the_door("mailbox", attempt)))
        << action.name;
  }
  const auto opens = [](const char* path) {
    return [path](int directory) {
      return openat(directory, path, open_flags, 0600) < 0 ? errno : 0;
    };
  };
  EXPECT_EQ(text_of(born_and_closed(opens("mail"))), "success");
  EXPECT_EQ(text_of(born_and_closed(opens("../ben/mail"))), "ENOENT");
  EXPECT_EQ(text_of(born_and_closed(opens("/etc/passwd"))), "ENOENT");
  const auto is_nobody_else = [](int) {
    return geteuid() == Mail::owner() && report(getpid()) ? 0 : 1;
  };
  EXPECT_EQ(born_and_closed(is_nobody_else).error, 1) << "it sees no /proc";
  const auto uid = [](int) { return geteuid() == Mail::owner() ? 0 : 1; };
  EXPECT_EQ(text_of(born_and_closed(uid)), "success");
}

TEST_F(Escape, a_call_that_nobody_knows_is_refused_not_deadly) {
  for (const std::string role : roles) {
    const Outcome caught = behind_the_door(
        role, [](int) { return syscall(9999) < 0 ? errno : 0; });
    EXPECT_EQ(text_of(caught), "ENOSYS") << role;
  }
}

// Of the calls that have to do with names, mbox has those that it needs.
TEST_F(Escape, mbox_gives_nothing_another_name) {
  for (const long call : {SYS_linkat, SYS_renameat, SYS_mkdirat, SYS_fchmodat,
                          SYS_symlinkat, SYS_mknodat}) {
    const auto tried = behind_the_door("mbox", [call](int in) {
      return syscall(call, in, "mail", in, "second", 0) < 0 ? errno : 0;
    });
    EXPECT_EQ(text_of(tried), "SIGSYS") << call;
  }
}

TEST_F(Escape, a_mailbox_sees_its_own_mail) {
  for (const std::string role : {"mailbox", "mbox", "spool"}) {
    const auto own = [](int directory) { return open_at(directory, "mail"); };
    EXPECT_EQ(text_of(behind_the_door(role, own)), "success");
    const auto make = [](int directory) {
      return open_at(directory, "new",
                     O_CREAT | O_EXCL | O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    };
    EXPECT_EQ(text_of(behind_the_door(role, make)), "success");
    std::filesystem::remove(mail.top / "ann" / "new");
  }
}

TEST_F(Escape, a_mailbox_does_not_see_another_users_mail) {
  const std::string absolute = (mail.top / "ben" / "mail").string();
  ASSERT_EQ(open_at(AT_FDCWD, absolute.c_str()), 0);
  ASSERT_EQ(open_at(open_directory(mail.top / "ann").release(), "../ben/mail"),
            0);
  for (const std::string role : {"mailbox", "mbox", "spool"}) {
    for (const std::string& path :
         {absolute, std::string("../ben/mail"), std::string("../../ben/mail"),
          std::string("/ben/mail"), std::string("/etc/passwd"),
          std::string("/proc/1/root/etc/passwd")}) {
      const auto there = [&](int directory) {
        return open_at(directory, path.c_str());
      };
      EXPECT_EQ(text_of(behind_the_door(role, there)), "ENOENT") << path;
    }
    const auto link = [](int directory) { return open_at(directory, "link"); };
    EXPECT_EQ(text_of(behind_the_door(role, link)), "ELOOP");
    const auto follow = [](int directory) {
      return open_at(directory, "link", O_RDONLY | O_CLOEXEC);
    };
    EXPECT_EQ(text_of(behind_the_door(role, follow)), "ENOSYS");
    const auto as_path = [](int directory) {
      return open_at(directory, "mail", open_flags | O_PATH);
    };
    EXPECT_EQ(text_of(behind_the_door(role, as_path)), "ENOSYS");
  }
}

TEST_F(Escape, roles_without_files_see_an_empty_root) {
  // Through newfstatat with an empty path alone could a role look at names.
  for (const std::string role : {"smtp_in", "access", "keys"}) {
    const auto look = [](int) {
      struct stat status{};
      return syscall(SYS_newfstatat, AT_FDCWD, "/etc", &status, 0) < 0 ? errno
                                                                       : 0;
    };
    EXPECT_EQ(text_of(behind_the_door(role, look)), "ENOSYS");
    const auto sneak = [](int) {
      struct stat status{};
      return syscall(SYS_newfstatat, AT_FDCWD, "/etc", &status, AT_EMPTY_PATH) <
                     0
                 ? errno
                 : 0;
    };
    EXPECT_EQ(text_of(behind_the_door(role, sneak)), "ENOENT");
  }
}

// Landlock alone, as where the kernel refuses namespaces.
TEST_F(Escape, landlock_alone_keeps_other_mail_away) {
  if (landlock_abi(99) == 0) GTEST_SKIP() << "this kernel has no Landlock";
  for (const std::uint32_t abi_max : {1U, 2U, 99U}) {
    const std::uint32_t abi = landlock_abi(abi_max);
    const std::string other = (mail.top / "ben" / "mail").string();
    const auto tried = [&](const std::function<int(int)>& attempt) {
      int directory = -1;
      return text_of(attempt_in_child(
          [&] {
            const Descriptor ann = open_directory(mail.top / "ann");
            directory = dup(ann.number());
            return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
                   restrict_by_landlock(abi, ann).has_value();
          },
          [&] { return attempt(directory); }));
    };
    EXPECT_EQ(tried([](int in) { return open_at(in, "mail"); }), "success");
    EXPECT_EQ(tried([](int in) {
                return open_at(in, "new", O_CREAT | O_RDWR | open_flags);
              }),
              "success");
    EXPECT_EQ(tried([](int in) { return open_at(in, "../ben/mail"); }),
              "EACCES");
    EXPECT_EQ(tried([&](int) { return open_at(AT_FDCWD, other.c_str()); }),
              "EACCES");
    EXPECT_EQ(tried([](int in) {
                return mknodat(in, "fifo", S_IFIFO | 0600, 0) < 0 ? errno : 0;
              }),
              "EACCES");
    EXPECT_EQ(tried([](int in) {
                return symlinkat("x", in, "made") < 0 ? errno : 0;
              }),
              "EACCES");
    const std::string parent_signalled =
        tried([](int) { return kill(getppid(), 0) < 0 ? errno : 0; });
    EXPECT_EQ(parent_signalled, abi >= 6 ? "EPERM" : "success");
  }
}

constexpr int nonblocking = SOCK_NONBLOCK | SOCK_CLOEXEC;

int try_socket(int family, int type, int protocol) {
  return socket(family, type, protocol) < 0 ? errno : 0;
}
int try_bind(int type) {
  const int made = socket(AF_INET, type | nonblocking, 0);
  sockaddr_in any{};
  any.sin_family = AF_INET;
  return bind(made, reinterpret_cast<sockaddr*>(&any), sizeof any) < 0 ? errno
                                                                       : 0;
}
// That nobody listens there is no wall.
int try_connect(std::uint16_t port) {
  const int made = socket(AF_INET, SOCK_STREAM | nonblocking, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(made, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0) return 0;
  return errno == EINPROGRESS || errno == ECONNREFUSED ? 0 : errno;
}

// Of the network each has what it needs, and no more: dns to ask a resolver,
// connect to reach a mail server.
struct Networker {
  const char* role;
  const char* datagrams;  // What becomes of a socket for them.
};

TEST_F(Escape, who_connects_reaches_whom_it_needs_and_nobody_else) {
  for (const Networker& one :
       {Networker{"dns", "success"}, Networker{"connect", "ENOSYS"}}) {
    const auto tried = [&](int family, int type, int protocol) {
      return text_of(behind_the_door(
          one.role, [=](int) { return try_socket(family, type, protocol); }));
    };
    for (const int family : {AF_INET, AF_INET6}) {
      EXPECT_EQ(tried(family, SOCK_STREAM | nonblocking, 0), "success");
      EXPECT_EQ(tried(family, SOCK_DGRAM | nonblocking, 0), one.datagrams);
      EXPECT_EQ(tried(family, SOCK_RAW | nonblocking, IPPROTO_ICMP), "ENOSYS");
      EXPECT_EQ(tried(family, SOCK_DGRAM | nonblocking, IPPROTO_ICMP),
                "ENOSYS");
    }
    for (const int family : {AF_UNIX, AF_NETLINK, AF_PACKET, AF_VSOCK}) {
      EXPECT_EQ(tried(family, SOCK_DGRAM | nonblocking, 0), "ENOSYS");
    }
    EXPECT_EQ(text_of(behind_the_door(
                  one.role, [](int) { return try_bind(SOCK_STREAM); })),
              "SIGSYS");
  }
}

TEST_F(Escape, who_connects_reaches_no_other_port) {
  if (!landlock_knows_ports(landlock_abi(99))) {
    GTEST_SKIP() << "this kernel has no rules for ports";
  }
  for (const char* role : {"dns", "connect"}) {
    const auto connected = [&](std::uint16_t port) {
      return text_of(
          behind_the_door(role, [port](int) { return try_connect(port); }));
    };
    EXPECT_EQ(connected(connect_port), "success");
    EXPECT_EQ(connected(connect_port + 1), "EACCES");
    EXPECT_EQ(connected(22), "EACCES");
  }
}

// It has connected sockets, and cannot make one.
TEST_F(Escape, smtp_out_connects_to_nobody) {
  EXPECT_EQ(text_of(behind_the_door(
                "smtp_out",
                [](int) {
                  return try_socket(AF_INET, SOCK_STREAM | nonblocking, 0);
                })),
            "SIGSYS");
}

// What an ordinary user gets: all but the separate uids.
TEST_F(Escape, an_ordinary_user_has_doors_that_close_too) {
  const Outcome outcome = attempt_in_child(become_ordinary, [&] {
    const auto policy = read_policy("keys");
    Options options;
    options.uid = role_uid;
    options.gid = role_uid;
    auto confined = confine(*policy, options, {});
    if (!confined || !close_door(*policy)) return 1;
    for (const Claim& claim : confined->claims) {
      if (claim.name == "empty_root" && claim.how != "held") return 2;
      if (claim.name == "separate_uids" && !claim.how.starts_with("missing")) {
        return 3;
      }
    }
    return 0;
  });
  if (outcome.error == 2) GTEST_SKIP() << "no user namespaces here";
  EXPECT_EQ(outcome, (Outcome{0, 0})) << text_of(outcome);
}

// One uid for all roles is no separation, even if it is the uid asked for.
TEST_F(Escape, an_ordinary_user_has_no_separate_uids) {
  const Outcome outcome = attempt_in_child(become_ordinary, [] {
    const auto policy = read_policy("keys");
    Options options;
    options.uid = geteuid();
    options.gid = getegid();
    const auto confined = confine(*policy, options, {});
    if (!confined) return 1;
    for (const Claim& claim : confined->claims) {
      if (claim.name == "separate_uids" && !claim.how.starts_with("missing")) {
        return 2;
      }
    }
    return 0;
  });
  EXPECT_EQ(outcome, (Outcome{0, 0})) << text_of(outcome);
}

TEST_F(Escape, a_required_claim_that_cannot_hold_is_an_error) {
  const Outcome outcome = attempt_in_child(become_ordinary, [] {
    const auto policy = read_policy("keys");
    Options options;
    options.uid = role_uid;  // Not ours, and we may not become it.
    options.gid = role_uid;
    options.require = {"separate_uids"};
    return confine(*policy, options, {}) ? 0 : 1;
  });
  EXPECT_EQ(outcome.error, 1);
}

// What the kernel says afterwards is what was claimed.
TEST_F(Escape, the_kernel_confirms_what_is_claimed) {
  for (const std::string role : roles) {
    std::array<int, 2> ready{};
    std::array<int, 2> go_on{};
    ASSERT_EQ(pipe(ready.data()), 0);
    ASSERT_EQ(pipe(go_on.data()), 0);
    const pid_t child = fork();
    if (child == 0) {
      int directory = -1;
      if (!enter(role, 99, directory)) _exit(1);
      char octet = 'r';
      if (write(ready[1], &octet, 1) != 1) _exit(2);
      _exit(read(go_on[0], &octet, 1) == 1 ? 0 : 3);
    }
    char octet = 0;
    ASSERT_EQ(read(ready[0], &octet, 1), 1) << role;
    const auto seen = report(child);
    ASSERT_EQ(write(go_on[1], &octet, 1), 1);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    ASSERT_TRUE(seen);
    EXPECT_TRUE(seen->no_new_privs);
    EXPECT_TRUE(seen->filtered);
    EXPECT_EQ(seen->filters, 2U);
    EXPECT_EQ(seen->uid, Mail::owner());
    EXPECT_EQ(seen->capabilities, "0000000000000000");
    EXPECT_EQ(seen->processes, "0 0");
    EXPECT_EQ(seen->core_octets, "0 0");
    if (geteuid() == 0) {
      EXPECT_EQ(seen->capability_bounds, "0000000000000000");
      EXPECT_TRUE(seen->own_mounts.value_or(false)) << role;
    }
    for (const int end : {ready[0], ready[1], go_on[0], go_on[1]}) close(end);
  }
}

}  // namespace
}  // namespace postkeep::sandbox
