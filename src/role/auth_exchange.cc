// The half of auth that finds out who somebody is: exchanges, delays, workers.

#include <utility>
#include <variant>

#include "role/auth.h"

namespace postkeep::role {

void AuthRole::answer(const ExchangeName& name, ipc::AuthVerdict verdict,
                      std::vector<Octet> octets, std::string user) {
  if (Link* link = link_of(name.peer)) {
    static_cast<void>(link->send(ipc::AuthAnswer{.exchange = name.number,
                                                 .verdict = verdict,
                                                 .octets = std::move(octets),
                                                 .user = std::move(user)}));
  }
}

void AuthRole::stepped(PeerName peer, const ipc::AuthStep& step) {
  const ExchangeName name{peer, step.exchange};
  Running* running = find(name);
  if (running == nullptr) {
    const auto mechanism = auth::mechanism_named(step.mechanism);
    if (!mechanism) return answer(name, ipc::AuthVerdict::failure);
    return begin(name, step, *mechanism);
  }
  // A peer that steps out of turn is not well: the exchange is over.
  if (running->waits || !running->account.empty()) {
    exchanges_.erase(name);
    return answer(name, ipc::AuthVerdict::trouble);
  }
  after_delay(name, *running,
              [this, name, response = step.response](Running& one) {
                go_on(name, one, one.exchange.step(response));
              });
}

void AuthRole::begin(const ExchangeName& name, const ipc::AuthStep& step,
                     auth::Mechanism mechanism) {
  if (exchanges_.size() >= exchanges_max) {
    return answer(name, ipc::AuthVerdict::trouble);
  }
  auth::Exchange exchange(
      mechanism,
      {.exporter = step.tls_exporter, .end_point = step.tls_end_point},
      {.accounts = accounts_,
       .random = &context_.random,
       .salt_key = &salt_key_});
  Running& running = exchanges_
                         .emplace(name, Running{.exchange = std::move(exchange),
                                                .session = step.session,
                                                .address = step.peer,
                                                .account = {},
                                                .serial = ++last_serial_})
                         .first->second;
  go_on(name, running,
        running.exchange.start(step.has_response
                                   ? std::optional<Octets>(step.response)
                                   : std::nullopt));
}

void AuthRole::go_on(const ExchangeName& name, Running& running,
                     auth::Step step) {
  if (auto* challenge = std::get_if<auth::Challenge>(&step)) {
    return answer(name, ipc::AuthVerdict::challenge,
                  std::move(challenge->octets));
  }
  if (auto* wanted = std::get_if<auth::PasswordWanted>(&step)) {
    return check_password(name, running, std::move(*wanted));
  }
  const std::string mechanism{auth::name(running.exchange.mechanism())};
  if (auto* authenticated = std::get_if<auth::Authenticated>(&step)) {
    running.account = authenticated->account;
    throttle_->succeeded(running.address, running.account);
    logins_ += 1;
    context_.log.line(Severity::info, "login_succeeded",
                      {{"session", running.session},
                       {"user", running.account},
                       {"peer", running.address},
                       {"mechanism", mechanism}});
    return answer(name, ipc::AuthVerdict::success, {}, running.account);
  }
  const auto& refused = std::get<auth::Refused>(step);
  throttle_->failed(running.address, running.exchange.claimed_user());
  refusals_ += 1;
  context_.log.line(Severity::notice, "login_refused",
                    {{"session", running.session},
                     {"user", running.exchange.claimed_user()},
                     {"peer", running.address},
                     {"mechanism", mechanism},
                     {"why", auth::name(refused.failure)}});
  exchanges_.erase(name);
  answer(name, ipc::AuthVerdict::failure);
}

// Who failed before waits before the next attempt is looked at.
void AuthRole::after_delay(const ExchangeName& name, Running& running,
                           std::function<void(Running&)> then) {
  const Duration delay =
      throttle_->delay(running.address, running.exchange.claimed_user());
  if (delay <= Duration(0)) return then(running);
  running.waits = true;
  context_.timers.after(
      delay, [this, name, serial = running.serial, then = std::move(then)] {
        Running* one = find(name);
        if (one == nullptr || one->serial != serial) return;
        one->waits = false;
        then(*one);
      });
}

void AuthRole::check_password(const ExchangeName& name, Running& running,
                              auth::PasswordWanted wanted) {
  auto check = std::make_shared<Check>();
  check->exchange = name;
  check->serial = running.serial;
  check->user = std::move(wanted.user);
  check->password = std::move(wanted.password);
  after_delay(name, running, [this, name, check](Running& one) {
    const auth::Account* account = accounts_->login(check->user);
    check->exists = account != nullptr;
    if (check->exists) check->record_text = account->password;
    if (check->exists && verified_->holds(account->address, account->password,
                                          check->password.octets())) {
      return go_on(name, one, one.exchange.password_checked(true));
    }
    one.waits = true;
    if (!waiting_->push(auth::network_of(one.address), check)) {
      context_.log.line(
          Severity::warning, "login_deferred",
          {{"session", one.session}, {"why", "too_many_waiting"}});
      exchanges_.erase(name);
      return answer(name, ipc::AuthVerdict::trouble);
    }
    start_checks();
  });
}

// Records keep the cost that was configured when they were made. Whoever is not
// there, or has no password, costs what one of those who are there does: always
// the same one, by a key that nobody knows, as with the salts of SCRAM.
crypto::Argon2idCost AuthRole::cost_of_nobody(const std::string& user) const {
  if (costs_.empty()) {
    return {static_cast<std::uint32_t>(config_.accounts.argon2_passes),
            static_cast<std::uint32_t>(config_.accounts.argon2_memory_kib)};
  }
  const crypto::Sha256 mark =
      crypto::hmac_sha256(salt_key_, octets("cost of " + auth::folded(user)));
  std::size_t number = 0;
  for (std::size_t n = 0; n < sizeof(number); ++n) {
    number = number << 8 | mark[n];
  }
  return costs_[number % costs_.size()];
}

// As many at a time as there are workers: the queue before them is fair.
void AuthRole::start_checks() {
  while (checking_ < context_.workers->threads()) {
    auto next = waiting_->pop();
    if (!next) return;
    const std::shared_ptr<Check> check = std::move(*next);
    // Who asked may have gone meanwhile: nobody waits for the answer.
    const Running* running = find(check->exchange);
    if (running == nullptr || running->serial != check->serial) continue;
    checking_ += 1;
    const crypto::Argon2idCost cost = cost_of_nobody(check->user);
    context_.workers->run(
        [check, cost] {
          const auto record = auth::read_password_record(check->record_text);
          // Nobody's password costs what anybody's does.
          check->result =
              auth::verify(record ? *record : auth::dummy_record(cost),
                           check->password.octets());
        },
        [this, check] {
          checking_ -= 1;
          checked(*check);
          start_checks();
        });
  }
}

void AuthRole::checked(Check& check) {
  Running* running = find(check.exchange);
  if (running == nullptr || running->serial != check.serial) return;
  running->waits = false;
  if (check.result == auth::Verification::no_memory) {
    const ExchangeName name = check.exchange;
    exchanges_.erase(name);
    return answer(name, ipc::AuthVerdict::trouble);
  }
  const bool fits = check.exists && check.result == auth::Verification::fits;
  if (fits) {
    if (const auth::Account* account = accounts_->login(check.user)) {
      verified_->remember(account->address, check.record_text,
                          check.password.octets());
    }
  }
  go_on(check.exchange, *running, running->exchange.password_checked(fits));
}

}  // namespace postkeep::role
