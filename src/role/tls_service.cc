#include "role/tls_service.h"

#include <array>
#include <utility>

#include "base/check.h"

namespace postkeep::role {

TlsService::TlsService(RoleContext& context, std::vector<std::string> protocols,
                       tls::UnknownName unknown_name)
    : context_(context),
      protocols_(std::move(protocols)),
      unknown_name_(unknown_name),
      signer_(context.clock, [this](const ipc::TicketKeys& keys) {
        ticket_keys_ = keys;
        use_ticket_keys();
      }) {
  if (protocols_.empty()) protocols_.emplace_back();
}

bool TlsService::load() {
  tls::prepare();
  auto chain = given_text(context_, "certificate:main");
  if (!chain) {
    context_.log.line(Severity::error, "certificate_missing", {});
    return false;
  }
  std::map<std::string, tls::ServerContext, std::less<>> servers;
  for (const std::string& protocol : protocols_) {
    tls::ServerSettings settings{
        .certificates = {{.chain_pem = *chain, .key = 0}},
        .protocols = {},
        .unknown_name = unknown_name_};
    if (!protocol.empty()) settings.protocols = {protocol};
    auto server = tls::ServerContext::make(settings, signer_);
    if (!server) {
      context_.log.line(Severity::error, "certificate_unusable",
                        {{"why", tls::name(server.error())}});
      return false;
    }
    servers.emplace(protocol, std::move(*server));
  }
  servers_ = std::move(servers);
  use_ticket_keys();
  return true;
}

const tls::ServerContext& TlsService::server(std::string_view protocol) const {
  const auto at = servers_.find(protocol);
  PK_CHECK(at != servers_.end());
  return at->second;
}

void TlsService::use_keys(std::unique_ptr<Channel> channel) {
  signer_.use(std::move(channel));
}

void TlsService::use_ticket_keys() {
  if (!ticket_keys_) return;
  const bool has_previous =
      ticket_keys_->previous != std::array<Octet, tls::ticket_key_octets>{};
  for (auto& [protocol, server] : servers_) {
    server.set_ticket_keys(
        tls::ticket_key(ticket_keys_->current),
        has_previous ? std::optional(tls::ticket_key(ticket_keys_->previous))
                     : std::nullopt);
  }
}

}  // namespace postkeep::role
