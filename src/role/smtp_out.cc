#include "role/smtp_out.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "role/configuration.h"
#include "role/outbound_mail.h"
#include "role/role_table.h"
#include "role/status.h"

namespace postkeep::role {
namespace {

using std::chrono::seconds;

smtp::TlsPolicy policy_of(ipc::RemoteTls tls) {
  switch (tls) {
    case ipc::RemoteTls::none: return smtp::TlsPolicy::none;
    case ipc::RemoteTls::may: return smtp::TlsPolicy::opportunistic;
    case ipc::RemoteTls::encrypt:
    case ipc::RemoteTls::verify:
    case ipc::RemoteTls::dane: break;
  }
  return smtp::TlsPolicy::required;
}

smtp::ContentFacts facts_of(const RemoteWork& work) {
  smtp::ContentScan scan;
  scan.read(octets(work.header_prefix));
  scan.read(work.view ? work.view->octets() : Octets(work.text));
  return scan.facts();
}

}  // namespace

SmtpOutRole::SmtpOutRole(RoleContext& context)
    : context_(context),
      old_links_(context.timers),
      old_remotes_(context.timers) {}

bool SmtpOutRole::prepare() {
  tls::prepare();
  const auto config = given_configuration(context_);
  if (!config || !load_authorities()) return false;
  use_configuration(*config);
  return true;
}

// Those whose word counts; none is no reason not to send.
bool SmtpOutRole::load_authorities() {
  const auto pem = given_text(context_, "authorities");
  auto made = tls::ClientContext::make({.authorities_pem = pem.value_or("")});
  if (!made) {
    context_.log.line(Severity::error, "authorities_unusable",
                      {{"why", tls::name(made.error())}});
    return false;
  }
  tls_ = std::move(*made);
  if (tls_->authorities() == 0) {
    context_.log.line(Severity::warning, "no_authorities", {});
  }
  return true;
}

void SmtpOutRole::use_configuration(const config::Config& config) {
  outbound_ = config.outbound;
  hostname_ = config.hostname;
  handshake_wait_ =
      seconds(std::min(config.outbound.command_seconds,
                       std::uint64_t{config.timeouts.tls_handshake_seconds}));
}

void SmtpOutRole::reload() {
  const auto config = given_configuration(context_);
  if (config && load_authorities()) use_configuration(*config);
}

std::shared_ptr<const smtp::ClientOptions> SmtpOutRole::options_of(
    const ipc::RemoteOpen& open) const {
  auto options = std::make_shared<smtp::ClientOptions>();
  options->hostname = hostname_;
  options->lmtp = open.lmtp;
  options->tls = policy_of(open.tls);
  if (!open.user.empty()) options->auth_mechanisms = {"PLAIN", "LOGIN"};
  smtp::ClientLimits& limits = options->limits;
  const Duration command = seconds(outbound_.command_seconds);
  limits.greeting_wait = limits.hello_wait = limits.auth_wait =
      limits.mail_wait = limits.rcpt_wait = command;
  // Shorter ones of RFC 5321 stay unless the operator wants less.
  limits.starttls_wait = std::min(limits.starttls_wait, command);
  limits.data_wait = std::min(limits.data_wait, command);
  limits.reset_wait = std::min(limits.reset_wait, command);
  // The stream's own wait comes first, and knows more.
  limits.handshake_wait = handshake_wait_ + seconds(5);
  limits.block_wait = seconds(outbound_.block_seconds);
  limits.data_end_wait = seconds(outbound_.data_end_seconds);
  limits.idle_wait = seconds(outbound_.idle_seconds);
  return options;
}

void SmtpOutRole::peer(ipc::RoleName role, std::uint32_t /*instance*/,
                       std::unique_ptr<Channel> channel) {
  if (role != ipc::RoleName::spool) return;
  // Another spool tries all of it again: what has not been said to the end is
  // better not said, or the mail arrives twice.
  old_links_.bury(std::move(spool_));
  forget_all();
  spool_ = std::make_unique<Link>(
      std::move(channel),
      [this](ipc::Received received) { spool_message(std::move(received)); },
      [this] {
        old_links_.bury(std::move(spool_));
        forget_all();
      });
}

void SmtpOutRole::spool_message(ipc::Received received) {
  if (if_message<ipc::RemoteOpen>(received,
                                  [&](const ipc::RemoteOpen& one) {
                                    open(one, std::move(received.descriptors));
                                  }) ||
      if_message<ipc::RemoteMail>(received, [&](ipc::RemoteMail& one) {
        mail(std::move(one), std::move(received.descriptors));
      })) {
    return;
  }
  if_message<ipc::RemoteClose>(received, [&](const ipc::RemoteClose& one) {
    const auto at = remotes_.find(one.remote);
    if (at != remotes_.end()) at->second->finish();
  });
}

void SmtpOutRole::open(const ipc::RemoteOpen& open,
                       std::vector<Descriptor> descriptors) {
  // A number twice: spool is not well; the first one goes on.
  if (remotes_.contains(open.remote)) return;
  if (descriptors.size() != 1 || open.host.empty()) {
    return tell_not_opened(open.remote, "no_socket");
  }
  if (draining_ || remotes_.size() >= outbound_.sessions_max) {
    return tell_not_opened(open.remote, draining_ ? "draining" : "busy");
  }
  auto connection = context_.net.adopt(std::move(descriptors.front()));
  if (!connection) return tell_not_opened(open.remote, "no_socket");
  figures_.opened += 1;
  const auto at =
      remotes_
          .emplace(open.remote,
                   std::make_unique<Remote>(*this, open, std::move(connection)))
          .first;
  at->second->start();
}

std::unique_ptr<RemoteWork> SmtpOutRole::work_of(
    ipc::RemoteMail& mail, std::vector<Descriptor> descriptors) {
  auto work = std::make_unique<RemoteWork>();
  work->mail = mail.mail;
  work->queue_id = mail.queue_id;
  work->header_prefix = std::move(mail.header_prefix);
  if (mail.inline_text) {
    work->text = std::move(mail.text);
  } else {
    if (descriptors.size() != 1) return nullptr;
    auto view = context_.memory.view(descriptors.front(), mail.octets);
    if (!view) return nullptr;
    work->view = std::move(*view);
  }
  const Octets content = work->view ? work->view->octets() : work->text;
  if (content.size() != mail.octets) return nullptr;
  auto outgoing = outgoing_mail(mail, facts_of(*work));
  if (!outgoing) return nullptr;
  work->outgoing = std::move(*outgoing);
  work->results.assign(mail.recipients.size(),
                       {.outcome = smtp::Outcome::put_off,
                        .because = smtp::Because::quit,
                        .at = smtp::ClientState::ready,
                        .reply = {}});
  for (std::size_t i = 0; i < mail.recipients.size(); ++i) {
    work->open.push_back(i);
  }
  return work;
}

void SmtpOutRole::mail(ipc::RemoteMail mail,
                       std::vector<Descriptor> descriptors) {
  const auto at = remotes_.find(mail.remote);
  // Its end is on its way to spool.
  if (at == remotes_.end()) {
    return tell_not_tried(mail, smtp::Outcome::put_off, smtp::Because::quit);
  }
  auto work = work_of(mail, std::move(descriptors));
  if (!work) {
    context_.log.line(Severity::error, "mail_unusable",
                      {{"queue_id", mail.queue_id}});
    return tell_not_tried(mail, smtp::Outcome::deferred,
                          smtp::Because::content_unavailable);
  }
  at->second->take(std::move(work));
}

void SmtpOutRole::tell_not_tried(const ipc::RemoteMail& mail,
                                 smtp::Outcome outcome, smtp::Because because) {
  const auto at = remotes_.find(mail.remote);
  ipc::RemoteMailEnded told{.remote = mail.remote,
                            .mail = mail.mail,
                            .is_free = at != remotes_.end(),
                            .results = {}};
  told.results.assign(mail.recipients.size(),
                      remote_result({.outcome = outcome,
                                     .because = because,
                                     .at = smtp::ClientState::ready,
                                     .reply = {}}));
  tell(std::move(told));
}

void SmtpOutRole::tell_not_opened(std::uint64_t remote, std::string_view why) {
  tell(ipc::RemoteEnded{
      .remote = remote,
      .was_ready = false,
      .because = static_cast<std::uint8_t>(smtp::Because::quit),
      .at = static_cast<std::uint8_t>(smtp::ClientState::connected),
      .reply = {},
      .why = std::string(why)});
}

void SmtpOutRole::forget(std::uint64_t number) {
  const auto at = remotes_.find(number);
  if (at == remotes_.end()) return;
  old_remotes_.bury(std::move(at->second));
  remotes_.erase(at);
  drain_when_empty();
}

void SmtpOutRole::forget_all() {
  for (auto& [number, remote] : std::exchange(remotes_, {})) {
    remote->drop();
    old_remotes_.bury(std::move(remote));
  }
  drain_when_empty();
}

void SmtpOutRole::supervisor_message(ipc::Received message) {
  answer_status(context_, message,
                {{"sessions", remotes_.size()},
                 {"opened", figures_.opened},
                 {"delivered", figures_.delivered},
                 {"deferred", figures_.deferred},
                 {"refused", figures_.refused}});
}

void SmtpOutRole::drain() {
  draining_ = true;
  std::vector<std::uint64_t> numbers;
  numbers.reserve(remotes_.size());
  for (const auto& [number, remote] : remotes_) numbers.push_back(number);
  for (const std::uint64_t number : numbers) {
    const auto at = remotes_.find(number);
    if (at != remotes_.end()) at->second->drain();
  }
  drain_when_empty();
}

void SmtpOutRole::drain_when_empty() {
  if (draining_ && remotes_.empty()) context_.supervisor.drained();
}

std::unique_ptr<Role> make_smtp_out(RoleContext& context) {
  auto role = std::make_unique<SmtpOutRole>(context);
  if (!role->prepare()) return nullptr;
  return role;
}

}  // namespace postkeep::role
