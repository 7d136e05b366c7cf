// keys: has the private keys, and signs digests for those who do TLS.
//
// Here:      KeysRole.
// Not here:  the keys themselves (tls/key_store.h), those who ask
//            (role/remote_signer.h).
// Laws:      tests/role/keys_test.cc; what a stolen channel can do:
//            docs/decisions/.
//
// Reads:     digests of smtp_in, submission and access.
// May:       compute.
// May not:   open, connect, fork, see files; say anything of a key but what it
//            signs.
// Talks to:  smtp_in, submission, access (SignAnswer, TicketKeys).
// Dies when: any PK_CHECK fails; handshakes under way fail, sessions go on.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <utility>

#include "ipc/key_messages.h"
#include "role/graveyard.h"
#include "role/link.h"
#include "role/role_context.h"
#include "tls/key_store.h"

namespace postkeep::role {

class KeysRole final : public Role {
 public:
  explicit KeysRole(RoleContext& context);
  bool prepare();

  void peer(ipc::RoleName role, std::uint32_t instance,
            std::unique_ptr<Channel> channel) override;
  void supervisor_message(ipc::Received message) override;
  void reload() override;
  void drain() override;

 private:
  using PeerName = std::pair<ipc::RoleName, std::uint32_t>;
  // Each service seals tickets with keys of its own: a ticket of one is
  // nothing to another.
  struct Tickets {
    std::array<Octet, 80> current{};
    std::array<Octet, 80> previous{};
  };

  bool load();
  void asked(PeerName peer, const ipc::SignRequest& request);
  void rotate_tickets();
  void send_tickets(PeerName peer);
  Tickets& tickets_of(ipc::RoleName role);

  RoleContext& context_;
  tls::KeyStore keys_;
  std::map<PeerName, std::unique_ptr<Link>> peers_;
  Graveyard<Link> old_links_;
  std::map<ipc::RoleName, Tickets> tickets_;
  std::uint64_t signatures_ = 0;
};

}  // namespace postkeep::role
