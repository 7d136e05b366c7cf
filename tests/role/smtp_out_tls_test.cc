// role/smtp_out.h under TLS: the server is tls::Connection over memory.
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "role/smtp_out.h"
#include "role/smtp_out_rig.h"
#include "tls/connection.h"
#include "tls/key_store.h"
#include "tls/peer.h"

using namespace postkeep;
using namespace postkeep::role;
using std::chrono::seconds;

namespace {

class RoleSmtpOutTls : public RoleSmtpOut {
 protected:
  RoleSmtpOutTls()
      : authority_(tls::make_authority("authority.example")),
        identity_(tls::make_identity_of(authority_, {"mx.example.net"})) {
    tls::prepare();
    PK_CHECK(keys_.load(0, octets(identity_.key_pem)).has_value());
    auto made = tls::ServerContext::make(
        {.certificates = {{identity_.certificate_pem, 0}},
         .protocols = {},
         .unknown_name = tls::UnknownName::gets_the_first},
        keys_);
    PK_CHECK(made.has_value());
    context_ = std::move(*made);
    authorities_ = authority_.certificate_pem;
    // Certificates are made for now.
    rig_.clock.set_wall(std::chrono::time_point_cast<Duration>(
        std::chrono::system_clock::now()));
  }
  // To STARTTLS and through the handshake.
  PlayedServer& under_tls(ipc::RemoteOpen wanted) {
    PlayedServer& server = open(std::move(wanted));
    server.say("220 mx\r\n");
    server.say("250-mx\r\n250 STARTTLS\r\n");
    static_cast<void>(server.take());
    server.say("220 go on\r\n");
    shake_hands(server);
    return server;
  }
  void shake_hands(PlayedServer& server) {
    tls_.emplace(*context_);
    for (int i = 0; i < 6; ++i) {
      const auto there = server.take();
      if (!there.empty()) tls_->received(there);
      server.say_octets(tls_->take_output());
    }
  }
  void say(PlayedServer& server, std::string_view text) {
    ASSERT_TRUE(tls_->write(octets(text)));
    server.say_octets(tls_->take_output());
  }
  std::string heard(PlayedServer& server) {
    tls_->received(server.take());
    const auto plain = tls_->take_plaintext();
    return {plain.begin(), plain.end()};
  }

  tls::Identity authority_;
  tls::Identity identity_;
  tls::KeyStore keys_;
  std::optional<tls::ServerContext> context_;
  std::optional<tls::Connection> tls_;
};

TEST_F(RoleSmtpOutTls, starts_where_it_is_offered) {
  start();
  PlayedServer& server = under_tls({.tls = ipc::RemoteTls::may});
  EXPECT_EQ(heard(server), "EHLO mail.example.org\r\n");
  say(server, "250 mx\r\n");
  EXPECT_EQ(told(), "ready/ ");
}

TEST_F(RoleSmtpOutTls, verifies_where_it_is_told_to) {
  start();
  PlayedServer& server = under_tls({.tls = ipc::RemoteTls::verify});
  say(server, "250 mx\r\n");
  EXPECT_EQ(told(), "ready+ ");
}

TEST_F(RoleSmtpOutTls, says_nothing_to_a_server_that_fails_its_check) {
  start();
  PlayedServer& other =
      under_tls({.host = "mx.example.com", .tls = ipc::RemoteTls::verify});
  EXPECT_EQ(told(), "ended:tls_failed@tls_wait(certificate_of_others) ");
  EXPECT_TRUE(other.closed);
  under_tls({.tls = ipc::RemoteTls::dane,
             .tlsa = {{3, 1, 1, std::vector<Octet>(32, 1)}}});
  EXPECT_EQ(told(), "ended:tls_failed@tls_wait(certificate_untrusted) ");
}

TEST_F(RoleSmtpOutTls, does_without_where_it_may_and_not_where_it_must) {
  start();
  for (const auto tls : {ipc::RemoteTls::may, ipc::RemoteTls::none}) {
    PlayedServer& server = open({.tls = tls});
    server.say("220 mx\r\n");
    server.say("250 mx\r\n");
    EXPECT_EQ(told(), "ready ");
  }
  PlayedServer& server = open({.tls = ipc::RemoteTls::encrypt});
  server.say("220 mx\r\n");
  server.say("250 mx\r\n");
  server.say("221 bye\r\n");
  EXPECT_EQ(told(), "ended:starttls_missing@ehlo ");
}

// CVE-2011-0411, the other way round: what was said in the clear behind the
// 220 is never taken for what is said under TLS.
TEST_F(RoleSmtpOutTls, octets_behind_the_220_end_the_session) {
  start();
  PlayedServer& server = open({.tls = ipc::RemoteTls::may});
  server.say("220 mx\r\n");
  server.say("250-mx\r\n250 STARTTLS\r\n");
  server.say("220 go on\r\n250-mx\r\n250 AUTH PLAIN\r\n");
  EXPECT_EQ(told(), "ended:starttls_injection@starttls ");
}

TEST_F(RoleSmtpOutTls, garbage_instead_of_a_handshake_is_no_session) {
  start();
  PlayedServer& server = open({.tls = ipc::RemoteTls::may});
  server.say("220 mx\r\n");
  server.say("250-mx\r\n250 STARTTLS\r\n");
  server.say("220 go on\r\n");
  server.say("250 in the clear all the same\r\n");
  EXPECT_EQ(told(), "ended:tls_failed@tls_wait(not_tls) ");
}

TEST_F(RoleSmtpOutTls, a_handshake_that_never_ends_is_left_in_time) {
  start("command_seconds = 4\n");
  PlayedServer& server = open({.tls = ipc::RemoteTls::may});
  server.say("220 mx\r\n");
  server.say("250-mx\r\n250 STARTTLS\r\n");
  server.say("220 go on\r\n");
  rig_.pass(seconds(5));
  EXPECT_EQ(told(), "ended:tls_failed@tls_wait(tls_handshake_timed_out) ");
}

TEST_F(RoleSmtpOutTls, tls_may_stand_before_the_first_word) {
  start();
  PlayedServer& server =
      open({.tls_at_once = true, .tls = ipc::RemoteTls::verify});
  shake_hands(server);
  say(server, "220 mx\r\n");
  EXPECT_EQ(heard(server), "EHLO mail.example.org\r\n");
  say(server, "250 mx\r\n");
  EXPECT_EQ(told(), "ready+ ");
  PlayedServer& deaf = open({.tls_at_once = true});
  send(a_mail(2, 1));
  deaf.say("220 this is no TLS\r\n");
  EXPECT_EQ(told(), "mail1:put_off/quit! ended:tls_failed@tls_wait(not_tls) ");
}

// RFC 8689: TLS alone is not enough, the server must have proved its name.
TEST_F(RoleSmtpOutTls, mail_that_requires_tls_requires_a_verified_server) {
  start();
  for (const auto tls : {ipc::RemoteTls::may, ipc::RemoteTls::verify}) {
    PlayedServer& server = under_tls({.tls = tls});
    static_cast<void>(heard(server));
    say(server, "250-mx\r\n250 REQUIRETLS\r\n");
    ipc::RemoteMail mail = a_mail(last_remote_, 1);
    mail.requiretls = true;
    send(mail);
    if (tls == ipc::RemoteTls::may) {
      EXPECT_EQ(heard(server), "");
      EXPECT_EQ(told(), "ready/ mail1:refused/requiretls_unmet ");
    } else {
      EXPECT_EQ(heard(server), "MAIL FROM:<ann@example.org> REQUIRETLS\r\n");
    }
  }
}

TEST_F(RoleSmtpOutTls, logs_in_under_tls_alone) {
  start();
  const ipc::RemoteOpen wanted{
      .tls = ipc::RemoteTls::verify, .user = "ann", .password = "secret"};
  PlayedServer& plain = under_tls(wanted);
  static_cast<void>(heard(plain));
  say(plain, "250-mx\r\n250 AUTH PLAIN LOGIN\r\n");
  EXPECT_EQ(heard(plain), "AUTH PLAIN AGFubgBzZWNyZXQ=\r\n");
  say(plain, "235 ok\r\n");
  EXPECT_EQ(told(), "ready+ ");
  PlayedServer& login = under_tls(wanted);
  static_cast<void>(heard(login));
  say(login, "250-mx\r\n250 AUTH LOGIN\r\n");
  EXPECT_EQ(heard(login), "AUTH LOGIN\r\n");
  say(login, "334 VXNlcm5hbWU6\r\n");
  EXPECT_EQ(heard(login), "YW5u\r\n");
  say(login, "334 UGFzc3dvcmQ6\r\n");
  EXPECT_EQ(heard(login), "c2VjcmV0\r\n");
  say(login, "235 ok\r\n");
  EXPECT_EQ(told(), "ready+ ");
}

}  // namespace
