#include "role/keys.h"

#include <chrono>

#include "role/role_table.h"
#include "role/status.h"

namespace postkeep::role {
namespace {

// A ticket lives through one change of keys: what was recorded can be read
// with a stolen ticket key for two of these at most.
constexpr std::chrono::hours ticket_hours{12};
constexpr std::uint32_t main_key = 0;

}  // namespace

KeysRole::KeysRole(RoleContext& context)
    : context_(context), old_links_(context.timers) {}

bool KeysRole::prepare() {
  if (!load()) return false;
  rotate_tickets();
  return true;
}

bool KeysRole::load() {
  const auto pem = given_text(context_, "key:main");
  if (!pem) {
    context_.log.line(Severity::error, "key_missing", {});
    return false;
  }
  const auto loaded = keys_.load(main_key, octets(*pem));
  if (!loaded) {
    context_.log.line(Severity::error, "key_unusable",
                      {{"why", name(loaded.error())}});
    return false;
  }
  return true;
}

KeysRole::Tickets& KeysRole::tickets_of(ipc::RoleName role) {
  const auto at = tickets_.find(role);
  if (at != tickets_.end()) return at->second;
  Tickets& tickets = tickets_[role];
  context_.random.fill(tickets.current);
  return tickets;
}

void KeysRole::rotate_tickets() {
  for (auto& [role, tickets] : tickets_) {
    tickets.previous = tickets.current;
    context_.random.fill(tickets.current);
  }
  for (const auto& [peer, link] : peers_) send_tickets(peer);
  context_.timers.after(ticket_hours, [this] { rotate_tickets(); });
}

void KeysRole::send_tickets(PeerName peer) {
  const auto at = peers_.find(peer);
  if (at == peers_.end() || !at->second) return;
  const Tickets& tickets = tickets_of(peer.first);
  static_cast<void>(at->second->send(ipc::TicketKeys{
      .current = tickets.current, .previous = tickets.previous}));
}

void KeysRole::peer(ipc::RoleName role, std::uint32_t instance,
                    std::unique_ptr<Channel> channel) {
  const PeerName name{role, instance};
  std::unique_ptr<Link>& link = peers_[name];
  old_links_.bury(std::move(link));
  link = std::make_unique<Link>(
      std::move(channel),
      [this, name](const ipc::Received& received) {
        if_message<ipc::SignRequest>(
            received,
            [&](const ipc::SignRequest& request) { asked(name, request); });
      },
      [this, name] { old_links_.bury(std::move(peers_[name])); });
  send_tickets(name);
}

void KeysRole::asked(PeerName peer, const ipc::SignRequest& request) {
  const auto at = peers_.find(peer);
  if (at == peers_.end() || !at->second) return;
  ipc::SignAnswer answer;
  answer.request = request.request;
  auto signature = keys_.sign(request.key, request.scheme, request.digest);
  if (signature) {
    answer.ok = true;
    answer.signature = std::move(*signature);
    signatures_ += 1;
  } else {
    answer.trouble = signature.error();
    context_.log.line(Severity::warning, "signature_refused",
                      {{"peer", ipc::name(peer.first)},
                       {"instance", peer.second},
                       {"why", name(signature.error())}});
  }
  static_cast<void>(at->second->send(std::move(answer)));
}

void KeysRole::supervisor_message(ipc::Received message) {
  answer_status(context_, message,
                {{"keys", keys_.size()}, {"signatures", signatures_}});
}

void KeysRole::reload() { load(); }

void KeysRole::drain() { context_.supervisor.drained(); }

std::unique_ptr<Role> make_keys(RoleContext& context) {
  auto role = std::make_unique<KeysRole>(context);
  if (!role->prepare()) return nullptr;
  return role;
}

}  // namespace postkeep::role
