// SCRAM-SHA-256: messages and verifiers (RFC 5802, 7677; stored form RFC 5803).
//
// Here:      ScramVerifier, the client's two messages as values, proofs.
// Not here:  the order of messages (auth/sasl.h).
// Grammar:   grammar/rfc5802_scram.rl, rules profile_client_first_message and
//            profile_client_final_message; grammar/postkeep_records.rl.
// Laws:      proptests/auth/scram_laws.h.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/octets.h"
#include "base/random.h"
#include "crypto/hash.h"
#include "crypto/secret.h"

namespace postkeep::auth {

inline constexpr std::size_t scram_message_octets_max = 2048;
inline constexpr std::size_t scram_salt_octets = 16;
// A verifier that asks for more stalls every client (about a second).
inline constexpr std::uint32_t scram_iterations_max = 1'000'000;

// What a server keeps instead of a password. Whoever reads it can guess at
// the speed of PBKDF2, not of argon2id: so only where an account asks for it.
struct ScramVerifier {
  std::vector<Octet> salt;
  std::uint32_t iterations = 0;
  crypto::Secret stored_key;
  crypto::Secret server_key;
};

[[nodiscard]] ScramVerifier new_verifier(Octets password,
                                         std::uint32_t iterations,
                                         Random& random);
[[nodiscard]] ScramVerifier verifier_of(Octets password, Octets salt,
                                        std::uint32_t iterations);
// SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey
[[nodiscard]] std::string write(const ScramVerifier& verifier);
[[nodiscard]] std::optional<ScramVerifier> read_verifier(std::string_view text);

enum class ScramError : std::uint8_t {
  outside_grammar,
  too_long,
};

enum class BindingFlag : std::uint8_t {
  not_supported,  // "n": the client cannot bind.
  not_offered,    // "y": it could, and thinks that we cannot.
  wanted,         // "p=": it binds.
};

// client-first-message
struct ClientFirst {
  BindingFlag flag = BindingFlag::not_supported;
  std::string binding_name;  // "tls-exporter".
  std::string authzid;       // Unescaped; empty without.
  std::string user;          // Unescaped.
  std::string nonce;
  std::string gs2_header;  // As sent, with both commas.
  std::string bare;        // client-first-message-bare, as sent.
  bool operator==(const ClientFirst&) const = default;
};
[[nodiscard]] std::expected<ClientFirst, ScramError> read_client_first(
    Octets message);

// client-final-message
struct ClientFinal {
  std::vector<Octet> binding;  // cbind-input, decoded.
  std::string nonce;
  std::vector<Octet> proof;   // Decoded.
  std::string without_proof;  // As sent.
  bool operator==(const ClientFinal&) const = default;
};
[[nodiscard]] std::expected<ClientFinal, ScramError> read_client_final(
    Octets message);

// server-first-message, and the message of success.
[[nodiscard]] std::string write_server_first(std::string_view nonce,
                                             Octets salt,
                                             std::uint32_t iterations);
[[nodiscard]] std::string write_server_final(const crypto::Sha256& signature);

// Whether `proof` is that of the verifier's password for `auth_message`
// (section 3); in time that does not depend on the answer.
[[nodiscard]] bool proof_fits(const ScramVerifier& verifier,
                              Octets auth_message, Octets proof);
[[nodiscard]] crypto::Sha256 server_signature(const ScramVerifier& verifier,
                                              Octets auth_message);

}  // namespace postkeep::auth
