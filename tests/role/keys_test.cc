// role/keys.h on simulated ports: who gets signatures and ticket keys.
#include "role/keys.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "role/remote_signer.h"
#include "role/rig.h"
#include "role/role_table.h"
#include "tls/peer.h"
#include "tls/server_context.h"

using namespace postkeep;
using namespace postkeep::role;

namespace {

const tls::Identity& identity() {
  static const tls::Identity made =
      tls::make_identity(tls::IdentityKind::ec_256, {"mail.example.org"});
  return made;
}

class RoleKeys : public testing::Test {
 protected:
  void start() {
    rig_.give("key:main", identity().key_pem);
    ASSERT_TRUE(rig_.build(make_keys));
  }

  Rig rig_{ipc::RoleName::keys};
};

TEST_F(RoleKeys, without_a_key_there_is_no_role) {
  EXPECT_FALSE(rig_.build(make_keys));
  EXPECT_TRUE(rig_.log.has("key_missing"));
  rig_.give("key:main", identity().certificate_pem);
  EXPECT_FALSE(rig_.build(make_keys));
  EXPECT_TRUE(rig_.log.has("key_unusable why=unreadable"));
}

TEST_F(RoleKeys, signs_a_digest_and_nothing_else) {
  start();
  const auto peer = rig_.meet(ipc::RoleName::smtp_in);
  peer->send(ipc::SignRequest{
      .request = 7, .key = 0, .digest = std::vector<Octet>(32, 1)});
  peer->send(ipc::SignRequest{
      .request = 8, .key = 0, .digest = std::vector<Octet>(33, 1)});
  peer->send(ipc::SignRequest{
      .request = 9, .key = 1, .digest = std::vector<Octet>(32, 1)});
  rig_.settle();
  const auto answers = peer->take<ipc::SignAnswer>();
  ASSERT_EQ(answers.size(), 3U);
  EXPECT_TRUE(answers[0].ok);
  EXPECT_EQ(answers[0].request, 7U);
  EXPECT_FALSE(answers[0].signature.empty());
  EXPECT_FALSE(answers[1].ok);
  EXPECT_EQ(answers[1].trouble, Trouble::malformed);
  EXPECT_EQ(answers[2].trouble, Trouble::not_found);
  EXPECT_TRUE(rig_.log.has("signature_refused peer=smtp_in"));
}

TEST_F(RoleKeys, each_service_has_ticket_keys_of_its_own) {
  start();
  const auto one = rig_.meet(ipc::RoleName::smtp_in, 0);
  const auto same = rig_.meet(ipc::RoleName::smtp_in, 1);
  const auto other = rig_.meet(ipc::RoleName::access, 0);
  rig_.settle();
  const auto first = one->take<ipc::TicketKeys>();
  const auto second = same->take<ipc::TicketKeys>();
  const auto third = other->take<ipc::TicketKeys>();
  ASSERT_TRUE(first.size() == 1 && second.size() == 1 && third.size() == 1);
  EXPECT_EQ(first[0].current, second[0].current)
      << "all processes of a service open each other's tickets";
  EXPECT_NE(first[0].current, third[0].current);
  EXPECT_NE(first[0].current, (std::array<Octet, 80>{}));
}

TEST_F(RoleKeys, ticket_keys_change_and_open_once_more) {
  start();
  const auto peer = rig_.meet(ipc::RoleName::smtp_in);
  rig_.settle();
  const auto before = peer->take<ipc::TicketKeys>();
  rig_.timers.pass(std::chrono::hours(12));
  rig_.settle();
  const auto after = peer->take<ipc::TicketKeys>();
  ASSERT_TRUE(before.size() == 1 && after.size() == 1);
  EXPECT_EQ(after[0].previous, before[0].current);
  EXPECT_NE(after[0].current, before[0].current);
}

TEST_F(RoleKeys, a_peer_that_talks_nonsense_is_not_heard_any_more) {
  start();
  const auto peer = rig_.meet(ipc::RoleName::smtp_in);
  rig_.settle();
  peer->heard.clear();
  ASSERT_TRUE(peer->channel().send(octets("\xff nonsense")));
  rig_.settle();
  EXPECT_TRUE(peer->has_ended && peer->heard.empty());
  // The others go on.
  const auto other = rig_.meet(ipc::RoleName::access);
  other->send(ipc::SignRequest{.digest = std::vector<Octet>(32, 1)});
  rig_.settle();
  EXPECT_EQ(other->take<ipc::SignAnswer>().size(), 1U);
}

// A peer that died and was started again: its new channel may be here before
// the end of the former one is seen.
TEST_F(RoleKeys, the_end_of_a_former_channel_is_not_the_end_of_the_new_one) {
  start();
  auto former = rig_.meet(ipc::RoleName::access);
  const auto peer = rig_.meet(ipc::RoleName::access);
  former.reset();
  rig_.settle();
  peer->heard.clear();
  peer->send(ipc::SignRequest{.digest = std::vector<Octet>(32, 1)});
  rig_.settle();
  EXPECT_FALSE(peer->has_ended);
  EXPECT_EQ(peer->take<ipc::SignAnswer>().size(), 1U);
}

TEST_F(RoleKeys, a_reload_that_fails_leaves_the_key_that_was) {
  start();
  const auto peer = rig_.meet(ipc::RoleName::smtp_in);
  rig_.give("key:main", "nonsense");
  rig_.role->reload();
  peer->send(ipc::SignRequest{.digest = std::vector<Octet>(32, 1)});
  rig_.settle();
  const auto answers = peer->take<ipc::SignAnswer>();
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_TRUE(answers[0].ok);
}

TEST_F(RoleKeys, a_remote_signer_makes_a_handshake) {
  start();
  RemoteSigner signer(rig_.clock, [](const ipc::TicketKeys&) {});
  auto [own, other] = rig_.post.pair();
  rig_.role->peer(ipc::RoleName::access, 0, std::move(own));
  signer.use(std::move(other));
  tls::prepare();
  const auto context = tls::ServerContext::make(
      {.certificates = {{identity().certificate_pem, 0}}, .protocols = {}},
      signer);
  ASSERT_TRUE(context);
  tls::Connection connection(*context);
  tls::Peer client({});
  carry(client, connection);
  EXPECT_EQ(connection.state(), tls::ConnectionState::open);
  rig_.role.reset();  // keys has died: handshakes fail, nothing hangs.
  tls::Connection late(*context);
  tls::Peer late_client({});
  carry(late_client, late);
  EXPECT_EQ(late.error(), tls::TlsError::signing_failed);
}

TEST_F(RoleKeys, drains_at_once) {
  start();
  rig_.role->drain();
  EXPECT_TRUE(rig_.supervisor.is_drained);
}

}  // namespace
