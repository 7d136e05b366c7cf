#include "sandbox/policy.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "gtest/gtest.h"
#include "sandbox/report.h"

namespace postkeep::sandbox {
namespace {

TEST(SandboxPolicy, lines_become_rules) {
  const auto policy = read_policy_text(
      "# a comment\n"
      "allow read\n"
      "allow openat 2 has O_NOFOLLOW|O_CLOEXEC lacks O_PATH  # why\n"
      "allow tgkill 0 is self\n"
      "kill mmap 2 has PROT_EXEC\n"
      "kill execve\n"
      "root directory\nlandlock tree\nnetwork none\n"
      "limit open_files 64\nlimit file_octets 0\n");
  ASSERT_TRUE(policy);
  const std::vector<Rule> allow{
      {"read", {}},
      {"openat",
       {{2, O_NOFOLLOW | O_CLOEXEC | O_PATH, O_NOFOLLOW | O_CLOEXEC}}},
      {"tgkill", {{0, 0xFFFFFFFF, static_cast<std::uint64_t>(getpid())}}}};
  EXPECT_TRUE(policy->allow == allow);
  const std::vector<Rule> kill{{"mmap", {{2, PROT_EXEC, PROT_EXEC}}},
                               {"execve", {}}};
  EXPECT_TRUE(policy->kill == kill);
  EXPECT_EQ(policy->root, Root::directory);
  EXPECT_TRUE(policy->landlock);
  EXPECT_TRUE(policy->no_network);
  EXPECT_EQ(policy->limits.open_files, 64U);
  EXPECT_EQ(policy->limits.file_octets, 0U);
  EXPECT_FALSE(policy->limits.core_octets);
}

TEST(SandboxPolicy, what_a_role_is_allowed_does_not_kill_it) {
  const auto policy = read_policy_text(
      "kill openat\nkill execve\nkill mmap 2 has PROT_EXEC\n"
      "allow openat 2 has O_NOFOLLOW\nallow mmap 2 lacks PROT_EXEC\n");
  ASSERT_TRUE(policy);
  EXPECT_EQ(policy->allow.size(), 2U);
  ASSERT_EQ(policy->kill.size(), 2U);
  EXPECT_EQ(policy->kill[0].call, "execve");
  EXPECT_EQ(policy->kill[1].call, "mmap");
}

TEST(SandboxPolicy, the_widest_rule_of_a_call_stands_alone) {
  const auto policy = read_policy_text(
      "allow fcntl 1 is F_GETFL\nallow fcntl\nallow fcntl 1 is F_GETFD\n"
      "allow read\nallow read\n");
  ASSERT_TRUE(policy);
  EXPECT_EQ(policy->allow.size(), 2U);
}

TEST(SandboxPolicy, mistakes_are_found_with_their_line) {
  const std::array wrong{"allow",
                         "allow no_such_call",
                         "allow openat 9 is 1",
                         "allow openat 2 is",
                         "allow openat 2 like 1",
                         "allow openat 2 is NO_SUCH_WORD",
                         "allow openat is 1",
                         "allow openat 2 is 1 2 is 2",
                         "limit open_files",
                         "limit open_files many",
                         "limit no_such_limit 1",
                         "root somewhere",
                         "use no_such_policy",
                         "permit read",
                         "network"};
  for (const std::string line : wrong) {
    const auto policy = read_policy_text("allow read\n" + line + "\n");
    ASSERT_FALSE(policy) << line;
    EXPECT_EQ(policy.error().line, 2U) << line;
    EXPECT_FALSE(policy.error().why.empty());
  }
}

TEST(SandboxPolicy, every_policy_that_is_compiled_in_can_be_read) {
  EXPECT_GE(policy_names().size(), 14U);
  for (const std::string_view name : policy_names()) {
    const auto policy = read_policy(name);
    EXPECT_TRUE(policy) << name << ": " << policy.error().why;
  }
  EXPECT_FALSE(read_policy("no_such_role"));
}

TEST(SandboxPolicy, what_a_seed_keeps_is_said_in_words) {
  const auto policy = read_policy_text(
      "kill clone3\nkill kill\nrefuse clone3\nlimit processes 0\n"
      "capability CAP_SETUID\ncapability 21\nlimit processes any\n");
  ASSERT_TRUE(policy);
  EXPECT_EQ(policy->kill.size(), 1U);
  EXPECT_EQ(policy->capabilities, 1U << 7U | 1U << 21U);
  EXPECT_FALSE(policy->limits.processes);
  for (const char* wrong : {"capability", "capability NO_SUCH_WORD",
                            "capability 64", "capability 1 2", "refuse"}) {
    EXPECT_FALSE(read_policy_text(wrong)) << wrong;
  }
}

// A mailbox's filter comes on top of the seed's: what this one lacks, no
// mailbox can.
TEST(SandboxPolicy, a_seed_allows_all_that_a_mailbox_may) {
  const auto seed = read_policy("seed");
  const auto mailbox = read_policy("mailbox");
  ASSERT_TRUE(seed && mailbox);
  for (const Rule& rule : mailbox->allow) {
    EXPECT_TRUE(std::any_of(seed->allow.begin(), seed->allow.end(),
                            [&](const Rule& other) {
                              return other.call == rule.call &&
                                     (other.conditions.empty() ||
                                      other == rule);
                            }))
        << rule.call;
  }
  EXPECT_GE(seed->limits.open_files, mailbox->limits.open_files);
  EXPECT_GE(seed->limits.file_octets, mailbox->limits.file_octets);
  EXPECT_GE(seed->limits.memory_octets, mailbox->limits.memory_octets);
}

// The table of docs/ARCHITECTURE.md: who may do more than use what it has.
TEST(SandboxPolicy, only_those_roles_may_that_must) {
  const auto who_may = [](std::string_view call) {
    std::string all;
    for (const char* role :
         {"access", "auth", "control", "keys", "log", "login", "mailbox",
          "mbox", "smtp_in", "spool", "submission"}) {
      const auto policy = read_policy(role);
      EXPECT_TRUE(policy);
      if (std::any_of(policy->allow.begin(), policy->allow.end(),
                      [&](const Rule& rule) { return rule.call == call; })) {
        all += std::string(role) + " ";
      }
    }
    return all;
  };
  if (policy_text("instrumented")) {
    GTEST_SKIP() << "an instrumented build has wider policies";
  }
  EXPECT_EQ(who_may("accept4"), "access control smtp_in submission ");
  EXPECT_EQ(who_may("openat"), "mailbox mbox spool ");
  EXPECT_EQ(who_may("unlinkat"), "mailbox mbox spool ");
  EXPECT_EQ(who_may("renameat"), "mailbox spool ");
  EXPECT_EQ(who_may("memfd_create"), "mailbox smtp_in spool submission ");
  EXPECT_EQ(who_may("socketpair"), "access ");
  for (const char* call :
       {"socket", "connect", "execve", "fork", "clone3", "kill", "ptrace",
        "prctl", "ioctl", "setsockopt_nothing", "mknodat", "chmod"}) {
    EXPECT_EQ(who_may(call), "") << call;
  }
}

TEST(SandboxPolicy, everyone_has_a_root_of_its_own_and_no_new_process) {
  for (const char* role :
       {"access", "auth", "control", "keys", "log", "login", "mailbox", "mbox",
        "smtp_in", "spool", "submission"}) {
    const auto policy = read_policy(role);
    ASSERT_TRUE(policy);
    EXPECT_NE(policy->root, Root::kept) << role;
    EXPECT_TRUE(policy->landlock) << role;
    EXPECT_EQ(policy->limits.processes, 0U) << role;
    EXPECT_EQ(policy->limits.core_octets, 0U) << role;
    EXPECT_TRUE(policy->limits.open_files) << role;
    EXPECT_TRUE(policy->limits.memory_octets) << role;
  }
}

TEST(SandboxReport, the_kernels_lines_are_read) {
  const Report report = read_report(
      "Name:\tpostkeep\nUid:\t86501\t86501\t86501\t86501\nThreads:\t2\n"
      "CapEff:\t0000000000000000\nCapBnd:\t000001ffffffffff\n"
      "NoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t2\n",
      "Limit                     Soft Limit           Hard Limit    Units\n"
      "Max file size             0                    0             bytes\n"
      "Max open files            256                  4096          files\n"
      "Max processes             unlimited            unlimited     "
      "processes\n");
  EXPECT_TRUE(report.no_new_privs);
  EXPECT_TRUE(report.filtered);
  EXPECT_EQ(report.filters, 2U);
  EXPECT_EQ(report.uid, 86501U);
  EXPECT_EQ(report.threads, 2U);
  EXPECT_EQ(report.capabilities, "0000000000000000");
  EXPECT_EQ(report.capability_bounds, "000001ffffffffff");
  EXPECT_EQ(report.open_files, "256 4096");
  EXPECT_EQ(report.file_octets, "0 0");
  EXPECT_EQ(report.processes, "unlimited unlimited");
}

TEST(SandboxReport, there_is_none_of_a_process_that_is_not_there) {
  EXPECT_FALSE(report(0x3FFFFFFF));
  const auto own = report(getpid());
  ASSERT_TRUE(own);
  EXPECT_EQ(own->uid, getuid());
  EXPECT_FALSE(own->filtered);
}

}  // namespace
}  // namespace postkeep::sandbox
