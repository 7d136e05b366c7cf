// SASL exchanges, server side: the client's answers in, challenges out
// (RFC 4422; PLAIN RFC 4616; LOGIN draft-murchison-sasl-login; SCRAM RFC 5802).
//
// Here:      Mechanism, Exchange, its Step values.
// Not here:  base64 and the words around it (smtp/, imap/); whose mailbox it
//            is (auth/account.h); whether a password fits (auth/verifier.h).
// Grammar:   grammar/rfc4616_plain.rl, grammar/rfc5802_scram.rl.
// Laws:      proptests/auth/sasl_laws.h; an exchange never goes on after it
//            has ended, and what it says does not depend on who exists.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/octets.h"
#include "base/random.h"
#include "crypto/hash.h"
#include "crypto/secret.h"

namespace postkeep::auth {

class AccountTable;

// Decoded: RFC 4954 section 4 bounds the encoded line at 12,288 octets.
inline constexpr std::size_t sasl_message_octets_max = 9216;
// RFC 4616 section 2: identities of at least 255 octets.
inline constexpr std::size_t identity_octets_max = 320;
inline constexpr std::uint32_t scram_iterations = 4096;  // RFC 7677 section 4.

enum class Mechanism : std::uint8_t {
  plain,
  login,
  scram_sha_256,
  scram_sha_256_plus,
};
// SASL names are compared without case here; nothing else is known: no NTLM,
// no RPA, no CRAM-MD5, no EXTERNAL.
[[nodiscard]] std::optional<Mechanism> mechanism_named(std::string_view name);
[[nodiscard]] std::string_view name(Mechanism mechanism);

// What the connection can bind to. Both empty where SCRAM-SHA-256-PLUS was not
// offered: a client that says it would have bound has been lied to otherwise.
struct Binding {
  std::vector<Octet> exporter;   // tls-exporter (RFC 9266).
  std::vector<Octet> end_point;  // tls-server-end-point (RFC 5929).
  [[nodiscard]] bool can_bind() const {
    return !exporter.empty() || !end_point.empty();
  }
};

// What an exchange asks. `random` and `salt_key` must outlive it; the table it
// began with stays its own, whatever is loaded meanwhile.
struct ExchangeSurroundings {
  std::shared_ptr<const AccountTable> accounts;
  Random* random = nullptr;
  // Per installation, secret, stable: salts of users that do not exist.
  const crypto::Sha256* salt_key = nullptr;
};

enum class ExchangeFailure : std::uint8_t {
  outside_grammar,  // Of the mechanism's messages.
  too_long,
  identity_refused,  // The authorization identity is another one.
  binding_refused,   // Channel binding missing, unknown or not ours.
  wrong_proof,       // SCRAM: unknown user and wrong password alike.
  wrong_password,    // PLAIN, LOGIN: the same.
};
[[nodiscard]] std::string_view name(ExchangeFailure failure);

struct Challenge {
  std::vector<Octet> octets;
};
// The caller finds out whether `password` is `user`'s and says so by
// password_checked(). The user may not exist: that takes as long.
struct PasswordWanted {
  std::string user;  // As the client wrote it.
  crypto::Secret password;
};
struct Authenticated {
  std::string account;  // Account::address.
};
struct Refused {
  ExchangeFailure failure = ExchangeFailure::outside_grammar;
};
using Step = std::variant<Challenge, PasswordWanted, Authenticated, Refused>;

// One exchange. Does no I/O, reads no clock. Its states and who moves it:
//
//   begun     start()             PLAIN, SCRAM: wanting or as by step()
//                                 LOGIN: naming, or with a name proving
//   wanting   step(message)       PLAIN: asking; SCRAM: proving
//   naming    step(name)          LOGIN: proving
//   proving   step(proof)         LOGIN: asking; SCRAM: agreeing
//   asking    password_checked()  ended
//   agreeing  step(nothing)       ended, authenticated
//
// Everything else ends it, refused.
class Exchange {
 public:
  Exchange(Mechanism mechanism, Binding binding,
           ExchangeSurroundings surroundings);
  Exchange(Exchange&&) noexcept;
  Exchange& operator=(Exchange&&) noexcept;
  ~Exchange();

  // The first step: with the initial response, if the client sent one. (An
  // empty one, sent as "=", is not the same as none.)
  [[nodiscard]] Step start(std::optional<Octets> initial_response);
  // The client's answer to a Challenge (PK_CHECK: one was given).
  [[nodiscard]] Step step(Octets response);
  // The answer to PasswordWanted (PK_CHECK: it was asked).
  [[nodiscard]] Step password_checked(bool fits);

  [[nodiscard]] Mechanism mechanism() const;
  // The name the client claims, for the log and for delays; empty so far.
  [[nodiscard]] const std::string& claimed_user() const;

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace postkeep::auth
