// login: speaks with those who want to read mail, until they have proved who
// they are. Believes nothing.
//
// Here:      LoginRole, LoginConnection.
// Not here:  the protocols (imap/login_session.h, pop3/login_session.h),
//            passwords (role/auth.h), TLS (role/access.h), mail
//            (role/mailbox.h).
// Laws:      those of login/session.h.
//
// Reads:     octets of local pairs, plaintext of strangers.
// May:       use the descriptors it was given.
// May not:   open, connect, accept, fork, see files; name a user: auth does.
// Talks to:  access (ConnectionOpened), auth (AuthStep, SessionHandOver).
// Dies when: any PK_CHECK fails; sessions that have logged in go on.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "base/net.h"
#include "config/config.h"
#include "ipc/access_messages.h"
#include "ipc/auth_messages.h"
#include "login/session.h"
#include "role/graveyard.h"
#include "role/link.h"
#include "role/role_context.h"

namespace postkeep::role {

class LoginRole;

class LoginConnection final : private ConnectionEvents {
 public:
  LoginConnection(LoginRole& role, ipc::ConnectionOpened opened,
                  std::unique_ptr<Connection> pipe,
                  std::unique_ptr<login::Session> session);
  ~LoginConnection();
  LoginConnection(const LoginConnection&) = delete;
  LoginConnection& operator=(const LoginConnection&) = delete;

  void start();
  void tls_started(const ipc::TlsFacts& tls);
  void answered(const ipc::AuthAnswer& answer);
  // auth has gone: who was asking is told to try again.
  void auth_ended();
  void shut_down();

 private:
  void received(Octets octets) override;
  void sent_all() override;
  void ended(Trouble why) override;

  void run();
  void act(const login::SendOctets& effect);
  void act(const login::BeginTls& effect);
  void act(const login::CheckPassword& effect);
  void act(const login::SaslStart& effect);
  void act(const login::SaslNext& effect);
  void act(const login::SaslCancel& effect);
  void act(const login::HandOver& effect);
  void act(const login::CloseConnection& effect);
  void ask(ipc::AuthStep step);
  void send_now();
  void hand_over_when_sent();
  void set_timer();
  void end(std::string_view why);

  LoginRole& role_;
  ipc::ConnectionOpened opened_;
  std::unique_ptr<Connection> pipe_;
  std::unique_ptr<login::Session> session_;
  std::string unsent_;  // What this round of effects has to say.
  std::uint64_t octets_sent_ = 0;
  std::uint64_t exchange_ = 0;  // 0: none under way.
  bool asking_ = false;
  std::optional<login::HandOver> hand_over_;
  TimerId timer_ = TimerId::none;
  bool ended_ = false;
};

class LoginRole final : public Role {
 public:
  explicit LoginRole(RoleContext& context);
  bool prepare();

  void peer(ipc::RoleName role, std::uint32_t instance,
            std::unique_ptr<Channel> channel) override;
  void supervisor_message(ipc::Received message) override;
  void reload() override;
  void drain() override;

 private:
  friend class LoginConnection;

  void access_message(ipc::Received received);
  void opened(ipc::ConnectionOpened message, Descriptor descriptor);
  void auth_message(const ipc::Received& received);
  void auth_ended();
  void forget(std::uint64_t connection);
  void drain_when_empty();

  RoleContext& context_;
  config::Config config_;
  std::unique_ptr<Link> access_;
  std::unique_ptr<Link> auth_;
  Graveyard<Link> old_links_;
  Graveyard<LoginConnection> old_connections_;
  std::map<std::uint64_t, std::unique_ptr<LoginConnection>> connections_;
  std::map<std::uint64_t, LoginConnection*> exchanges_;
  std::uint64_t last_exchange_ = 0;
  bool draining_ = false;
};

}  // namespace postkeep::role
