// dns: asks the operator's resolvers, and remembers what they said.
//
// Here:      DnsRole.
// Not here:  what is asked and believed (dns/resolver.h), sockets
//            (io/dns_exchange.h), those who ask (role/remote_dns.h).
// Laws:      tests/role/dns_test.cc: one that asks too much is told so, and
//            does not keep others from being answered.
//
// Reads:     what resolvers, and whoever writes in their names, send.
// May:       open UDP and TCP sockets and connect them, over TCP to the
//            resolvers' ports alone where the kernel's Landlock has such rules.
// May not:   bind, listen, accept, fork, see files.
// Talks to:  control (DnsReply).
// Dies when: any PK_CHECK fails; what was asked of it is asked again.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "config/config.h"
#include "dns/resolver.h"
#include "ipc/dns_messages.h"
#include "role/graveyard.h"
#include "role/link.h"
#include "role/remote_dns.h"
#include "role/role_context.h"

namespace postkeep::role {

class DnsRole final : public Role {
 public:
  explicit DnsRole(RoleContext& context);
  bool prepare();

  void peer(ipc::RoleName role, std::uint32_t instance,
            std::unique_ptr<Channel> channel) override;
  void supervisor_message(ipc::Received message) override;
  void reload() override;
  void drain() override;

 private:
  using PeerName = std::pair<ipc::RoleName, std::uint32_t>;
  struct Peer {
    std::unique_ptr<Link> link;
    std::map<std::uint64_t, DnsTicket> waiting;  // By its own number.
  };

  std::optional<dns::ResolverSettings> settings();
  void asked(PeerName peer, const ipc::DnsAsk& question);
  void answer(PeerName peer, std::uint64_t request, const DnsAnswer& answer);
  void forget(PeerName peer);

  RoleContext& context_;
  std::unique_ptr<dns::Resolver> resolver_;
  std::map<PeerName, Peer> peers_;
  Graveyard<Link> old_links_;
};

}  // namespace postkeep::role
