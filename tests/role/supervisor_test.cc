#include "role/supervisor.h"

#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "role/toy_house.h"

namespace postkeep::role {
namespace {

struct Supervised : ::testing::Test {
  ToyHouse house;

  void start_ready() {
    house.start();
    ASSERT_TRUE(house.wait_for({"event=server_ready"})) << house.errors();
  }
  // The role ended and came back: its new process is another one.
  void expect_back(std::string_view role, int signal, std::string_view how) {
    const pid_t before = house.process_of(role);
    ASSERT_GT(before, 0);
    const std::string ready = "role=" + std::string(role) + " ";
    ASSERT_EQ(kill(before, signal), 0);
    EXPECT_TRUE(house.wait_for({"event=role_ended", ready, how}));
    EXPECT_TRUE(house.wait_for({"event=role_ready", ready}, 2));
    EXPECT_NE(house.process_of(role), before);
  }
};

TEST_F(Supervised, every_role_meets_those_it_talks_to_and_no_other) {
  start_ready();
  for (const std::string_view line :
       {"role=smtp_in.1 event=met what=spool:0",
        "role=submission.0 event=met what=keys:0",
        "role=access.1 event=met what=login:1",
        "role=login.0 event=met what=auth:0",
        "role=spool.0 event=met what=submission:1",
        "role=keys.0 event=met what=access:0"}) {
    EXPECT_TRUE(house.wait_for({line})) << line;
  }
  for (const std::string_view line : {"role=access.1 event=met what=login:0",
                                      "role=access.0 event=met what=auth",
                                      "role=login.0 event=met what=spool",
                                      "role=smtp_in.0 event=met what=login",
                                      "role=control.0 event=met what=spool"}) {
    EXPECT_EQ(house.count({line}), 0U) << line;
  }
  // No one has what is another's. (Lines of one role may come late.)
  EXPECT_TRUE(house.wait_for({"event=made", "listen:mx"}, 2));
  EXPECT_TRUE(house.wait_for({"event=made", "accounts"}));
  EXPECT_EQ(house.count({"event=made", "key:main"}), 1U);
  EXPECT_EQ(house.count({"role=keys.0 event=made", "key:main"}), 1U);
  EXPECT_EQ(house.count({"event=made", "accounts"}), 1U);
  EXPECT_EQ(house.count({"event=made", "listen:mx"}), 2U);
  house.signal(SIGTERM);
  EXPECT_EQ(house.wait(), 0);
}

TEST_F(Supervised, a_role_that_was_killed_comes_back_and_meets_its_peers) {
  start_ready();
  const pid_t other = house.process_of("auth:0");
  expect_back("spool:0", SIGKILL, "SIGKILL");
  for (const std::string_view peer :
       {"smtp_in.0", "smtp_in.1", "submission.0"}) {
    const std::string who = "role=" + std::string(peer) + " event=";
    EXPECT_TRUE(house.wait_for({who + "lost what=spool:0"}));
    EXPECT_TRUE(house.wait_for({who + "met what=spool:0"}, 2));
    EXPECT_TRUE(house.wait_for({who + "heard what=spool:0"}, 2));
  }
  expect_back("keys:0", SIGSEGV, "SIGSEGV");
  expect_back("smtp_in:1", SIGABRT, "SIGABRT");
  EXPECT_EQ(house.process_of("auth:0"), other);
}

// What it was asked for while there was none comes from the next.
TEST_F(Supervised, a_seed_that_was_killed_comes_back_and_no_session_is_lost) {
  start_ready();
  expect_back("seed:0", SIGKILL, "SIGKILL");
  EXPECT_TRUE(house.wait_for({"event=session", "cid=cid 1"}, 40));
  EXPECT_TRUE(house.wait_for({"event=session", "ben=ben 1"}));
  EXPECT_EQ(house.count({"event=role_ended", "role=mailbox"}), 0U);
}

// Whoever tries to guess addresses in one process finds others in the next.
TEST_F(Supervised, a_mailbox_that_crashes_is_the_last_of_its_seed) {
  start_ready();
  ASSERT_TRUE(house.wait_for({"event=session", "ben=ben 1"}));
  const pid_t before = house.process_of("seed:0");
  const std::vector<pid_t> mailboxes = house.children_called("mailbox");
  ASSERT_FALSE(mailboxes.empty());
  ASSERT_EQ(kill(mailboxes[0], SIGKILL), 0);
  EXPECT_TRUE(house.wait_for({"event=role_ended role=mailbox", "SIGKILL"}));
  EXPECT_TRUE(house.wait_for({"event=role_ended role=seed:0", "status 0"}));
  EXPECT_TRUE(house.wait_for({"event=role_ready", "role=seed:0 "}, 2));
  EXPECT_NE(house.process_of("seed:0"), before);
  for (int i = 0; i < 1000 && house.children_called("mailbox").empty(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_FALSE(house.children_called("mailbox").empty());
}

TEST_F(Supervised, the_log_comes_back_and_nobody_stops_meanwhile) {
  start_ready();
  // What it was about to write when it is killed may be lost with it.
  ASSERT_TRUE(house.wait_for({"role=smtp_in.0 event=met what=spool:0"}));
  ASSERT_TRUE(house.wait_for({"role=spool.0 event=made"}));
  expect_back("log:0", SIGKILL, "SIGKILL");
  expect_back("spool:0", SIGKILL, "SIGKILL");
  EXPECT_TRUE(house.wait_for({"role=spool.0 event=made"}, 2));
  EXPECT_TRUE(house.wait_for({"role=smtp_in.0 event=met what=spool:0"}, 2));
}

TEST_F(Supervised, a_role_that_dies_again_and_again_is_given_time) {
  start_ready();
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(house.wait_for({"event=role_ready", "role=keys:0 "},
                               static_cast<std::size_t>(i) + 1));
    kill(house.process_of("keys:0"), SIGKILL);
    ASSERT_TRUE(house.wait_for({"event=role_ended", "role=keys:0 "},
                               static_cast<std::size_t>(i) + 1));
  }
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_TRUE(house.wait_for({"event=role_ready", "role=keys:0 "}, 5));
  EXPECT_GE(std::chrono::steady_clock::now() - begin,
            std::chrono::milliseconds(700));
}

TEST_F(Supervised, a_mailbox_belongs_to_its_user_and_no_session_is_lost) {
  start_ready();
  // auth hands over 40 sessions while the user's mailbox goes idle and ends.
  EXPECT_TRUE(house.wait_for({"event=session", "cid=cid 1"}, 40));
  EXPECT_TRUE(house.wait_for({"event=session", "ben=ben 1"}));
  EXPECT_TRUE(house.wait_for({"role=spool.0 event=given what=\"ann yes\""}));
  EXPECT_TRUE(house.wait_for({"role=mailbox.", "event=met what=spool:0"}));
  EXPECT_TRUE(house.wait_for({"role=spool.0 event=heard what=mailbox"}));
  EXPECT_EQ(house.count({"event=disk", "not_"}), 0U);
  EXPECT_TRUE(house.wait_for({"role=spool.0 event=flush what=well"}));
  EXPECT_TRUE(house.wait_for({"event=may_end what=yes"}, 3));
  for (const char* user : {"ann", "ben", "cid"}) {
    struct stat found{};
    ASSERT_EQ(stat((house.path() + "/data/mail/" + user).c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777U, 0700U);
    EXPECT_EQ(found.st_uid, geteuid() == 0 ? 86505U : geteuid());
  }
}

TEST_F(Supervised, a_reload_reaches_every_role_and_a_wrong_one_none) {
  start_ready();
  house.write("second");
  house.signal(SIGHUP);
  EXPECT_TRUE(house.wait_for({"event=reloaded what=second"}, 12));
  EXPECT_TRUE(house.wait_for({"role=supervisor.0 event=reloaded"}));
  house.write("wrong");
  house.signal(SIGHUP);
  EXPECT_TRUE(house.wait_for({"event=reload_failed", "it is wrong"}));
  EXPECT_EQ(house.count({"event=reloaded what=wrong"}), 0U);
  // One that is started now gets what the others have.
  expect_back("auth:0", SIGKILL, "SIGKILL");
  house.signal(SIGTERM);
  EXPECT_EQ(house.wait(), 0);
}

TEST_F(Supervised, the_log_file_is_opened_anew_at_a_reload) {
  start_ready();
  const std::string log = house.path() + "/log";
  ASSERT_EQ(rename(log.c_str(), (log + ".1").c_str()), 0);
  house.signal(SIGHUP);
  EXPECT_TRUE(house.wait_for({"role=supervisor.0 event=reloaded"}));
  struct stat found{};
  EXPECT_EQ(stat((log + ".1").c_str(), &found), 0);
}

TEST_F(Supervised, control_learns_of_every_role) {
  start_ready();
  house.write("status");
  house.signal(SIGHUP);
  EXPECT_TRUE(house.wait_for(
      {"role=control.0", "event=\"spool:0 pid\" what=" +
                             std::to_string(house.process_of("spool:0"))}));
  EXPECT_TRUE(
      house.wait_for({"role=control.0", "\"smtp_in:1 restarts\" what=0"}));
  // And what each says of itself.
  EXPECT_TRUE(house.wait_for({"role=control.0", "\"keys:0 received\""}));
  EXPECT_TRUE(house.wait_for({"role=control.0", "\"access:1 received\""}));
  house.write("sandbox");
  house.signal(SIGHUP);
  for (const std::string_view fact :
       {"\"spool:0 seccomp_filters\" what=2", "\"log:0 no_new_privs\" what=yes",
        "\"keys:0 claim empty_root\" what=held",
        "\"auth:0 capabilities\" what=0000000000000000",
        "\"smtp_in:0 processes\" what=\"0 0\""}) {
    EXPECT_TRUE(house.wait_for({"role=control.0", fact})) << fact;
  }
}

TEST_F(Supervised, two_servers_do_not_share_a_directory) {
  start_ready();
  ToyHouse second;
  // The same data directory by another path.
  ASSERT_EQ(symlink((house.path() + "/data").c_str(),
                    (second.path() + "/data").c_str()),
            0);
  second.start();
  EXPECT_EQ(second.wait(), 1);
  EXPECT_NE(second.errors().find("another server runs"), std::string::npos)
      << second.errors();
}

TEST_F(Supervised, a_drain_ends_the_outer_roles_first) {
  start_ready();
  house.signal(SIGTERM);
  EXPECT_EQ(house.wait(), 0);
  const std::vector<std::string> lines = house.log();
  const auto line_with = [&](std::string_view text) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (lines[i].find(text) != std::string::npos) return i;
    }
    ADD_FAILURE() << text;
    return lines.size();
  };
  // By supervisor's own lines: those of several roles come in any order.
  for (const std::string_view outer : {"smtp_in:0", "smtp_in:1"}) {
    EXPECT_LT(line_with("event=role_ended role=" + std::string(outer)),
              line_with("event=role_ended role=spool:0"));
  }
  EXPECT_LT(line_with("event=role_ended role=spool:0"),
            line_with("event=role_ended role=keys:0"));
  EXPECT_EQ(house.count({"SIGKILL"}), 0U);
}

TEST_F(Supervised, one_that_does_not_drain_is_ended_after_its_time) {
  house.write("stubborn");
  start_ready();
  house.signal(SIGTERM);
  EXPECT_EQ(house.wait(), 0);
  EXPECT_EQ(house.count({"event=role_late", "role=login:"}), 2U);
  EXPECT_EQ(house.count({"event=role_ended", "role=login:", "SIGKILL"}), 2U);
  EXPECT_EQ(house.count({"event=role_ended", "role=spool:0", "status 0"}), 1U);
}

TEST_F(Supervised, a_second_signal_ends_everything_at_once) {
  house.write("stubborn");
  start_ready();
  house.signal(SIGTERM);
  EXPECT_TRUE(house.wait_for({"event=draining"}));
  house.signal(SIGTERM);
  EXPECT_EQ(house.wait(), 0);
  EXPECT_EQ(house.count({"event=role_late"}), 0U);
}

TEST_F(Supervised, no_role_outlives_a_supervisor_that_was_killed) {
  start_ready();
  const pid_t spool = house.process_of("spool:0");
  const pid_t log = house.process_of("log:0");
  house.signal(SIGKILL);
  house.wait();
  const auto gone = [](pid_t process) {
    for (int i = 0; i < 1000 && kill(process, 0) == 0; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return kill(process, 0) != 0;
  };
  EXPECT_TRUE(gone(spool));
  EXPECT_TRUE(gone(log));
  // Its directory can be served again.
  ToyHouse next;
  house.start();
  EXPECT_TRUE(house.wait_for({"event=server_ready"}, 2));
}

TEST_F(Supervised, a_role_that_cannot_be_made_stops_the_start) {
  house.write("broken");
  house.start();
  EXPECT_EQ(house.wait(), 1);
  EXPECT_NE(house.errors().find("the role keys does not start"),
            std::string::npos)
      << house.errors();
}

TEST_F(Supervised, an_ordinary_user_can_run_it) {
  house.start(true);
  ASSERT_TRUE(house.wait_for({"event=server_ready"})) << house.errors();
  EXPECT_TRUE(house.wait_for({"event=session", "cid=cid 1"}, 40));
  EXPECT_TRUE(house.wait_for({"role=spool.0 event=disk what=writes"}));
  house.signal(SIGTERM);
  EXPECT_EQ(house.wait(), 0);
}

}  // namespace
}  // namespace postkeep::role
