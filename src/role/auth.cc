#include "role/auth.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

#include "role/configuration.h"
#include "role/role_table.h"
#include "role/status.h"

namespace postkeep::role {

AuthRole::AuthRole(RoleContext& context)
    : context_(context), old_links_(context.timers) {}

bool AuthRole::prepare() {
  crypto::prepare();
  auto config = given_configuration(context_);
  if (!config || context_.workers == nullptr) return false;
  config_ = std::move(*config);
  if (!load_accounts()) return false;
  const config::Accounts& settings = config_.accounts;
  auth::ThrottleLimits limits;
  limits.first_delay =
      std::chrono::milliseconds(settings.delay_first_milliseconds);
  limits.delay_max = std::chrono::seconds(settings.delay_seconds_max);
  limits.account_delay_max =
      std::min(limits.account_delay_max, limits.delay_max);
  throttle_ = std::make_unique<auth::Throttle>(context_.clock, limits);
  verified_ = std::make_unique<auth::VerifiedCache>(
      context_.random, context_.clock,
      settings.verified_seconds == 0 ? 0 : auth::verified_logins_max,
      std::chrono::seconds(settings.verified_seconds));
  waiting_ = std::make_unique<auth::FairQueue<std::shared_ptr<Check>>>(
      settings.waiting_max, waiting_of_address_max);
  usage_ =
      std::make_unique<auth::UsageLedger>(context_.clock, auth::UsageLimits{});
  limit_sending();
  return true;
}

// The operator's file, with the configuration's domains and separator.
bool AuthRole::load_accounts() {
  const auto text = given_text(context_, "accounts");
  auto file = auth::AccountFile::read(octets(text ? *text : std::string()));
  std::expected<auth::AccountTable, auth::AccountError> table =
      std::unexpected(auth::AccountError{});
  if (file) {
    file->set_rules(
        {.separators = config_.accounts.separator, .postmaster = ""},
        config_.domains);
    table = auth::AccountTable::make(*file);
  } else {
    table = std::unexpected(file.error());
  }
  if (!table) {
    context_.log.line(
        Severity::error, "accounts_unusable",
        {{"line", table.error().line}, {"why", name(table.error().fault)}});
    return false;
  }
  // The salts of users who do not exist must be the same tomorrow, and known
  // to nobody: they hang on a record that only this role has.
  std::string secret = "salts of nobody";
  for (const auth::Account& account : table->accounts()) {
    if (account.password == "!") continue;  // Known to everybody.
    secret += account.password;
    break;
  }
  salt_key_ = crypto::sha256(octets(secret));
  costs_.clear();
  for (const auth::Account& account : table->accounts()) {
    const auto record = auth::read_password_record(account.password);
    if (record) costs_.push_back(record->cost);
  }
  accounts_ = std::make_shared<const auth::AccountTable>(std::move(*table));
  context_.log.line(Severity::notice, "accounts_loaded",
                    {{"accounts", accounts_->accounts().size()}});
  return true;
}

void AuthRole::peer(ipc::RoleName role, std::uint32_t instance,
                    std::unique_ptr<Channel> channel) {
  const PeerName name{role, instance};
  forget_peer(name);
  peers_[name] = std::make_unique<Link>(
      std::move(channel),
      [this, name](ipc::Received received) {
        message(name, std::move(received));
      },
      [this, name] { forget_peer(name); });
}

void AuthRole::forget_peer(PeerName peer) {
  const auto at = peers_.find(peer);
  if (at != peers_.end()) {
    old_links_.bury(std::move(at->second));
    peers_.erase(at);
  }
  std::erase_if(exchanges_,
                [&](const auto& one) { return one.first.peer == peer; });
}

Link* AuthRole::link_of(PeerName peer) {
  const auto at = peers_.find(peer);
  return at == peers_.end() ? nullptr : at->second.get();
}

AuthRole::Running* AuthRole::find(const ExchangeName& name) {
  const auto at = exchanges_.find(name);
  return at == exchanges_.end() ? nullptr : &at->second;
}

// A role asks for what it is there for. Who has taken over the one that any
// stranger can talk to guesses no passwords here.
bool AuthRole::may_ask(ipc::RoleName role, ipc::Kind kind) {
  if (kind == ipc::Kind::sender_question || kind == ipc::Kind::usage_report) {
    return role == ipc::RoleName::submission;
  }
  if (kind == ipc::Kind::recipient_question) {
    return role == ipc::RoleName::smtp_in ||
           role == ipc::RoleName::submission || role == ipc::RoleName::pickup ||
           role == ipc::RoleName::spool;
  }
  return role == ipc::RoleName::login || role == ipc::RoleName::submission;
}

void AuthRole::message(PeerName peer, ipc::Received received) {
  if (!may_ask(peer.first, received.kind)) {
    return context_.log.line(Severity::error, "question_refused",
                             {{"peer", ipc::name(peer.first)}});
  }
  if_message<ipc::RecipientQuestion>(
      received,
      [&](const ipc::RecipientQuestion& question) { asked(peer, question); });
  if_message<ipc::SenderQuestion>(
      received,
      [&](const ipc::SenderQuestion& question) { asked(peer, question); });
  if_message<ipc::UsageReport>(
      received, [&](const ipc::UsageReport& report) { reported(report); });
  if_message<ipc::AuthStep>(
      received, [&](const ipc::AuthStep& step) { stepped(peer, step); });
  if_message<ipc::AuthEnd>(received, [&](const ipc::AuthEnd& end) {
    exchanges_.erase({peer, end.exchange});
  });
  if_message<ipc::SessionHandOver>(received, [&](ipc::SessionHandOver& given) {
    hand_over(peer, given, std::move(received.descriptors));
  });
}

void AuthRole::asked(PeerName peer, const ipc::RecipientQuestion& question) {
  Link* link = link_of(peer);
  if (link == nullptr) return;
  const auth::Resolution resolution = accounts_->resolve(question.mailbox);
  ipc::RecipientAnswer answer;
  answer.question = question.question;
  switch (resolution.locality) {
    case auth::Locality::here:
      answer.verdict = ipc::RecipientVerdict::local;
      break;
    case auth::Locality::unknown_user:
      answer.verdict = ipc::RecipientVerdict::unknown;
      break;
    case auth::Locality::not_here:
      answer.verdict = ipc::RecipientVerdict::not_local;
      break;
  }
  for (const auth::Destination& destination : resolution.destinations) {
    answer.users.push_back({destination.account, destination.detail});
  }
  static_cast<void>(link->send(std::move(answer)));
}

// Only login hands sessions over, and only of a user that it has proved.
void AuthRole::hand_over(PeerName peer, ipc::SessionHandOver& message,
                         std::vector<Descriptor> descriptors) {
  const ExchangeName name{peer, message.exchange};
  const Running* running = find(name);
  if (peer.first != ipc::RoleName::login || running == nullptr ||
      running->account.empty() || descriptors.size() != 1) {
    context_.log.line(Severity::error, "hand_over_refused",
                      {{"session", message.session}});
    return;
  }
  message.user = running->account;
  exchanges_.erase(name);
  context_.supervisor.send(ipc::SessionHandOver::kind,
                           ipc::write(std::move(message)),
                           std::move(descriptors));
}

void AuthRole::supervisor_message(ipc::Received message) {
  answer_status(context_, message,
                {{"accounts", accounts_->accounts().size()},
                 {"exchanges", exchanges_.size()},
                 {"waiting", waiting_->size()},
                 {"logins", logins_},
                 {"refusals", refusals_},
                 {"senders_refused", senders_refused_}});
}

void AuthRole::reload() {
  if (auto config = given_configuration(context_)) config_ = std::move(*config);
  limit_sending();
  load_accounts();
}

void AuthRole::drain() { context_.supervisor.drained(); }

std::unique_ptr<Role> make_auth(RoleContext& context) {
  auto role = std::make_unique<AuthRole>(context);
  if (!role->prepare()) return nullptr;
  return role;
}

}  // namespace postkeep::role
