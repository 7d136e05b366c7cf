#include "auth/sasl.h"

#include <algorithm>
#include <array>
#include <utility>

#include "auth/account.h"
#include "auth/plain.h"
#include "auth/scram.h"
#include "auth/verifier.h"
#include "base/check.h"
#include "crypto/base64.h"

namespace postkeep::auth {
namespace {

constexpr std::array<std::pair<Mechanism, std::string_view>, 4> names{{
    {Mechanism::plain, "PLAIN"},
    {Mechanism::login, "LOGIN"},
    {Mechanism::scram_sha_256, "SCRAM-SHA-256"},
    {Mechanism::scram_sha_256_plus, "SCRAM-SHA-256-PLUS"},
}};

enum class State : std::uint8_t {
  begun,
  wanting,
  naming,
  proving,
  asking,
  agreeing,
  ended,
};

Challenge challenge(std::string_view text) {
  return {{text.begin(), text.end()}};
}

bool is_same_identity(std::string_view authzid, std::string_view user) {
  return authzid.empty() || folded(authzid) == folded(user);
}

// A verifier for who does not exist: the same at each attempt, and nothing
// but the key tells it from a real one.
ScramVerifier imagined(const crypto::Sha256& key, std::string_view user) {
  const std::string name = folded(user);
  const auto derived = [&](std::string_view purpose) {
    return crypto::hmac_sha256(key, octets(std::string(purpose) + name));
  };
  const crypto::Sha256 salt = derived("salt ");
  ScramVerifier verifier;
  verifier.salt.assign(salt.begin(), salt.begin() + scram_salt_octets);
  verifier.iterations = scram_iterations;
  verifier.stored_key = crypto::Secret(Octets(derived("stored key ")));
  verifier.server_key = crypto::Secret(Octets(derived("server key ")));
  return verifier;
}

}  // namespace

struct Exchange::Inside {
  Mechanism mechanism;
  Binding binding;
  ExchangeSurroundings surroundings;
  State state = State::begun;
  std::string user;  // Claimed.

  // SCRAM, between its two messages.
  std::string account;  // Empty: the user does not exist, or has no verifier.
  ScramVerifier verifier;
  std::string nonce;
  std::string first_messages;        // client-first-bare "," server-first
  std::vector<Octet> binding_input;  // What the client must have bound to.

  Step refuse(ExchangeFailure failure);
  Step ask(Octets password);
  Step begin(std::optional<Octets> initial_response);
  Step step(Octets response);
  Step read_plain_message(Octets message);
  Step read_name(Octets name);
  Step read_client_first(Octets message);
  Step read_client_final(Octets message);
  [[nodiscard]] bool binds_as_it_should(const ClientFirst& first);
  void look_up();
};

Step Exchange::Inside::refuse(ExchangeFailure failure) {
  state = State::ended;
  return Refused{failure};
}

Step Exchange::Inside::ask(Octets password) {
  if (password.size() > password_octets_max)
    return refuse(ExchangeFailure::too_long);
  state = State::asking;
  return PasswordWanted{user, crypto::Secret(password)};
}

Step Exchange::Inside::begin(std::optional<Octets> initial_response) {
  if (mechanism == Mechanism::login) {
    state = State::naming;
    return initial_response ? step(*initial_response) : challenge("Username:");
  }
  state = State::wanting;
  return initial_response ? step(*initial_response) : challenge("");
}

Step Exchange::Inside::step(Octets response) {
  if (response.size() > sasl_message_octets_max)
    return refuse(ExchangeFailure::too_long);
  switch (state) {
    case State::wanting:
      return mechanism == Mechanism::plain ? read_plain_message(response)
                                           : read_client_first(response);
    case State::naming: return read_name(response);
    case State::proving:
      if (mechanism != Mechanism::login) return read_client_final(response);
      if (!is_prepared(response))
        return refuse(ExchangeFailure::outside_grammar);
      return ask(response);
    case State::agreeing:
      if (!response.empty()) return refuse(ExchangeFailure::outside_grammar);
      state = State::ended;
      return Authenticated{account};
    case State::begun:
    case State::asking:
    case State::ended: break;
  }
  check_failed("an answer to a challenge", __FILE__, __LINE__);
}

Step Exchange::Inside::read_plain_message(Octets message) {
  auto read = read_plain(message);
  if (!read) return refuse(ExchangeFailure::outside_grammar);
  if (read->authcid.size() > identity_octets_max ||
      read->authzid.size() > identity_octets_max) {
    return refuse(ExchangeFailure::too_long);
  }
  user = std::move(read->authcid);
  if (!is_same_identity(read->authzid, user))
    return refuse(ExchangeFailure::identity_refused);
  return ask(read->password.octets());
}

Step Exchange::Inside::read_name(Octets name) {
  if (!is_prepared(name)) return refuse(ExchangeFailure::outside_grammar);
  if (name.size() > identity_octets_max)
    return refuse(ExchangeFailure::too_long);
  user.assign(name.begin(), name.end());
  state = State::proving;
  return challenge("Password:");
}

// RFC 5802 section 6, and what this connection can bind to.
bool Exchange::Inside::binds_as_it_should(const ClientFirst& first) {
  binding_input.assign(first.gs2_header.begin(), first.gs2_header.end());
  if (mechanism == Mechanism::scram_sha_256) {
    // "y" where we did offer it: someone between us has taken it away.
    return first.flag == BindingFlag::not_supported ||
           (first.flag == BindingFlag::not_offered && !binding.can_bind());
  }
  if (first.flag != BindingFlag::wanted) return false;
  const std::vector<Octet>* data = nullptr;
  if (first.binding_name == "tls-exporter") data = &binding.exporter;
  if (first.binding_name == "tls-server-end-point") data = &binding.end_point;
  if (data == nullptr || data->empty()) return false;
  binding_input.insert(binding_input.end(), data->begin(), data->end());
  return true;
}

void Exchange::Inside::look_up() {
  // Both are made, whichever is taken: equal time.
  verifier = imagined(*surroundings.salt_key, user);
  const Account* known = surroundings.accounts->login(user);
  if (known == nullptr || known->scram.empty()) return;
  auto kept = read_verifier(known->scram);
  if (!kept) return;
  verifier = std::move(*kept);
  account = known->address;
}

Step Exchange::Inside::read_client_first(Octets message) {
  auto first = auth::read_client_first(message);
  if (!first) {
    return refuse(first.error() == ScramError::too_long
                      ? ExchangeFailure::too_long
                      : ExchangeFailure::outside_grammar);
  }
  if (first->user.size() > identity_octets_max)
    return refuse(ExchangeFailure::too_long);
  user = first->user;
  if (!is_same_identity(first->authzid, user))
    return refuse(ExchangeFailure::identity_refused);
  if (!binds_as_it_should(*first))
    return refuse(ExchangeFailure::binding_refused);
  look_up();
  std::array<Octet, 18> own{};
  surroundings.random->fill(own);
  nonce = first->nonce + crypto::write_base64(own);
  const std::string answer =
      write_server_first(nonce, verifier.salt, verifier.iterations);
  first_messages = first->bare + "," + answer;
  state = State::proving;
  return challenge(answer);
}

Step Exchange::Inside::read_client_final(Octets message) {
  const auto final = auth::read_client_final(message);
  if (!final) {
    return refuse(final.error() == ScramError::too_long
                      ? ExchangeFailure::too_long
                      : ExchangeFailure::outside_grammar);
  }
  if (final->nonce != nonce) return refuse(ExchangeFailure::wrong_proof);
  // What is bound to is keying material of the channel.
  if (!crypto::equal_secrets(final->binding, binding_input))
    return refuse(ExchangeFailure::binding_refused);
  const std::string auth_message = first_messages + "," + final->without_proof;
  const bool fits = proof_fits(verifier, octets(auth_message), final->proof);
  const crypto::Sha256 signature =
      server_signature(verifier, octets(auth_message));
  if (!fits || account.empty()) return refuse(ExchangeFailure::wrong_proof);
  state = State::agreeing;
  return challenge(write_server_final(signature));
}

Exchange::Exchange(Mechanism mechanism, Binding binding,
                   ExchangeSurroundings surroundings)
    : inside_(std::make_unique<Inside>()) {
  PK_CHECK(surroundings.accounts && surroundings.random != nullptr &&
           surroundings.salt_key != nullptr);
  inside_->mechanism = mechanism;
  inside_->binding = std::move(binding);
  inside_->surroundings = std::move(surroundings);
}
Exchange::Exchange(Exchange&&) noexcept = default;
Exchange& Exchange::operator=(Exchange&&) noexcept = default;
Exchange::~Exchange() = default;

Step Exchange::start(std::optional<Octets> initial_response) {
  PK_CHECK(inside_->state == State::begun);
  return inside_->begin(initial_response);
}

Step Exchange::step(Octets response) { return inside_->step(response); }

Step Exchange::password_checked(bool fits) {
  PK_CHECK(inside_->state == State::asking);
  const Account* known = inside_->surroundings.accounts->login(inside_->user);
  if (!fits || known == nullptr)
    return inside_->refuse(ExchangeFailure::wrong_password);
  inside_->state = State::ended;
  return Authenticated{known->address};
}

Mechanism Exchange::mechanism() const { return inside_->mechanism; }

const std::string& Exchange::claimed_user() const { return inside_->user; }

std::optional<Mechanism> mechanism_named(std::string_view name) {
  const auto is_same = [](char a, char b) {
    return (a >= 'a' && a <= 'z' ? a - ('a' - 'A') : a) == b;
  };
  for (const auto& [mechanism, text] : names)
    if (std::ranges::equal(name, text, is_same)) return mechanism;
  return std::nullopt;
}

std::string_view name(Mechanism mechanism) {
  for (const auto& [one, text] : names)
    if (one == mechanism) return text;
  check_failed("Mechanism holds one of its enumerators", __FILE__, __LINE__);
}

std::string_view name(ExchangeFailure failure) {
  switch (failure) {
    case ExchangeFailure::outside_grammar: return "outside_grammar";
    case ExchangeFailure::too_long: return "too_long";
    case ExchangeFailure::identity_refused: return "identity_refused";
    case ExchangeFailure::binding_refused: return "binding_refused";
    case ExchangeFailure::wrong_proof: return "wrong_proof";
    case ExchangeFailure::wrong_password: return "wrong_password";
  }
  check_failed("ExchangeFailure holds one of its enumerators", __FILE__,
               __LINE__);
}

}  // namespace postkeep::auth
