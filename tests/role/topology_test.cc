#include "role/topology.h"

#include <algorithm>
#include <set>
#include <string>

#include "gtest/gtest.h"
#include "role/peer_name.h"

namespace postkeep::role {
namespace {

using ipc::RoleName;

std::string friends_of(RoleName role) {
  std::string all;
  for (const RoleName other : ipc::all_role_names) {
    if (are_linked(role, 0, other, 0)) all += std::string(name(other)) + " ";
  }
  return all;
}

TEST(RoleTopology, everyone_talks_to_those_whom_the_architecture_names) {
  EXPECT_EQ(friends_of(RoleName::smtp_in), "log keys auth spool ");
  EXPECT_EQ(friends_of(RoleName::submission), "log keys auth spool ");
  EXPECT_EQ(friends_of(RoleName::access), "log keys login ");
  EXPECT_EQ(friends_of(RoleName::login), "log auth access ");
  EXPECT_EQ(friends_of(RoleName::mailbox), "log ");
  EXPECT_EQ(friends_of(RoleName::seed), "log ");
  EXPECT_EQ(friends_of(RoleName::control), "log dns ");
  EXPECT_EQ(friends_of(RoleName::dns), "log spool control ");
  EXPECT_EQ(friends_of(RoleName::connect), "log spool ");
  EXPECT_EQ(friends_of(RoleName::smtp_out), "log spool ");
  EXPECT_EQ(friends_of(RoleName::mbox), "log spool ");
  EXPECT_EQ(friends_of(RoleName::pickup), "log auth spool ");
  EXPECT_EQ(friends_of(RoleName::spool),
            "log auth mbox submission smtp_in dns connect smtp_out pickup ");
  EXPECT_EQ(friends_of(RoleName::auth),
            "log spool login submission smtp_in pickup ");
  EXPECT_EQ(friends_of(RoleName::keys), "log access submission smtp_in ");
}

TEST(RoleTopology, access_and_login_go_in_pairs) {
  EXPECT_TRUE(are_linked(RoleName::access, 1, RoleName::login, 1));
  EXPECT_TRUE(are_linked(RoleName::login, 3, RoleName::access, 3));
  EXPECT_FALSE(are_linked(RoleName::access, 0, RoleName::login, 1));
}

TEST(RoleTopology, each_role_has_a_uid_of_its_own) {
  std::set<int> offsets;
  for (const RoleName role : ipc::all_role_names) {
    offsets.insert(plan_of(role).uid_offset);
    EXPECT_LT(plan_of(role).drain_stage, drain_stages);
  }
  EXPECT_EQ(offsets.size(), ipc::all_role_names.size());
}

TEST(RoleTopology, private_keys_and_accounts_go_to_one_role_each) {
  for (const RoleName role : ipc::all_role_names) {
    EXPECT_EQ(plan_of(role).keys, role == RoleName::keys);
    EXPECT_EQ(plan_of(role).accounts, role == RoleName::auth);
    EXPECT_EQ(plan_of(role).resolvers, role == RoleName::dns);
    EXPECT_EQ(plan_of(role).authorities, role == RoleName::smtp_out);
  }
}

TEST(RoleTopology, spool_ends_after_those_who_give_it_mail_and_log_last) {
  const auto stage = [](RoleName role) { return plan_of(role).drain_stage; };
  EXPECT_LT(stage(RoleName::smtp_in), stage(RoleName::spool));
  EXPECT_LT(stage(RoleName::submission), stage(RoleName::spool));
  EXPECT_LT(stage(RoleName::pickup), stage(RoleName::spool));
  EXPECT_LT(stage(RoleName::login), stage(RoleName::auth));
  EXPECT_LT(stage(RoleName::access), stage(RoleName::keys));
  for (const RoleName role : ipc::all_role_names) {
    if (role == RoleName::log) continue;
    EXPECT_LT(stage(role), stage(RoleName::log));
  }
}

TEST(RolePeerName, what_is_written_is_read) {
  for (const RoleName role : ipc::all_role_names) {
    for (const std::uint32_t instance : {0U, 7U, 4294967295U}) {
      const PeerName peer{role, instance};
      EXPECT_EQ(read_peer_name(write_peer_name(peer)), peer);
    }
  }
  EXPECT_EQ(write_peer_name({RoleName::spool, 0}), "peer:spool:0");
  for (const char* wrong :
       {"", "peer", "peer:", "peer:spool", "peer:spool:", "peer:spool:x",
        "peer:spool:1x", "peer:nobody:0", "listen:mx:0",
        "peer:spool:99999999999", "peer::0", "peer:spool:-1"}) {
    EXPECT_FALSE(read_peer_name(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace postkeep::role
