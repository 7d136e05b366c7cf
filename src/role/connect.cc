#include "role/connect.h"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "role/configuration.h"
#include "role/outbound_rules.h"
#include "role/role_table.h"
#include "role/status.h"

namespace postkeep::role {
namespace {

ipc::ConnectVerdict verdict_of(DialOutcome outcome) {
  switch (outcome) {
    case DialOutcome::connected: return ipc::ConnectVerdict::connected;
    case DialOutcome::refused: return ipc::ConnectVerdict::refused;
    case DialOutcome::unreachable: return ipc::ConnectVerdict::unreachable;
    case DialOutcome::timed_out: return ipc::ConnectVerdict::timed_out;
    case DialOutcome::not_permitted:
    case DialOutcome::no_room:
    case DialOutcome::other: break;
  }
  return ipc::ConnectVerdict::trouble;
}

std::string_view why_of(DialOutcome outcome) {
  switch (outcome) {
    case DialOutcome::not_permitted: return "not_permitted";
    case DialOutcome::no_room: return "no_room";
    case DialOutcome::other: return "other";
    default: return "";
  }
}

}  // namespace

ConnectRole::ConnectRole(RoleContext& context)
    : context_(context), old_links_(context.timers) {}

bool ConnectRole::prepare() {
  const auto config = given_configuration(context_);
  if (!config || context_.dialer == nullptr) return false;
  use_configuration(*config);
  return true;
}

void ConnectRole::use_configuration(const config::Config& config) {
  rules_ = connect_rules_of(config.outbound);
  connects_max_ = config.outbound.connects_max;
  wait_ = std::chrono::seconds(config.outbound.connect_seconds);
}

void ConnectRole::reload() {
  if (const auto config = given_configuration(context_)) {
    use_configuration(*config);
  }
}

void ConnectRole::forget_all() {
  for (const auto& [ask, ticket] : waiting_) context_.dialer->forget(ticket);
  waiting_.clear();
}

void ConnectRole::peer(ipc::RoleName role, std::uint32_t /*instance*/,
                       std::unique_ptr<Channel> channel) {
  if (role != ipc::RoleName::spool) return;
  // What another spool wanted nobody waits for.
  old_links_.bury(std::move(spool_));
  forget_all();
  spool_ = std::make_unique<Link>(
      std::move(channel),
      [this](const ipc::Received& received) { spool_message(received); },
      [this] {
        old_links_.bury(std::move(spool_));
        forget_all();
      });
}

void ConnectRole::spool_message(const ipc::Received& received) {
  if (if_message<ipc::ConnectAsk>(
          received, [&](const ipc::ConnectAsk& ask) { asked(ask); })) {
    return;
  }
  if_message<ipc::ConnectForget>(received, [&](const ipc::ConnectForget& one) {
    const auto at = waiting_.find(one.ask);
    if (at == waiting_.end()) return;
    context_.dialer->forget(at->second);
    waiting_.erase(at);
  });
}

void ConnectRole::asked(const ipc::ConnectAsk& ask) {
  figures_.asked += 1;
  const DialTarget target{{ask.is_v6, ask.address}, ask.port};
  if (const auto refusal =
          refusal_of(rules_, address_of(target.address), target.port)) {
    return refuse(ask.ask, target, *refusal);
  }
  if (waiting_.size() >= connects_max_) {
    return answer(ask.ask, ipc::ConnectVerdict::busy, "");
  }
  // A number twice: spool is not well; the first one is answered.
  if (waiting_.contains(ask.ask)) return;
  waiting_[ask.ask] = context_.dialer->dial(
      target, wait_, [this, number = ask.ask, target](Dialled done) {
        waiting_.erase(number);
        dialled(number, target, std::move(done));
      });
}

void ConnectRole::dialled(std::uint64_t ask, const DialTarget& target,
                          Dialled dialled) {
  if (dialled.outcome != DialOutcome::connected) {
    figures_.failed += 1;
    return answer(ask, verdict_of(dialled.outcome), why_of(dialled.outcome));
  }
  const auto refusal = refusal_of_open(rules_, address_of(dialled.own_end),
                                       address_of(target.address));
  if (refusal) return refuse(ask, target, *refusal);
  figures_.connected += 1;
  answer(ask, ipc::ConnectVerdict::connected, "", std::move(dialled.socket));
}

void ConnectRole::refuse(std::uint64_t ask, const DialTarget& target,
                         route::ConnectRefusal why) {
  figures_.not_allowed += 1;
  context_.log.line(Severity::notice, "connect_not_allowed",
                    {{"address", write(address_of(target.address))},
                     {"port", target.port},
                     {"why", name(why)}});
  answer(ask, ipc::ConnectVerdict::not_allowed, name(why));
}

void ConnectRole::answer(std::uint64_t ask, ipc::ConnectVerdict verdict,
                         std::string_view why, Descriptor socket) {
  std::vector<Descriptor> descriptors;
  if (socket.holds()) descriptors.push_back(std::move(socket));
  // A spool that does not read what it asked for is dropped by its channel.
  if (spool_) {
    static_cast<void>(spool_->send(
        ipc::ConnectAnswer{
            .ask = ask, .verdict = verdict, .why = std::string(why)},
        std::move(descriptors)));
  }
}

void ConnectRole::supervisor_message(ipc::Received message) {
  answer_status(context_, message,
                {{"asked", figures_.asked},
                 {"waiting", waiting_.size()},
                 {"connected", figures_.connected},
                 {"not_allowed", figures_.not_allowed},
                 {"failed", figures_.failed}});
}

void ConnectRole::drain() {
  forget_all();
  context_.supervisor.drained();
}

std::unique_ptr<Role> make_connect(RoleContext& context) {
  auto role = std::make_unique<ConnectRole>(context);
  if (!role->prepare()) return nullptr;
  return role;
}

}  // namespace postkeep::role
