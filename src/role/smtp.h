// smtp_in and submission: speak SMTP with strangers and with mail programs;
// smtp_in speaks LMTP too, with servers of this site.
// The same code in two roles, so that a hole open to strangers gives no
// passwords. Believes nothing.
//
// Here:      SmtpRole, SmtpConnection.
// Not here:  the protocol (smtp/server_session.h), TLS (role/stream.h), what
//            becomes of a message (role/spool.h).
// Laws:      a client reads 250 only after spool said durable.
//
// Reads:     octets of its own connections.
// May:       accept from its listening sockets, make sealed memory.
// May not:   open, connect, fork, see files, see other roles' memory.
// Talks to:  spool (MessageOffered), auth (RecipientQuestion, AuthStep), keys
//            (Sign).
// Dies when: any PK_CHECK fails; supervisor starts another, its clients lose
//            their connection and try again.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "auth/usage.h"
#include "config/config.h"
#include "ipc/auth_messages.h"
#include "ipc/mail_messages.h"
#include "role/graveyard.h"
#include "role/link.h"
#include "role/role_context.h"
#include "role/sessions_of_addresses.h"
#include "role/stream.h"
#include "role/tls_service.h"
#include "smtp/server_session.h"
#include "submission/mending.h"

namespace postkeep::role {

class SmtpRole;

class SmtpConnection final : private StreamEvents {
 public:
  SmtpConnection(SmtpRole& role, std::uint64_t number, std::string session,
                 smtp::Service service, std::unique_ptr<Connection> client);
  ~SmtpConnection();
  SmtpConnection(const SmtpConnection&) = delete;
  SmtpConnection& operator=(const SmtpConnection&) = delete;

  void start();
  void answered(smtp::QuestionNumber question,
                const ipc::RecipientAnswer& answer);
  void answered(smtp::QuestionNumber question, const ipc::SenderAnswer& answer);
  void answered(const ipc::AuthAnswer& answer);
  void answered(smtp::QuestionNumber question, const ipc::OfferAnswer& answer);
  void drain();
  [[nodiscard]] const std::string& address() const { return address_; }
  [[nodiscard]] smtp::Service service() const { return service_; }

 private:
  void received(Octets plaintext) override;
  void tls_started() override;
  void sent_all() override;
  void ended(std::string_view why) override;

  void greet(std::optional<smtp::TlsFacts> tls);
  void run();
  void act(smtp::SendReply& effect);
  void act(smtp::StartTlsNow& effect);
  void act(smtp::AskSender& effect);
  void act(smtp::AskRecipient& effect);
  void act(smtp::Authenticate& effect);
  void act(smtp::ForgetAuthentication& effect);
  void act(smtp::OfferMessage& effect);
  void act(smtp::Noted& effect);
  void act(smtp::Close& effect);
  void offer(smtp::OfferMessage& effect, const submission::Mending& mending);
  // smtp_submission.cc
  void submit(smtp::OfferMessage& effect);
  void judged(const ipc::SenderAnswer& answer);
  [[nodiscard]] bool ask_auth(smtp::QuestionNumber question,
                              ipc::SenderQuestion asked);
  void set_timer();
  void read_when_wanted();
  void end(std::string_view why);
  [[nodiscard]] SteadyTime now() const;

  // A submitted message whose authors auth was asked about.
  struct Held {
    smtp::OfferMessage effect;
    submission::Mending mending;
  };

  SmtpRole& role_;
  std::uint64_t number_;
  std::string session_id_;
  smtp::Service service_;
  std::string address_;
  bool is_local_;  // A socket of this machine, without an address.
  Stream client_;
  std::optional<smtp::ServerSession> session_;
  std::optional<Held> held_;
  std::uint64_t held_octets_ = 0;
  std::size_t users_count_ = 0;  // Of the recipients before the one asked.
  std::uint64_t exchange_ = 0;
  smtp::QuestionNumber auth_question_ = 0;
  TimerId greeting_timer_ = TimerId::none;
  TimerId timer_ = TimerId::none;
  SteadyTime timer_at_ = SteadyTime::max();
  bool ended_ = false;
};

class SmtpRole final : public Role {
 public:
  SmtpRole(RoleContext& context, bool is_submission);
  bool prepare();

  void peer(ipc::RoleName role, std::uint32_t instance,
            std::unique_ptr<Channel> channel) override;
  void supervisor_message(ipc::Received message) override;
  void reload() override;
  void drain() override;

 private:
  friend class SmtpConnection;
  struct Asked {
    std::uint64_t connection = 0;
    smtp::QuestionNumber question = 0;
  };

  void listen();
  void use_configuration(config::Config config);
  void accepted(smtp::Service service, std::unique_ptr<Connection> client);
  [[nodiscard]] bool has_room(smtp::Service service,
                              const std::string& address);
  void refuse(smtp::Service service, const std::string& session,
              Connection& client);
  void auth_message(const ipc::Received& received);
  void spool_message(const ipc::Received& received);
  void auth_ended();
  void spool_ended();
  SmtpConnection* find(std::uint64_t connection);
  void forget(std::uint64_t number);
  void report_usage();
  void drain_when_empty();
  [[nodiscard]] std::shared_ptr<const smtp::ServerOptions> options(
      smtp::Service service, bool is_local) const;

  RoleContext& context_;
  bool is_submission_;
  config::Config config_;
  submission::MendingRules mending_rules_;
  // What auth has counted on this role's behalf, in case that it forgets.
  auth::UsageLedger counted_;
  TlsService tls_;
  std::map<smtp::Service, std::shared_ptr<const smtp::ServerOptions>> options_;
  std::shared_ptr<const smtp::ServerOptions> local_lmtp_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::unique_ptr<Link> auth_;
  std::unique_ptr<Link> spool_;
  Graveyard<Link> old_links_;
  Graveyard<SmtpConnection> old_connections_;
  SessionsOfAddresses addresses_;
  std::map<std::uint64_t, std::unique_ptr<SmtpConnection>> connections_;
  std::map<std::uint64_t, Asked> senders_asked_;
  std::map<std::uint64_t, Asked> recipients_asked_;
  std::map<std::uint64_t, Asked> offers_;
  std::map<std::uint64_t, std::uint64_t> exchanges_;
  std::size_t lmtp_sessions_count_ = 0;
  std::uint64_t last_number_ = 0;
  std::uint64_t octets_in_flight_ = 0;
  std::uint64_t messages_accepted_ = 0;
  bool draining_ = false;
};

}  // namespace postkeep::role
