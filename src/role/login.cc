#include "role/login.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "imap/login_session.h"
#include "pop3/login_session.h"
#include "role/configuration.h"
#include "role/login_configuration.h"
#include "role/role_table.h"
#include "role/status.h"

namespace postkeep::role {
namespace {

std::vector<Octet> octets_of(std::string_view text) {
  return {text.begin(), text.end()};
}

// nullptr: access gave a connection of a service that is not read here.
std::unique_ptr<login::Session> session_of(std::string_view service,
                                           login::Configuration configuration,
                                           const Clock& clock) {
  if (service == "imap") {
    return std::make_unique<imap::LoginSession>(std::move(configuration),
                                                clock);
  }
  if (service == "pop3") {
    return std::make_unique<pop3::LoginSession>(std::move(configuration),
                                                clock);
  }
  return nullptr;
}

}  // namespace

LoginConnection::LoginConnection(LoginRole& role, ipc::ConnectionOpened opened,
                                 std::unique_ptr<Connection> pipe,
                                 std::unique_ptr<login::Session> session)
    : role_(role),
      opened_(std::move(opened)),
      pipe_(std::move(pipe)),
      session_(std::move(session)) {
  pipe_->tell(this);
}

LoginConnection::~LoginConnection() { role_.context_.timers.cancel(timer_); }

void LoginConnection::start() { run(); }

void LoginConnection::received(Octets octets) {
  session_->received(octets);
  run();
}

void LoginConnection::tls_started(const ipc::TlsFacts& tls) {
  opened_.tls = tls;
  session_->tls_started();
  run();
}

// Does all that the session wants, then sees when it wants to be asked again.
void LoginConnection::run() {
  while (!ended_) {
    const auto effect = session_->next_effect();
    if (!effect) break;
    std::visit([this](const auto& one) { act(one); }, *effect);
  }
  if (ended_) return;
  send_now();
  pipe_->read_on(session_->wants_input());
  set_timer();
}

void LoginConnection::set_timer() {
  Timers& timers = role_.context_.timers;
  timers.cancel(std::exchange(timer_, TimerId::none));
  const Duration delay =
      std::max(session_->deadline() - role_.context_.clock.steady(),
               Duration(std::chrono::milliseconds(1)));
  timer_ = timers.after(delay, [this] {
    timer_ = TimerId::none;
    session_->tick();
    run();
  });
}

void LoginConnection::act(const login::SendOctets& effect) {
  unsent_ += effect.octets;
}

void LoginConnection::send_now() {
  if (!pipe_ || unsent_.empty()) return;
  octets_sent_ += unsent_.size();
  pipe_->send(octets(unsent_));
  unsent_.clear();
}

// The answers to what the client pipelined before it may be more than one
// message holds: what stands first goes through the pipe, and is waited for.
void LoginConnection::act(const login::BeginTls& effect) {
  if (unsent_.size() > ipc::text_octets_max) {
    const std::size_t first = unsent_.size() - ipc::text_octets_max;
    octets_sent_ += first;
    pipe_->send(octets(unsent_).first(first));
    unsent_.erase(0, first);
  }
  if (!role_.access_ || !role_.access_->send(ipc::ConnectionStartTls{
                            .connection = opened_.connection,
                            .octets_read = effect.octets_taken,
                            .octets_sent = octets_sent_,
                            .last = std::exchange(unsent_, {})})) {
    end("access_ended");
  }
}

// LOGIN says what PLAIN says (RFC 4616 section 2).
void LoginConnection::act(const login::CheckPassword& effect) {
  std::string response;
  response += '\0';
  response += effect.user_name;
  response += '\0';
  response += effect.password;
  // No password is as long: PLAIN would refuse it. Nor does a step hold it.
  if (response.size() > ipc::sasl_octets_max) response.clear();
  exchange_ = 0;
  ipc::AuthStep step;
  step.mechanism = "PLAIN";
  step.has_response = true;
  step.response = octets_of(response);
  ask(std::move(step));
}

void LoginConnection::act(const login::SaslStart& effect) {
  exchange_ = 0;
  ipc::AuthStep step;
  step.mechanism = effect.mechanism;
  step.has_response = effect.initial.has_value();
  step.response = octets_of(effect.initial.value_or(""));
  ask(std::move(step));
}

void LoginConnection::act(const login::SaslNext& effect) {
  ipc::AuthStep step;
  step.has_response = true;
  step.response = octets_of(effect.response);
  ask(std::move(step));
}

void LoginConnection::act(const login::SaslCancel& /*effect*/) {
  if (exchange_ == 0) return;
  role_.exchanges_.erase(exchange_);
  if (role_.auth_) {
    static_cast<void>(role_.auth_->send(ipc::AuthEnd{.exchange = exchange_}));
  }
  exchange_ = 0;
  asking_ = false;
}

void LoginConnection::ask(ipc::AuthStep step) {
  if (exchange_ == 0) {
    exchange_ = ++role_.last_exchange_;
    role_.exchanges_.emplace(exchange_, this);
  }
  step.exchange = exchange_;
  step.session = opened_.session;
  step.peer = opened_.peer;
  step.tls_exporter = opened_.tls.exporter;
  step.tls_end_point = opened_.tls.end_point;
  asking_ = true;
  if (!role_.auth_ || !role_.auth_->send(std::move(step))) auth_ended();
}

void LoginConnection::auth_ended() {
  if (!std::exchange(asking_, false)) return;
  role_.exchanges_.erase(exchange_);
  exchange_ = 0;
  // Not from within the session's own effect: it asks, then listens.
  role_.context_.timers.cancel(timer_);
  timer_ = role_.context_.timers.after(Duration(0), [this] {
    timer_ = TimerId::none;
    session_->refused(login::Refusal::unavailable);
    run();
  });
}

void LoginConnection::answered(const ipc::AuthAnswer& answer) {
  if (!asking_ || answer.exchange != exchange_) return;
  asking_ = false;
  switch (answer.verdict) {
    case ipc::AuthVerdict::challenge: session_->challenge(answer.octets); break;
    case ipc::AuthVerdict::success:
      if (answer.octets.empty()) {
        session_->accepted();
      } else {
        session_->accepted(
            std::string(answer.octets.begin(), answer.octets.end()));
      }
      break;
    case ipc::AuthVerdict::failure:
      role_.exchanges_.erase(std::exchange(exchange_, 0));
      session_->refused(login::Refusal::credentials);
      break;
    case ipc::AuthVerdict::trouble:
      role_.exchanges_.erase(std::exchange(exchange_, 0));
      session_->refused(login::Refusal::unavailable);
      break;
  }
  run();
}

void LoginConnection::act(const login::HandOver& effect) {
  hand_over_ = effect;
  hand_over_when_sent();
}

void LoginConnection::sent_all() { hand_over_when_sent(); }

void LoginConnection::hand_over_when_sent() {
  if (!hand_over_ || ended_) return;
  send_now();
  if (pipe_->unsent() > 0) return;
  ipc::SessionHandOver message{.exchange = exchange_,
                               .user = {},
                               .session = opened_.session,
                               .peer = opened_.peer,
                               .service = opened_.service,
                               .tls = opened_.tls.on,
                               .tag = hand_over_->tag,
                               .utf8 = hand_over_->utf8,
                               .unread = octets_of(hand_over_->unread),
                               .response = {}};
  std::vector<Descriptor> descriptors;
  descriptors.push_back(pipe_->release());
  pipe_.reset();
  const bool sent = role_.auth_ && role_.auth_->send(std::move(message),
                                                     std::move(descriptors));
  role_.exchanges_.erase(std::exchange(exchange_, 0));
  end(sent ? "handed_over" : "auth_unavailable");
}

void LoginConnection::act(const login::CloseConnection& effect) {
  send_now();
  pipe_->close_when_sent();
  end(effect.why);
}

void LoginConnection::ended(Trouble /*why*/) { end("closed_by_client"); }

void LoginConnection::shut_down() {
  session_->shut_down();
  run();
}

void LoginConnection::end(std::string_view why) {
  if (std::exchange(ended_, true)) return;
  role_.context_.log.line(Severity::info, "login_ended",
                          {{"session", opened_.session}, {"why", why}});
  role_.context_.timers.cancel(std::exchange(timer_, TimerId::none));
  act(login::SaslCancel{});
  if (pipe_) pipe_->close_when_sent();
  role_.forget(opened_.connection);
}

LoginRole::LoginRole(RoleContext& context)
    : context_(context),
      old_links_(context.timers),
      old_connections_(context.timers) {}

bool LoginRole::prepare() {
  auto config = given_configuration(context_);
  if (!config) return false;
  config_ = std::move(*config);
  return true;
}

void LoginRole::peer(ipc::RoleName role, std::uint32_t /*instance*/,
                     std::unique_ptr<Channel> channel) {
  if (role == ipc::RoleName::access) {
    old_links_.bury(std::move(access_));
    access_ = std::make_unique<Link>(
        std::move(channel),
        [this](ipc::Received received) { access_message(std::move(received)); },
        [this] { old_links_.bury(std::move(access_)); });
  } else if (role == ipc::RoleName::auth) {
    old_links_.bury(std::move(auth_));
    auth_ended();
    auth_ = std::make_unique<Link>(
        std::move(channel),
        [this](const ipc::Received& received) { auth_message(received); },
        [this] {
          old_links_.bury(std::move(auth_));
          auth_ended();
        });
  }
}

void LoginRole::access_message(ipc::Received received) {
  if_message<ipc::ConnectionOpened>(
      received, [&](ipc::ConnectionOpened& message) {
        if (received.descriptors.size() != 1) return;
        opened(std::move(message), std::move(received.descriptors[0]));
      });
  if_message<ipc::ConnectionTlsStarted>(
      received, [this](const ipc::ConnectionTlsStarted& message) {
        const auto at = connections_.find(message.connection);
        if (at != connections_.end()) at->second->tls_started(message.tls);
      });
}

void LoginRole::opened(ipc::ConnectionOpened message, Descriptor descriptor) {
  const std::uint64_t number = message.connection;
  if (draining_ || connections_.contains(number)) return;
  auto session =
      session_of(message.service, login_configuration(config_, message.tls.on),
                 context_.clock);
  if (!session) return;
  auto connection = std::make_unique<LoginConnection>(
      *this, std::move(message), context_.net.adopt(std::move(descriptor)),
      std::move(session));
  LoginConnection& started = *connection;
  connections_.emplace(number, std::move(connection));
  started.start();
}

void LoginRole::auth_message(const ipc::Received& received) {
  if_message<ipc::AuthAnswer>(received, [this](const ipc::AuthAnswer& answer) {
    const auto at = exchanges_.find(answer.exchange);
    if (at != exchanges_.end()) at->second->answered(answer);
  });
}

void LoginRole::auth_ended() {
  const auto asking = exchanges_;
  for (const auto& [exchange, connection] : asking) connection->auth_ended();
}

void LoginRole::forget(std::uint64_t connection) {
  const auto at = connections_.find(connection);
  if (at == connections_.end()) return;
  old_connections_.bury(std::move(at->second));
  connections_.erase(at);
  drain_when_empty();
}

void LoginRole::supervisor_message(ipc::Received message) {
  answer_status(context_, message,
                {{"sessions_before_login", connections_.size()}});
}

void LoginRole::reload() {
  if (auto config = given_configuration(context_)) config_ = std::move(*config);
}

void LoginRole::drain() {
  draining_ = true;
  std::vector<LoginConnection*> all;
  all.reserve(connections_.size());
  for (const auto& [number, connection] : connections_) {
    all.push_back(connection.get());
  }
  for (LoginConnection* connection : all) connection->shut_down();
  drain_when_empty();
}

void LoginRole::drain_when_empty() {
  if (draining_ && connections_.empty()) context_.supervisor.drained();
}

std::unique_ptr<Role> make_login(RoleContext& context) {
  auto role = std::make_unique<LoginRole>(context);
  if (!role->prepare()) return nullptr;
  return role;
}

}  // namespace postkeep::role
