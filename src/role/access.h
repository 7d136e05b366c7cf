// access: has the sockets and the TLS of those who read their mail, and pipes
// plaintext. Believes nothing and understands nothing.
//
// Here:      AccessRole, AccessConnection.
// Not here:  the protocols (role/login.h, role/mailbox.h).
// Laws:      tests/clients: what a client sends after STARTTLS and before TLS
//            never arrives anywhere.
//
// Reads:     octets of its own connections.
// May:       accept from its listening sockets; make local socket pairs.
// May not:   open, connect, fork, see files.
// Talks to:  login (ConnectionOpened), keys (Sign).
// Dies when: any PK_CHECK fails; the sessions that run through it end.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/net.h"
#include "config/config.h"
#include "ipc/access_messages.h"
#include "role/graveyard.h"
#include "role/link.h"
#include "role/role_context.h"
#include "role/sessions_of_addresses.h"
#include "role/stream.h"
#include "role/tls_service.h"

namespace postkeep::role {

class AccessRole;

// What one kind of listening socket is for.
struct AccessService {
  std::string_view name;       // Of the protocol: login's, and ALPN's.
  std::string_view listening;  // How its sockets' names begin.
  bool implicit_tls = false;
  std::string_view refusal;  // What one too many reads, if in the clear.
};

// One client: its stream on one side, login or mailbox on the other.
//   opening   implicit TLS is being made; nobody else knows of the client yet
//   piping    octets pass both ways
//   upgrading STARTTLS was answered; once that is out, TLS starts
class AccessConnection final : private StreamEvents {
 public:
  AccessConnection(AccessRole& role, std::uint64_t number, std::string session,
                   std::string service, std::unique_ptr<Connection> client);

  void start(bool implicit_tls);
  // login: start TLS after `octets_sent` of yours went to the client.
  void upgrade(const ipc::ConnectionStartTls& message);
  void close();
  [[nodiscard]] const std::string& address() const;

 private:
  class PipeEnd final : public ConnectionEvents {
   public:
    explicit PipeEnd(AccessConnection& owner) : owner_(owner) {}
    void received(Octets octets) override { owner_.from_pipe(octets); }
    void sent_all() override { owner_.pipe_sent_all(); }
    void ended(Trouble) override { owner_.pipe_ended(); }

   private:
    AccessConnection& owner_;
  };
  enum class State : std::uint8_t { opening, piping, upgrading };

  void received(Octets plaintext) override;
  void tls_started() override;
  void sent_all() override;
  void ended(std::string_view why) override;
  void open_pipe();
  void from_pipe(Octets octets);
  void pipe_sent_all();
  void pipe_ended();
  void start_tls_when_sent();
  void end(std::string_view why);

  AccessRole& role_;
  std::uint64_t number_;
  std::string session_;
  std::string service_;
  std::string address_;
  State state_ = State::opening;
  Stream client_;
  PipeEnd pipe_end_{*this};
  std::unique_ptr<Connection> pipe_;
  std::uint64_t octets_to_pipe_ = 0;
  std::uint64_t octets_from_pipe_ = 0;
  std::uint64_t upgrade_after_ = 0;
  std::string upgrade_answer_;
  bool ended_ = false;
};

class AccessRole final : public Role {
 public:
  explicit AccessRole(RoleContext& context);
  // False when the role cannot run with what it was given.
  bool prepare();

  void peer(ipc::RoleName role, std::uint32_t instance,
            std::unique_ptr<Channel> channel) override;
  void supervisor_message(ipc::Received message) override;
  void reload() override;
  void drain() override;

 private:
  friend class AccessConnection;

  void accepted(const AccessService& service,
                std::unique_ptr<Connection> client);
  void login_message(const ipc::Received& received);
  void forget(std::uint64_t number);
  void drain_when_empty();

  RoleContext& context_;
  config::Config config_;
  TlsService tls_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::unique_ptr<Link> login_;
  Graveyard<Link> old_links_;
  Graveyard<AccessConnection> ended_;
  SessionsOfAddresses addresses_;
  std::map<std::uint64_t, std::unique_ptr<AccessConnection>> connections_;
  std::uint64_t last_number_ = 0;
  bool draining_ = false;
};

}  // namespace postkeep::role
