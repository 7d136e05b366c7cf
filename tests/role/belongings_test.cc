#include "role/belongings.h"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <set>

#include "io/shared_memory.h"
#include "io/temporary_directory.h"
#include "role/role_context.h"

namespace postkeep::role {
namespace {

using ipc::RoleName;

struct BelongingsTest : ::testing::Test {
  io::TemporaryDirectory directory;
  io::SealedMemory memory;
  ServerPlan plan;

  BelongingsTest() {
    const std::string top = directory.path();
    for (const char* name : {"accounts", "certificate", "key"}) {
      std::ofstream(top + "/" + name) << name << " text";
    }
    plan.configuration = "configuration text";
    plan.data_directory = top + "/data/deep";
    plan.listen = {
        {"mx", "127.0.0.1", 0},          {"submission", "127.0.0.1", 0},
        {"submissions", "127.0.0.1", 0}, {"imap", "127.0.0.1", 0},
        {"imaps", "127.0.0.1", 0},       {"pop3", "127.0.0.1", 0},
        {"pop3s", "127.0.0.1", 0},       {"mx", "127.0.0.1", 0},
        {"lmtp", "127.0.0.1", 0}};
    ListenPlan local{.service = "lmtp", .address = {}};
    local.path = top + "/lmtp";
    local.mode = 0660;
    plan.listen.push_back(local);
    plan.files = {{"accounts", top + "/accounts"},
                  {"certificate:main", top + "/certificate"},
                  {"key:main", top + "/key"}};
    plan.control_path = top + "/control";
    plan.log_path = top + "/log";
    plan.first_uid = 86500;
  }

  std::string names(const Belongings& all, RoleName role) {
    std::set<std::string> sorted;
    const auto parcel = all.of(role);
    for (const auto& [name, given] : *parcel) sorted.insert(name);
    std::string text;
    for (const std::string& name : sorted) text += name + " ";
    return text;
  }
  std::string text(const Belongings& all, RoleName role,
                   const std::string& wanted) {
    const auto parcel = all.of_reload(role);
    for (const auto& [name, given] : *parcel) {
      if (name != wanted) continue;
      const auto view = memory.view(given, 1000);
      if (!view) return "not sealed";
      const Octets seen = (*view)->octets();
      return {seen.begin(), seen.end()};
    }
    return "not given";
  }
};

TEST_F(BelongingsTest, each_role_is_given_what_is_its_own) {
  const auto all = Belongings::open(plan, memory);
  ASSERT_TRUE(all) << all.error();
  EXPECT_EQ(names(*all, RoleName::smtp_in),
            "certificate:main configuration listen:lmtp:0 listen:lmtp:1 "
            "listen:mx:0 listen:mx:1 ");
  EXPECT_EQ(names(*all, RoleName::submission),
            "certificate:main configuration listen:submission:0 "
            "listen:submissions:0 ");
  EXPECT_EQ(names(*all, RoleName::access),
            "certificate:main configuration listen:imap:0 listen:imaps:0 "
            "listen:pop3:0 listen:pop3s:0 ");
  EXPECT_EQ(names(*all, RoleName::keys),
            "certificate:main configuration key:main ");
  EXPECT_EQ(names(*all, RoleName::auth), "accounts configuration ");
  EXPECT_EQ(names(*all, RoleName::login), "configuration ");
  EXPECT_EQ(names(*all, RoleName::mailbox), "configuration ");
  EXPECT_EQ(names(*all, RoleName::seed), "");
  EXPECT_EQ(names(*all, RoleName::spool), "configuration directory mboxes ");
  EXPECT_EQ(names(*all, RoleName::mbox), "configuration mboxes ");
  EXPECT_EQ(names(*all, RoleName::pickup), "configuration directory ");
  EXPECT_EQ(names(*all, RoleName::control), "configuration listen:control:0 ");
  EXPECT_EQ(names(*all, RoleName::log), "configuration log ");
  EXPECT_EQ(names(*all, RoleName::dns), "configuration resolvers ");
  EXPECT_EQ(names(*all, RoleName::connect), "configuration ");
  EXPECT_EQ(names(*all, RoleName::smtp_out), "authorities configuration ");
  EXPECT_EQ(text(*all, RoleName::keys, "key:main"), "key text");
}

TEST_F(BelongingsTest, the_data_directory_is_for_one_server) {
  const auto all = Belongings::open(plan, memory);
  ASSERT_TRUE(all);
  plan.control_path += "2";
  plan.listen.pop_back();
  const auto second = Belongings::open(plan, memory);
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().find("another server runs"), std::string::npos);
}

TEST_F(BelongingsTest, a_local_socket_is_whose_the_operator_says) {
  plan.listen.back().user = "root";
  plan.listen.back().group = "4711";
  {
    const auto all = Belongings::open(plan, memory);
    if (geteuid() == 0) {
      ASSERT_TRUE(all) << all.error();
      struct stat found{};
      ASSERT_EQ(stat(plan.listen.back().path.c_str(), &found), 0);
      EXPECT_EQ(found.st_uid, 0U);
      EXPECT_EQ(found.st_gid, 4711U);
      EXPECT_EQ(found.st_mode & 0777U, 0660U);
    }
  }
  plan.listen.back().group = "postkeep-no-such-group";
  const auto no_group = Belongings::open(plan, memory);
  ASSERT_FALSE(no_group);
  EXPECT_NE(no_group.error().find("no such group"), std::string::npos);
  plan.listen.back().user = "postkeep-no-such-user";
  const auto no_user = Belongings::open(plan, memory);
  ASSERT_FALSE(no_user);
  EXPECT_NE(no_user.error().find("no such user"), std::string::npos);
}

TEST_F(BelongingsTest, what_is_missing_is_named) {
  plan.files[1].path += ".absent";
  const auto all = Belongings::open(plan, memory);
  ASSERT_FALSE(all);
  EXPECT_NE(all.error().find("certificate.absent"), std::string::npos);
  EXPECT_NE(all.error().find("not_found"), std::string::npos);
}

TEST_F(BelongingsTest, a_reload_takes_all_or_nothing) {
  auto all = Belongings::open(plan, memory);
  ASSERT_TRUE(all);
  std::ofstream(plan.files[2].path) << "second key";
  ServerPlan wrong = plan;
  wrong.configuration = "wrong";
  wrong.files[0].path += ".absent";
  EXPECT_FALSE(all->reload(wrong, memory));
  EXPECT_EQ(text(*all, RoleName::keys, "key:main"), "key text");
  EXPECT_EQ(text(*all, RoleName::keys, "configuration"), "configuration text");
  plan.configuration = "second";
  EXPECT_TRUE(all->reload(plan, memory));
  EXPECT_EQ(text(*all, RoleName::keys, "key:main"), "second key");
  EXPECT_EQ(text(*all, RoleName::auth, "configuration"), "second");
  plan.data_directory += "/other";
  EXPECT_FALSE(all->reload(plan, memory));
}

TEST_F(BelongingsTest, users_have_directories_of_their_own) {
  const auto all = Belongings::open(plan, memory);
  ASSERT_TRUE(all);
  EXPECT_TRUE(all->mailbox_directory("ann@example.org"));
  struct stat found{};
  ASSERT_EQ(
      stat((plan.data_directory + "/mail/ann@example.org").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0700U);
  EXPECT_EQ(found.st_uid, geteuid() == 0 ? 86505U : geteuid());
  for (const char* user : {"", "..", "a/b", "../spool"}) {
    EXPECT_FALSE(all->mailbox_directory(user)) << user;
  }
}

TEST_F(BelongingsTest, mbox_is_wanted_from_its_first_account_on) {
  plan.mbox.directory = directory.path() / "spool";
  plan.mbox.group = "4711";
  auto all = Belongings::open(plan, memory);
  ASSERT_TRUE(all) << all.error();
  EXPECT_FALSE(all->wants(RoleName::mbox));
  EXPECT_TRUE(all->wants(RoleName::spool));
  EXPECT_FALSE(all->make_spool_file("ann"));
  plan.mbox.users = {"ann", "postkeep-no-such-user"};
  plan.mbox.accounts = "some lines";
  const auto absent = all->reload(plan, memory);
  ASSERT_FALSE(absent) << "a directory of others' is not made";
  EXPECT_NE(absent.error().find("spool"), std::string::npos);
  std::filesystem::create_directory(plan.mbox.directory);
  ASSERT_TRUE(all->reload(plan, memory));
  EXPECT_TRUE(all->wants(RoleName::mbox));
  EXPECT_EQ(names(*all, RoleName::mbox), "configuration directory mboxes ");
  EXPECT_EQ(text(*all, RoleName::mbox, "mboxes"), "some lines");
  EXPECT_EQ(text(*all, RoleName::spool, "mboxes"), "some lines");
  EXPECT_EQ(text(*all, RoleName::smtp_in, "mboxes"), "not given");
  plan.mbox.directory += "2";
  EXPECT_FALSE(all->reload(plan, memory)) << "needs a restart";
}

TEST_F(BelongingsTest, an_mbox_file_is_made_for_who_has_an_account) {
  plan.mbox.directory = directory.path() / "spool";
  plan.mbox.group = "4711";
  plan.mbox.users = {"nobody", "postkeep-no-such-user"};
  std::filesystem::create_directory(plan.mbox.directory);
  const auto all = Belongings::open(plan, memory);
  ASSERT_TRUE(all) << all.error();
  EXPECT_TRUE(all->make_spool_file("nobody"));
  struct stat found{};
  ASSERT_EQ(stat((plan.mbox.directory + "/nobody").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0660U);
  EXPECT_FALSE(all->make_spool_file("root")) << "no account has it";
  EXPECT_FALSE(all->make_spool_file("../nobody"));
  if (geteuid() != 0) return;
  EXPECT_EQ(found.st_gid, 4711U);
  EXPECT_NE(found.st_uid, 0U);
  EXPECT_FALSE(all->make_spool_file("postkeep-no-such-user"));
  EXPECT_EQ(all->start_of(RoleName::mbox, 0).gid, 4711U);
  EXPECT_EQ(all->start_of(RoleName::mbox, 0).uid, 86515U);
}

TEST_F(BelongingsTest, mbox_files_are_of_a_group_that_there_is) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root";
  plan.mbox.directory = directory.path();
  plan.mbox.users = {"ann"};
  for (const char* group : {"postkeep-no-such-group", "root", "0", ""}) {
    plan.mbox.group = group;
    EXPECT_FALSE(Belongings::open(plan, memory)) << group;
  }
}

TEST_F(BelongingsTest, as_root_each_role_becomes_someone_else) {
  const auto all = Belongings::open(plan, memory);
  ASSERT_TRUE(all);
  std::set<std::uint32_t> uids;
  for (const RoleName role : ipc::all_role_names) {
    const ipc::Start start = all->start_of(role, 3);
    EXPECT_EQ(start.role, role);
    EXPECT_EQ(start.instance, 3U);
    EXPECT_EQ(start.uid, start.gid) << name(role);
    uids.insert(start.uid);
  }
  if (geteuid() != 0) GTEST_SKIP() << "needs root: there is one uid only";
  EXPECT_EQ(uids.size(), ipc::all_role_names.size());
  EXPECT_EQ(uids.count(0), 0U);
}

}  // namespace
}  // namespace postkeep::role
