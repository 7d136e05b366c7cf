// connect: opens connections to other hosts, and gives them away.
//
// Here:      ConnectRole.
// Not here:  which may be opened (route/connect_rules.h), what is said over
//            them (role/smtp_out.h), when (spool).
// Laws:      tests/role/connect_test.cc: no socket leaves whose address the
//            rules refuse; each ask is answered once.
//
// Reads:     nothing from outside: not one octet of its sockets.
// May:       open TCP sockets and connect them, to the configured port alone
//            where the kernel's Landlock has such rules.
// May not:   read or write them, bind, listen, accept, fork, see files.
// Talks to:  spool (ConnectAnswer).
// Dies when: any PK_CHECK fails; what was asked of it is asked again.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string_view>

#include "base/dialer.h"
#include "config/config.h"
#include "ipc/outbound_messages.h"
#include "role/graveyard.h"
#include "role/link.h"
#include "role/role_context.h"
#include "route/connect_rules.h"

namespace postkeep::role {

class ConnectRole final : public Role {
 public:
  explicit ConnectRole(RoleContext& context);
  bool prepare();

  void peer(ipc::RoleName role, std::uint32_t instance,
            std::unique_ptr<Channel> channel) override;
  void supervisor_message(ipc::Received message) override;
  void reload() override;
  void drain() override;

 private:
  void use_configuration(const config::Config& config);
  void spool_message(const ipc::Received& received);
  void asked(const ipc::ConnectAsk& ask);
  void dialled(std::uint64_t ask, const DialTarget& target, Dialled dialled);
  void refuse(std::uint64_t ask, const DialTarget& target,
              route::ConnectRefusal why);
  void answer(std::uint64_t ask, ipc::ConnectVerdict verdict,
              std::string_view why, Descriptor socket = {});
  void forget_all();

  RoleContext& context_;
  route::ConnectRules rules_;
  std::uint64_t connects_max_ = 0;
  Duration wait_{};
  std::unique_ptr<Link> spool_;
  Graveyard<Link> old_links_;
  std::map<std::uint64_t, DialTicket> waiting_;  // By spool's number.

  struct Figures {
    std::uint64_t asked = 0;
    std::uint64_t connected = 0;
    std::uint64_t not_allowed = 0;
    std::uint64_t failed = 0;
  };
  Figures figures_;
};

}  // namespace postkeep::role
