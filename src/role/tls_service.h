// What a role with TLS has of it: the certificate, the way to its key, tickets.
//
// Here:      TlsService.
// Not here:  a connection's TLS (role/stream.h), keys (role/keys.h).
// Laws:      a reload that fails leaves what was.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipc/key_messages.h"
#include "role/remote_signer.h"
#include "role/role_context.h"
#include "tls/server_context.h"

namespace postkeep::role {

class TlsService {
 public:
  // One context for each of `protocols`, which takes clients that offer it by
  // ALPN or offer none: a session of one protocol never becomes another's.
  // Where there are none, one context, which takes no client that offers any.
  TlsService(RoleContext& context, std::vector<std::string> protocols,
             tls::UnknownName unknown_name);

  // Takes "certificate:main" of what was given. False, and logged, when it is
  // not there or cannot be used.
  bool load();
  void use_keys(std::unique_ptr<Channel> channel);

  // After the first load() that succeeded. `protocol`: one of those given.
  [[nodiscard]] const tls::ServerContext& server(
      std::string_view protocol = {}) const;

 private:
  void use_ticket_keys();

  RoleContext& context_;
  std::vector<std::string> protocols_;
  tls::UnknownName unknown_name_;
  RemoteSigner signer_;
  std::optional<ipc::TicketKeys> ticket_keys_;
  std::map<std::string, tls::ServerContext, std::less<>> servers_;
};

}  // namespace postkeep::role
