#include "role/smtp.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "role/configuration.h"
#include "role/role_table.h"
#include "role/session_id.h"
#include "role/status.h"

namespace postkeep::role {
namespace {

constexpr std::uint32_t lmtp_transactions_max = 1'000'000;
constexpr std::uint32_t lmtp_commands_max = 1'000'000'000;

smtp::ServerOptions options_of(const config::Config& config,
                               smtp::Service service) {
  smtp::ServerOptions options;
  options.hostname = config.hostname;
  options.service = service;
  options.starttls = service != smtp::Service::submissions;
  options.relays = smtp::wants_login(service);
  if (smtp::wants_login(service)) {
    options.auth_mechanisms = {"PLAIN", "LOGIN"};
    if (config.accounts.scram) {
      options.auth_mechanisms = {"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "PLAIN",
                                 "LOGIN"};
    }
  }
  smtp::ServerLimits& limits = options.limits;
  const auto count = [](std::uint64_t value) {
    return static_cast<std::uint32_t>(value);
  };
  limits.message_octets_max = config.limits.message_octets_max;
  limits.recipients_max = count(config.limits.recipients_max);
  limits.transactions_max = count(config.limits.messages_per_session_max);
  limits.commands_max = count(config.limits.commands_per_session_max);
  if (service == smtp::Service::lmtp) {
    // A server keeps its connection for as long as it has mail.
    limits.transactions_max = lmtp_transactions_max;
    limits.commands_max = lmtp_commands_max;
  }
  limits.errors_max = count(config.limits.errors_per_session_max);
  limits.chunks_max = count(config.limits.chunks_per_message_max);
  limits.received_fields_max = count(config.limits.received_fields_max);
  limits.command_wait = limits.first_command_wait =
      std::chrono::seconds(config.timeouts.smtp_command_seconds);
  limits.data_wait = std::chrono::seconds(config.timeouts.smtp_data_seconds);
  limits.session_wait =
      std::chrono::seconds(config.timeouts.smtp_session_seconds);
  limits.tls_wait = std::chrono::seconds(config.timeouts.tls_handshake_seconds);
  return options;
}

smtp::Service service_of(std::string_view listen_name) {
  if (listen_name.starts_with("listen:submissions:")) {
    return smtp::Service::submissions;
  }
  if (listen_name.starts_with("listen:lmtp:")) return smtp::Service::lmtp;
  return listen_name.starts_with("listen:submission:")
             ? smtp::Service::submission
             : smtp::Service::mx;
}

std::string_view name_of(smtp::Service service) {
  switch (service) {
    case smtp::Service::mx: return "smtp";
    case smtp::Service::submission: return "submission";
    case smtp::Service::lmtp: return "lmtp";
    case smtp::Service::submissions: break;
  }
  return "submissions";
}

}  // namespace

SmtpRole::SmtpRole(RoleContext& context, bool is_submission)
    : context_(context),
      is_submission_(is_submission),
      counted_(context.clock, auth::UsageLimits{}),
      tls_(context, {},
           is_submission ? tls::UnknownName::is_refused
                         : tls::UnknownName::gets_the_first),
      old_links_(context.timers),
      old_connections_(context.timers),
      addresses_(0) {}

bool SmtpRole::prepare() {
  auto config = given_configuration(context_);
  if (!config || !tls_.load()) return false;
  use_configuration(std::move(*config));
  listen();
  return true;
}

void SmtpRole::use_configuration(config::Config config) {
  config_ = std::move(config);
  addresses_.set_max(config_.limits.sessions_per_address_max);
  for (const smtp::Service service :
       {smtp::Service::mx, smtp::Service::submission,
        smtp::Service::submissions, smtp::Service::lmtp}) {
    options_[service] = std::make_shared<const smtp::ServerOptions>(
        options_of(config_, service));
  }
  mending_rules_ = {.hostname = config_.hostname, .hidden_fields = {}};
  for (const std::string& field : config_.submission.hidden_fields) {
    if (submission::may_be_hidden(field)) {
      mending_rules_.hidden_fields.push_back(field);
    } else {
      context_.log.line(Severity::warning, "field_cannot_be_hidden",
                        {{"field", field}});
    }
  }
  // The kernel lets nobody else listen to a local socket.
  smtp::ServerOptions local = *options_.at(smtp::Service::lmtp);
  local.starttls = false;
  local_lmtp_ = std::make_shared<const smtp::ServerOptions>(std::move(local));
}

void SmtpRole::listen() {
  for (auto& [name, descriptor] : context_.given) {
    if (!name.starts_with("listen:")) continue;
    const smtp::Service service = service_of(name);
    listeners_.push_back(context_.net.listen(
        std::move(descriptor),
        [this, service](std::unique_ptr<Connection> client) {
          accepted(service, std::move(client));
        }));
  }
}

std::shared_ptr<const smtp::ServerOptions> SmtpRole::options(
    smtp::Service service, bool is_local) const {
  if (service == smtp::Service::lmtp && is_local) return local_lmtp_;
  return options_.at(service);
}

// Whoever hands mail over by LMTP is not kept out by strangers, nor they by
// him.
bool SmtpRole::has_room(smtp::Service service, const std::string& address) {
  if (draining_) return false;
  if (service == smtp::Service::lmtp) {
    if (lmtp_sessions_count_ >= config_.lmtp.sessions_max) return false;
    lmtp_sessions_count_ += 1;
    return true;
  }
  return connections_.size() - lmtp_sessions_count_ <
             config_.limits.sessions_per_role_max &&
         addresses_.begin(address);
}

void SmtpRole::accepted(smtp::Service service,
                        std::unique_ptr<Connection> client) {
  const std::string session = session_id(context_.random);
  const PeerAddress& peer = client->peer();
  const std::string address =
      peer.text.empty() ? "uid:" + std::to_string(peer.uid) : peer.text;
  context_.log.line(
      Severity::info, "connection_accepted",
      {{"session", session}, {"service", name_of(service)}, {"peer", address}});
  if (!has_room(service, client->peer().text)) {
    return refuse(service, session, *client);
  }
  const std::uint64_t number = ++last_number_;
  const auto at = connections_
                      .emplace(number, std::make_unique<SmtpConnection>(
                                           *this, number, session, service,
                                           std::move(client)))
                      .first;
  at->second->start();
}

// Too many of them: said before the banner (RFC 5321 section 3.1 lets a server
// open with 421 in effect: "this code to any command").
void SmtpRole::refuse(smtp::Service service, const std::string& session,
                      Connection& client) {
  context_.log.line(Severity::notice, "connection_refused",
                    {{"session", session}, {"why", "too_many"}});
  if (service != smtp::Service::submissions) {
    client.send(octets("421 4.7.0 " + config_.hostname +
                       " Too many connections, try again later\r\n"));
  }
  client.close_when_sent();
}

void SmtpRole::peer(ipc::RoleName role, std::uint32_t /*instance*/,
                    std::unique_ptr<Channel> channel) {
  if (role == ipc::RoleName::keys) return tls_.use_keys(std::move(channel));
  if (role == ipc::RoleName::auth) {
    old_links_.bury(std::move(auth_));
    auth_ended();
    auth_ = std::make_unique<Link>(
        std::move(channel),
        [this](const ipc::Received& received) { auth_message(received); },
        [this] {
          old_links_.bury(std::move(auth_));
          auth_ended();
        });
    report_usage();
  } else if (role == ipc::RoleName::spool) {
    old_links_.bury(std::move(spool_));
    spool_ended();
    spool_ = std::make_unique<Link>(
        std::move(channel),
        [this](const ipc::Received& received) { spool_message(received); },
        [this] {
          old_links_.bury(std::move(spool_));
          spool_ended();
        });
  }
}

SmtpConnection* SmtpRole::find(std::uint64_t connection) {
  const auto at = connections_.find(connection);
  return at == connections_.end() ? nullptr : at->second.get();
}

void SmtpRole::auth_message(const ipc::Received& received) {
  if_message<ipc::SenderAnswer>(
      received, [this](const ipc::SenderAnswer& answer) {
        const auto asked = senders_asked_.extract(answer.question);
        if (!asked) return;
        if (SmtpConnection* connection = find(asked.mapped().connection)) {
          connection->answered(asked.mapped().question, answer);
        }
      });
  if_message<ipc::RecipientAnswer>(
      received, [this](const ipc::RecipientAnswer& answer) {
        const auto asked = recipients_asked_.extract(answer.question);
        if (!asked) return;
        if (SmtpConnection* connection = find(asked.mapped().connection)) {
          connection->answered(asked.mapped().question, answer);
        }
      });
  if_message<ipc::AuthAnswer>(received, [this](const ipc::AuthAnswer& answer) {
    const auto at = exchanges_.find(answer.exchange);
    if (at == exchanges_.end()) return;
    if (SmtpConnection* connection = find(at->second)) {
      connection->answered(answer);
    }
  });
}

void SmtpRole::spool_message(const ipc::Received& received) {
  if_message<ipc::OfferAnswer>(
      received, [this](const ipc::OfferAnswer& answer) {
        const auto offer = offers_.extract(answer.offer);
        if (!offer) return;
        if (answer.verdict == ipc::OfferVerdict::durable) {
          messages_accepted_ += 1;
        }
        if (SmtpConnection* connection = find(offer.mapped().connection)) {
          connection->answered(offer.mapped().question, answer);
        }
      });
}

// What was asked of a role that has gone is answered with "later".
void SmtpRole::auth_ended() {
  for (const auto& [number, asked] : std::exchange(senders_asked_, {})) {
    if (SmtpConnection* connection = find(asked.connection)) {
      connection->answered(asked.question, ipc::SenderAnswer{});
    }
  }
  for (const auto& [number, asked] : std::exchange(recipients_asked_, {})) {
    if (SmtpConnection* connection = find(asked.connection)) {
      connection->answered(asked.question, ipc::RecipientAnswer{});
    }
  }
  const auto exchanges = exchanges_;
  for (const auto& [exchange, number] : exchanges) {
    if (SmtpConnection* connection = find(number)) {
      ipc::AuthAnswer answer;
      answer.exchange = exchange;
      connection->answered(answer);
    }
  }
}

// A message may be durable or not: the client tries again, and RFC 5321
// section 6.1 prefers twice to never.
void SmtpRole::spool_ended() {
  for (const auto& [number, offer] : std::exchange(offers_, {})) {
    if (SmtpConnection* connection = find(offer.connection)) {
      connection->answered(offer.question, ipc::OfferAnswer{});
    }
  }
}

void SmtpRole::forget(std::uint64_t number) {
  const auto at = connections_.find(number);
  if (at == connections_.end()) return;
  if (at->second->service() == smtp::Service::lmtp) {
    lmtp_sessions_count_ -= 1;
  } else {
    addresses_.end(at->second->address());
  }
  old_connections_.bury(std::move(at->second));
  connections_.erase(at);
  drain_when_empty();
}

void SmtpRole::supervisor_message(ipc::Received message) {
  answer_status(context_, message,
                {{"sessions", connections_.size() - lmtp_sessions_count_},
                 {"lmtp_sessions", lmtp_sessions_count_},
                 {"messages_accepted", messages_accepted_},
                 {"octets_in_flight", octets_in_flight_}});
}

void SmtpRole::reload() {
  if (auto config = given_configuration(context_)) {
    use_configuration(std::move(*config));
  }
  tls_.load();
}

void SmtpRole::drain() {
  draining_ = true;
  listeners_.clear();
  std::vector<SmtpConnection*> all;
  all.reserve(connections_.size());
  for (const auto& [number, connection] : connections_) {
    all.push_back(connection.get());
  }
  for (SmtpConnection* connection : all) connection->drain();
  drain_when_empty();
}

void SmtpRole::drain_when_empty() {
  if (draining_ && connections_.empty()) context_.supervisor.drained();
}

std::unique_ptr<Role> make_smtp_in(RoleContext& context) {
  auto role = std::make_unique<SmtpRole>(context, false);
  if (!role->prepare()) return nullptr;
  return role;
}

std::unique_ptr<Role> make_submission(RoleContext& context) {
  auto role = std::make_unique<SmtpRole>(context, true);
  if (!role->prepare()) return nullptr;
  return role;
}

}  // namespace postkeep::role
