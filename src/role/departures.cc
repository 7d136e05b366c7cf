#include "role/departures.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>
#include <variant>

#include "role/outbound_rules.h"

namespace postkeep::role {
namespace {

// The domain of a mailbox, in small letters: the name of its queue.
std::string destination_of(const std::string& mailbox) {
  std::string domain = mailbox.substr(mailbox.rfind('@') + 1);
  for (char& c : domain) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return domain.empty() ? "." : domain;
}

spool::ScheduleLimits limits_of(const config::Queue& queue) {
  spool::ScheduleLimits limits;
  limits.retry_wait_min = std::chrono::seconds(queue.retry_seconds_min);
  limits.retry_wait_max = std::max<Duration>(
      limits.retry_wait_min, std::chrono::seconds(queue.retry_seconds_max));
  limits.destination_wait_max =
      std::min(limits.retry_wait_max, limits.destination_wait_max);
  limits.delay_notice_after = std::chrono::seconds(queue.delay_notice_seconds);
  limits.lifetime = std::chrono::seconds(queue.lifetime_seconds);
  limits.jobs_max = static_cast<std::uint32_t>(queue.connections_max);
  limits.destination_jobs_max =
      static_cast<std::uint32_t>(queue.connections_per_destination_max);
  return limits;
}

}  // namespace

std::vector<spool::OutsideRecipient> outside_recipients(
    const spool::Entry& entry) {
  std::vector<spool::OutsideRecipient> outside;
  for (std::uint32_t i = 0; i < entry.recipients.size(); ++i) {
    const spool::Recipient& recipient = entry.recipients[i];
    if (!recipient.user.empty()) continue;
    outside.push_back({i, destination_of(recipient.forward_path), 0, {}, {}});
  }
  return outside;
}

Departures::Departures(RoleContext& context, DeparturesOwner& owner)
    : context_(context),
      owner_(owner),
      dns_(context.timers, dns_grace_seconds),
      routes_(dns_, context.random, context.timers),
      old_links_(context.timers) {}

Departures::~Departures() { context_.timers.cancel(timer_); }

void Departures::use(const config::Config& config) {
  config_ = config;
  schedule_.set_limits(limits_of(config.queue));
  dns_.wait_for(std::chrono::milliseconds(config.dns.deadline_milliseconds) +
                dns_grace_seconds);
  route::RouteOptions options;
  if (const auto own = DnsName::read(config.hostname)) {
    options.own_names.push_back(*own);
  }
  for (const route::AddressPrefix& own :
       prefixes_of(config.outbound.own_addresses)) {
    options.own_addresses.push_back(own.address);
  }
  options.ipv4 = config.outbound.ipv4;
  options.ipv6 = config.outbound.ipv6;
  options.allowed = prefixes_of(config.outbound.allow_private);
  routes_.use(std::move(options));
}

bool Departures::peer(ipc::RoleName role, std::uint32_t instance,
                      std::unique_ptr<Channel>& channel) {
  if (role == ipc::RoleName::dns) {
    dns_.use(std::move(channel));
    has_dns_ = true;
  } else if (role == ipc::RoleName::connect) {
    connect_ended();
    connect_ = std::make_unique<Link>(
        std::move(channel),
        [this](ipc::Received received) {
          connect_message(std::move(received));
        },
        [this] { connect_ended(); });
  } else if (role == ipc::RoleName::smtp_out) {
    out_ended(instance);
    outs_[instance] = std::make_unique<Link>(
        std::move(channel),
        [this](ipc::Received received) { out_message(received); },
        [this, instance] { out_ended(instance); });
  } else if (role == ipc::RoleName::auth) {
    auth_ended();
    auth_ = std::make_unique<Link>(
        std::move(channel),
        [this](ipc::Received received) { auth_message(received); },
        [this] { auth_ended(); });
  } else {
    return false;
  }
  if (is_linked()) {
    for (const spool::Send& send : std::exchange(unlinked_, {})) act(send);
  }
  return true;
}

void Departures::appended(spool::MessageId id, const spool::Entry& entry,
                          std::uint64_t octets) {
  schedule_.appended(id, entry.queue_id, octets, outside_recipients(entry),
                     now());
}

void Departures::recovered(const spool::RecoveredMessage& message) {
  const WallTime wall = context_.clock.wall();
  auto outside = outside_recipients(message.entry);
  std::erase_if(outside, [&](const spool::OutsideRecipient& one) {
    return message.recipients_done[one.recipient];
  });
  for (const spool::Deferral& deferral : message.deferrals) {
    for (spool::OutsideRecipient& one : outside) {
      if (one.recipient != deferral.recipient) continue;
      one.attempts = deferral.attempts;
      // The clock may have jumped: nothing waits longer than it ever would.
      one.wait = std::clamp<Duration>(deferral.due - wall, Duration(0),
                                      schedule_.limits().retry_wait_max);
      one.answer = deferral.answer;
    }
  }
  schedule_.recovered(message.id, message.entry.queue_id,
                      message.message_octets, message.marks,
                      wall - message.entry.received, std::move(outside), now());
  set_timer();
}

void Departures::durable(spool::Sequence up_to) {
  spool::ScheduleEffects effects;
  schedule_.durable(up_to, now(), effects);
  act(std::move(effects));
}

// What comes of an effect is done after all that was wanted before it.
void Departures::act(spool::ScheduleEffects effects) {
  effects_.insert(effects_.end(), std::make_move_iterator(effects.begin()),
                  std::make_move_iterator(effects.end()));
  if (acting_) return;
  acting_ = true;
  while (!effects_.empty()) {
    for (const auto& effect : std::exchange(effects_, {})) {
      std::visit([this](const auto& one) { act(one); }, effect);
    }
  }
  acting_ = false;
  set_timer();
}

void Departures::act(const spool::Send& effect) {
  if (stopped_) return;
  if (!is_linked()) return unlinked_.push_back(effect);
  if (const auto remote = idle_session(effect.destination)) {
    return give(*remote, Trip{.send = effect});
  }
  route(effect);
}

void Departures::act(const spool::Settle& effect) {
  const bool is_told = effect.why == spool::SettleWhy::failed ||
                       effect.why == spool::SettleWhy::expired ||
                       effect.why == spool::SettleWhy::relayed;
  if (is_told) return report(effect);
  if (record_done(effect)) {
    settled(effect);
  } else {
    not_settled(effect);
  }
}

void Departures::act(const spool::TellDelay& effect) { tell_delay(effect); }

void Departures::act(const spool::NoteDeferral& effect) {
  // Refused, it is lost: the message is tried sooner after a restart.
  const auto noted = owner_.journal().append_deferral(
      {.id = effect.id,
       .recipient = effect.recipient,
       .attempts = effect.attempts,
       .due = context_.clock.wall() + effect.wait,
       .answer = schedule_.answer(effect.id, effect.recipient)});
  if (noted) owner_.recorded();
}

void Departures::act(const spool::MessageLeft& effect) {
  owner_.left(effect.id);
}

void Departures::set_timer() {
  context_.timers.cancel(std::exchange(timer_, {}));
  const auto due = schedule_.next_due();
  if (!due || stopped_) return;
  timer_ = context_.timers.after(std::max(*due - now(), Duration(0)), [this] {
    timer_ = TimerId::none;
    spool::ScheduleEffects effects;
    schedule_.tick(now(), effects);
    act(std::move(effects));
  });
}

}  // namespace postkeep::role
