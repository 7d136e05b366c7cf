#include "role/access.h"

#include <array>
#include <chrono>
#include <optional>
#include <utility>

#include "ipc/control_messages.h"
#include "role/configuration.h"
#include "role/role_table.h"
#include "role/session_id.h"
#include "role/status.h"

namespace postkeep::role {
namespace {

// What waits on one side before the other is not read any more.
constexpr std::size_t waiting_octets_max = 256 * 1024;

constexpr std::array services{
    AccessService{"imap", "listen:imap:", false,
                  "* BYE [UNAVAILABLE] Too many connections\r\n"},
    AccessService{"imap", "listen:imaps:", true, {}},
    AccessService{"pop3", "listen:pop3:", false,
                  "-ERR [SYS/TEMP] Too many connections\r\n"},
    AccessService{"pop3", "listen:pop3s:", true, {}},
};

std::optional<AccessService> service_of(std::string_view listening) {
  for (const AccessService& service : services) {
    if (listening.starts_with(service.listening)) return service;
  }
  return std::nullopt;
}

}  // namespace

AccessConnection::AccessConnection(AccessRole& role, std::uint64_t number,
                                   std::string session, std::string service,
                                   std::unique_ptr<Connection> client)
    : role_(role),
      number_(number),
      session_(std::move(session)),
      service_(std::move(service)),
      address_(client->peer().text),
      client_(std::move(client), role.context_.timers, *this) {}

const std::string& AccessConnection::address() const { return address_; }

void AccessConnection::start(bool implicit_tls) {
  if (!implicit_tls) return open_pipe();
  client_.start_tls(
      role_.tls_.server(service_),
      std::chrono::seconds(role_.config_.timeouts.tls_handshake_seconds));
}

void AccessConnection::tls_started() {
  role_.context_.log.line(Severity::info, "tls_started",
                          {{"session", session_},
                           {"protocol", client_.tls_facts().protocol},
                           {"cipher", client_.tls_facts().cipher},
                           {"resumed", client_.resumed() ? "yes" : "no"}});
  if (state_ == State::opening) return open_pipe();
  state_ = State::piping;
  if (!role_.login_ ||
      !role_.login_->send(ipc::ConnectionTlsStarted{
          .connection = number_, .tls = client_.tls_facts()})) {
    end("login_unavailable");
  }
}

void AccessConnection::open_pipe() {
  state_ = State::piping;
  auto pair = role_.context_.net.pair();
  if (!pair) return end("no_descriptors");
  pipe_ = role_.context_.net.adopt(std::move(pair->one));
  pipe_->tell(&pipe_end_);
  std::vector<Descriptor> other;
  other.push_back(std::move(pair->other));
  if (!role_.login_ ||
      !role_.login_->send(ipc::ConnectionOpened{.connection = number_,
                                                .session = session_,
                                                .peer = address_,
                                                .service = service_,
                                                .tls = client_.tls_facts()},
                          std::move(other))) {
    end("login_unavailable");
  }
}

void AccessConnection::received(Octets plaintext) {
  // Between the answer to STARTTLS and TLS nothing may come in the clear.
  if (state_ == State::upgrading && !client_.is_tls()) {
    return end("octets_before_tls");
  }
  if (!pipe_) return;
  octets_to_pipe_ += plaintext.size();
  pipe_->send(plaintext);
  if (pipe_->unsent() > waiting_octets_max) client_.read_on(false);
}

void AccessConnection::pipe_sent_all() { client_.read_on(true); }

void AccessConnection::from_pipe(Octets octets) {
  octets_from_pipe_ += octets.size();
  client_.send(octets);
  if (client_.unsent() > waiting_octets_max) pipe_->read_on(false);
  start_tls_when_sent();
}

void AccessConnection::sent_all() {
  if (pipe_) pipe_->read_on(true);
}

void AccessConnection::upgrade(const ipc::ConnectionStartTls& message) {
  if (state_ != State::piping || client_.is_tls()) {
    return end("tls_twice");
  }
  if (message.octets_read != octets_to_pipe_) return end("octets_before_tls");
  state_ = State::upgrading;
  upgrade_after_ = message.octets_sent;
  upgrade_answer_ = message.last;
  start_tls_when_sent();
}

void AccessConnection::start_tls_when_sent() {
  if (state_ != State::upgrading || client_.is_tls() ||
      octets_from_pipe_ < upgrade_after_) {
    return;
  }
  client_.send(octets(upgrade_answer_));
  client_.start_tls(
      role_.tls_.server(service_),
      std::chrono::seconds(role_.config_.timeouts.tls_handshake_seconds));
}

void AccessConnection::pipe_ended() {
  client_.close_when_sent();
  end("closed_by_server");
}

void AccessConnection::ended(std::string_view why) { end(why); }

void AccessConnection::close() { end("closed_by_server"); }

void AccessConnection::end(std::string_view why) {
  if (std::exchange(ended_, true)) return;
  role_.context_.log.line(Severity::info, "connection_ended",
                          {{"session", session_},
                           {"why", why},
                           {"in", octets_to_pipe_},
                           {"out", octets_from_pipe_}});
  client_.close_when_sent();
  if (pipe_) pipe_->close_when_sent();
  role_.forget(number_);
}

AccessRole::AccessRole(RoleContext& context)
    : context_(context),
      tls_(context, {"imap", "pop3"}, tls::UnknownName::is_refused),
      old_links_(context.timers),
      ended_(context.timers),
      addresses_(0) {}

bool AccessRole::prepare() {
  auto config = given_configuration(context_);
  if (!config || !tls_.load()) return false;
  config_ = std::move(*config);
  addresses_.set_max(config_.limits.sessions_per_address_max);
  for (auto& [name, descriptor] : context_.given) {
    const auto service = service_of(name);
    if (!service) continue;
    listeners_.push_back(context_.net.listen(
        std::move(descriptor),
        [this, it = *service](std::unique_ptr<Connection> client) {
          accepted(it, std::move(client));
        }));
  }
  return true;
}

void AccessRole::accepted(const AccessService& service,
                          std::unique_ptr<Connection> client) {
  const std::string session = session_id(context_.random);
  context_.log.line(Severity::info, "connection_accepted",
                    {{"session", session},
                     {"service", service.name},
                     {"peer", client->peer().text},
                     {"tls", service.implicit_tls ? "implicit" : "no"}});
  const std::uint64_t number = ++last_number_;
  const std::string address = client->peer().text;
  if (draining_ ||
      connections_.size() >= config_.limits.sessions_per_role_max ||
      !addresses_.begin(address)) {
    if (!service.refusal.empty()) client->send(octets(service.refusal));
    context_.log.line(Severity::notice, "connection_refused",
                      {{"session", session}, {"why", "too_many"}});
    client->close_when_sent();
    return;
  }
  const auto [at, made] = connections_.emplace(
      number, std::make_unique<AccessConnection>(*this, number, session,
                                                 std::string(service.name),
                                                 std::move(client)));
  at->second->start(service.implicit_tls);
}

void AccessRole::forget(std::uint64_t number) {
  const auto at = connections_.find(number);
  if (at == connections_.end()) return;
  addresses_.end(at->second->address());
  ended_.bury(std::move(at->second));
  connections_.erase(at);
  drain_when_empty();
}

void AccessRole::peer(ipc::RoleName role, std::uint32_t /*instance*/,
                      std::unique_ptr<Channel> channel) {
  if (role == ipc::RoleName::keys) return tls_.use_keys(std::move(channel));
  if (role != ipc::RoleName::login) return;
  old_links_.bury(std::move(login_));
  login_ = std::make_unique<Link>(
      std::move(channel),
      [this](const ipc::Received& received) { login_message(received); },
      [this] { old_links_.bury(std::move(login_)); });
}

void AccessRole::login_message(const ipc::Received& received) {
  if_message<ipc::ConnectionStartTls>(
      received, [this](const ipc::ConnectionStartTls& message) {
        const auto at = connections_.find(message.connection);
        if (at != connections_.end()) at->second->upgrade(message);
      });
}

void AccessRole::supervisor_message(ipc::Received message) {
  answer_status(context_, message, {{"sessions", connections_.size()}});
}

void AccessRole::reload() {
  if (auto config = given_configuration(context_)) {
    config_ = std::move(*config);
    addresses_.set_max(config_.limits.sessions_per_address_max);
  }
  tls_.load();
}

void AccessRole::drain() {
  draining_ = true;
  listeners_.clear();
  drain_when_empty();
}

void AccessRole::drain_when_empty() {
  if (draining_ && connections_.empty()) context_.supervisor.drained();
}

std::unique_ptr<Role> make_access(RoleContext& context) {
  auto role = std::make_unique<AccessRole>(context);
  if (!role->prepare()) return nullptr;
  return role;
}

}  // namespace postkeep::role
