// What a role with TLS has of it: the certificate, the way to its key, tickets.
//
// Here:      TlsService.
// Not here:  a connection's TLS (role/stream.h), keys (role/keys.h).
// Laws:      a reload that fails leaves what was.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ipc/key_messages.h"
#include "role/remote_signer.h"
#include "role/role_context.h"
#include "tls/server_context.h"

namespace postkeep::role {

class TlsService {
 public:
  TlsService(RoleContext& context, std::vector<std::string> protocols,
             tls::UnknownName unknown_name);

  // Takes "certificate:main" of what was given. False, and logged, when it is
  // not there or cannot be used.
  bool load();
  void use_keys(std::unique_ptr<Channel> channel);

  // Empty until the first load() that succeeded.
  [[nodiscard]] const std::optional<tls::ServerContext>& server() const {
    return server_;
  }

 private:
  void use_ticket_keys();

  RoleContext& context_;
  std::vector<std::string> protocols_;
  tls::UnknownName unknown_name_;
  RemoteSigner signer_;
  std::optional<ipc::TicketKeys> ticket_keys_;
  std::optional<tls::ServerContext> server_;
};

}  // namespace postkeep::role
