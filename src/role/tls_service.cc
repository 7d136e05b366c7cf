#include "role/tls_service.h"

#include <array>
#include <utility>

namespace postkeep::role {

TlsService::TlsService(RoleContext& context, std::vector<std::string> protocols,
                       tls::UnknownName unknown_name)
    : context_(context),
      protocols_(std::move(protocols)),
      unknown_name_(unknown_name),
      signer_(context.clock, [this](const ipc::TicketKeys& keys) {
        ticket_keys_ = keys;
        use_ticket_keys();
      }) {}

bool TlsService::load() {
  tls::prepare();
  auto chain = given_text(context_, "certificate:main");
  if (!chain) {
    context_.log.line(Severity::error, "certificate_missing", {});
    return false;
  }
  const tls::ServerSettings settings{
      .certificates = {{.chain_pem = std::move(*chain), .key = 0}},
      .protocols = protocols_,
      .unknown_name = unknown_name_};
  auto server = tls::ServerContext::make(settings, signer_);
  if (!server) {
    context_.log.line(Severity::error, "certificate_unusable",
                      {{"why", tls::name(server.error())}});
    return false;
  }
  server_ = std::move(*server);
  use_ticket_keys();
  return true;
}

void TlsService::use_keys(std::unique_ptr<Channel> channel) {
  signer_.use(std::move(channel));
}

void TlsService::use_ticket_keys() {
  if (!server_ || !ticket_keys_) return;
  const bool has_previous =
      ticket_keys_->previous != std::array<Octet, tls::ticket_key_octets>{};
  server_->set_ticket_keys(
      tls::ticket_key(ticket_keys_->current),
      has_previous ? std::optional(tls::ticket_key(ticket_keys_->previous))
                   : std::nullopt);
}

}  // namespace postkeep::role
