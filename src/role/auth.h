// auth: knows who has mail here, and finds out who somebody is.
//
// Here:      AuthRole.
// Not here:  SASL (auth/sasl.h), records (auth/verifier.h), the table
//            (auth/account.h).
// Laws:      a user who does not exist and a wrong password take the same time
//            and get the same answer; login never names a user; smtp_in asks
//            about recipients alone, login about logins alone.
//            One account sends no more than the configuration lets it.
//
// Reads:     questions of smtp_in, submission, pickup and login.
// May:       compute, in threads that were started before its door closed.
// May not:   open, connect, fork, see files.
// Talks to:  smtp_in, submission, pickup, login (answers), supervisor
//            (hand-overs).
// Dies when: any PK_CHECK fails; logins under way fail, sessions go on.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "auth/account.h"
#include "auth/fair_queue.h"
#include "auth/sasl.h"
#include "auth/throttle.h"
#include "auth/usage.h"
#include "auth/verified_cache.h"
#include "auth/verifier.h"
#include "config/config.h"
#include "ipc/auth_messages.h"
#include "role/graveyard.h"
#include "role/link.h"
#include "role/role_context.h"

namespace postkeep::role {

// Exchanges at a time, of all who ask.
inline constexpr std::size_t exchanges_max = 20000;
// Password checks of one address that wait for a worker.
inline constexpr std::size_t waiting_of_address_max = 16;

class AuthRole final : public Role {
 public:
  explicit AuthRole(RoleContext& context);
  bool prepare();

  void peer(ipc::RoleName role, std::uint32_t instance,
            std::unique_ptr<Channel> channel) override;
  void supervisor_message(ipc::Received message) override;
  void reload() override;
  void drain() override;

 private:
  using PeerName = std::pair<ipc::RoleName, std::uint32_t>;
  struct ExchangeName {
    PeerName peer;
    std::uint64_t number = 0;
    auto operator<=>(const ExchangeName&) const = default;
  };
  struct Running {
    auth::Exchange exchange;
    std::string session;
    std::string address;
    std::string account;  // Once it is known.
    std::uint64_t serial = 0;
    bool waits = false;  // For a delay or a worker: no step is taken.
  };
  // What a worker does, away from everything else.
  struct Check {
    ExchangeName exchange;
    std::uint64_t serial = 0;
    std::string user;
    std::string record_text;
    crypto::Secret password;
    bool exists = false;
    auth::Verification result = auth::Verification::does_not_fit;
  };

  bool load_accounts();
  [[nodiscard]] static bool may_ask(ipc::RoleName role, ipc::Kind kind);
  void message(PeerName peer, ipc::Received received);
  void asked(PeerName peer, const ipc::RecipientQuestion& question);
  // auth_senders.cc
  void asked(PeerName peer, const ipc::SenderQuestion& question);
  void reported(const ipc::UsageReport& report);
  void limit_sending();
  void stepped(PeerName peer, const ipc::AuthStep& step);
  void begin(const ExchangeName& name, const ipc::AuthStep& step,
             auth::Mechanism mechanism);
  void go_on(const ExchangeName& name, Running& running, auth::Step step);
  void after_delay(const ExchangeName& name, Running& running,
                   std::function<void(Running&)> then);
  void check_password(const ExchangeName& name, Running& running,
                      auth::PasswordWanted wanted);
  void start_checks();
  [[nodiscard]] crypto::Argon2idCost cost_of_nobody(
      const std::string& user) const;
  void checked(Check& check);
  void hand_over(PeerName peer, ipc::SessionHandOver& message,
                 std::vector<Descriptor> descriptors);
  void answer(const ExchangeName& name, ipc::AuthVerdict verdict,
              std::vector<Octet> octets = {}, std::string user = {});
  Running* find(const ExchangeName& name);
  Link* link_of(PeerName peer);
  void forget_peer(PeerName peer);

  RoleContext& context_;
  config::Config config_;
  std::shared_ptr<const auth::AccountTable> accounts_;
  crypto::Sha256 salt_key_{};
  // What it costs to check the passwords of those who are there.
  std::vector<crypto::Argon2idCost> costs_;
  std::unique_ptr<auth::Throttle> throttle_;
  std::unique_ptr<auth::VerifiedCache> verified_;
  std::unique_ptr<auth::UsageLedger> usage_;
  std::unique_ptr<auth::FairQueue<std::shared_ptr<Check>>> waiting_;
  std::size_t checking_ = 0;
  std::map<PeerName, std::unique_ptr<Link>> peers_;
  Graveyard<Link> old_links_;
  std::map<ExchangeName, Running> exchanges_;
  std::uint64_t last_serial_ = 0;
  std::uint64_t logins_ = 0;
  std::uint64_t refusals_ = 0;
  std::uint64_t senders_refused_ = 0;
};

}  // namespace postkeep::role
