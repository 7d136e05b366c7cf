// The laws of auth/sasl.h. Each returns true when it holds.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "auth/account.h"
#include "auth/sasl.h"
#include "base/octets.h"
#include "sim/sim_random.h"

namespace postkeep::auth {

// What a client was told in an exchange in which it said `messages`, each
// password being found wrong: kinds and challenges, but no salts or nonces.
struct Conversation {
  std::vector<std::string> steps;
  bool authenticated = false;
  bool operator==(const Conversation&) const = default;
};

inline Conversation converse(Mechanism mechanism, const Binding& binding,
                             std::shared_ptr<const AccountTable> accounts,
                             const std::vector<std::string>& messages) {
  sim::SimRandom random(7);
  const crypto::Sha256 key{1, 2, 3};
  Exchange exchange(mechanism, binding, {std::move(accounts), &random, &key});
  Conversation said;
  Step step = exchange.start({});
  for (std::size_t i = 0; i <= messages.size(); ++i) {
    if (std::holds_alternative<PasswordWanted>(step)) {
      said.steps.emplace_back("password");
      step = exchange.password_checked(false);
    }
    if (const auto* challenge = std::get_if<Challenge>(&step)) {
      said.steps.push_back("challenge " +
                           std::to_string(challenge->octets.size()));
      if (i < messages.size()) step = exchange.step(octets(messages[i]));
      continue;
    }
    said.authenticated = std::holds_alternative<Authenticated>(step);
    if (const auto* refused = std::get_if<Refused>(&step))
      said.steps.emplace_back(name(refused->failure));
    break;
  }
  return said;
}

// Without the right password or proof nobody is let in, whatever is said, and
// the exchange ends after a few messages.
inline bool law_nobody_gets_in(Mechanism mechanism, const Binding& binding,
                               std::shared_ptr<const AccountTable> accounts,
                               const std::vector<std::string>& messages) {
  const Conversation said =
      converse(mechanism, binding, std::move(accounts), messages);
  return !said.authenticated && said.steps.size() <= 5;
}

// Who exists cannot be told by asking: with the table and without any account
// the same is said. (All accounts have the same cost and iterations.)
inline bool law_existence_stays_unknown(
    Mechanism mechanism, const Binding& binding,
    std::shared_ptr<const AccountTable> accounts,
    const std::vector<std::string>& messages) {
  return converse(mechanism, binding, std::move(accounts), messages) ==
         converse(mechanism, binding, std::make_shared<AccountTable>(),
                  messages);
}

}  // namespace postkeep::auth
