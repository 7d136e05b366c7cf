// control: answers what the operator asks through a local socket.
//
// Here:      ControlRole.
// Not here:  the commands (cli/), what roles say of themselves (role/status.h).
// Laws:      tests/role/control_test.cc.
//
// Reads:     questions of those who may connect: the socket's owner and root.
// May:       accept from its local socket.
// May not:   open, connect, fork, see files.
// Talks to:  supervisor (StatusQuestion, ReloadWanted, SessionHandOver),
//            dns (DnsAsk).
// Dies when: any PK_CHECK fails; the server goes on.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/net.h"
#include "ipc/control_messages.h"
#include "role/graveyard.h"
#include "role/remote_dns.h"
#include "role/role_context.h"

namespace postkeep::role {

// A request, with its four octets of length.
inline constexpr std::size_t request_octets_max = 64 * 1024;
inline constexpr std::size_t control_connections_max = 16;

class ControlRole;

class ControlConnection final : private ConnectionEvents {
 public:
  ControlConnection(ControlRole& role, std::uint64_t number,
                    std::unique_ptr<Connection> client);
  void answer(ipc::ControlAnswer answer);
  // Its socket, and what came on it behind the request.
  Descriptor release(std::vector<Octet>& unread);

  bool blocks_wanted = false;  // How the answer is to be laid out.

 private:
  void received(Octets octets) override;
  void ended(Trouble why) override;

  ControlRole& role_;
  std::uint64_t number_;
  std::unique_ptr<Connection> client_;
  std::vector<Octet> unread_;
  std::size_t request_octets_ = 0;
  bool asked_ = false;
};

class ControlRole final : public Role {
 public:
  explicit ControlRole(RoleContext& context);
  bool prepare();

  void peer(ipc::RoleName role, std::uint32_t instance,
            std::unique_ptr<Channel> channel) override;
  void supervisor_message(ipc::Received message) override;
  void reload() override;
  void drain() override;

 private:
  friend class ControlConnection;

  void asked(std::uint64_t number, const ipc::ControlRequest& request);
  void answered(const ipc::StatusAnswer& answer);
  void transfer(std::uint64_t number, const ipc::ControlRequest& request);
  void look_up(std::uint64_t number, const ipc::ControlRequest& request);
  bool use_configuration();
  void forget(std::uint64_t number);

  RoleContext& context_;
  std::unique_ptr<Listener> listener_;
  std::map<std::uint64_t, std::unique_ptr<ControlConnection>> connections_;
  Graveyard<ControlConnection> old_connections_;
  RemoteDns dns_;
  std::uint64_t last_number_ = 0;
};

}  // namespace postkeep::role
