#include "auth/scram.h"

#include <algorithm>
#include <utility>

#include "auth/scram_reader.h"
#include "base/check.h"
#include "crypto/base64.h"

namespace postkeep::auth {
namespace {

// The machine has found it canonical already.
std::vector<Octet> decoded(std::string_view text) {
  auto octets = crypto::read_base64(postkeep::octets(text), text.size());
  PK_CHECK(octets.has_value());
  return std::move(*octets);
}

crypto::Sha256 exclusive_or(const crypto::Sha256& one, Octets other) {
  crypto::Sha256 both{};
  std::ranges::transform(one, other, both.begin(), [](Octet a, Octet b) {
    return static_cast<Octet>(a ^ b);
  });
  return both;
}

}  // namespace

void ClientFirstReader::flag_octet(Octet octet) {
  first_.flag = octet == 'p'   ? BindingFlag::wanted
                : octet == 'y' ? BindingFlag::not_offered
                               : BindingFlag::not_supported;
}

void ClientFirstReader::binding_octet(Octet octet) {
  first_.binding_name.push_back(static_cast<char>(octet));
}

void ClientFirstReader::header_octet(Octet octet) {
  first_.gs2_header.push_back(static_cast<char>(octet));
}

void ClientFirstReader::bare_octet(Octet octet) {
  first_.bare.push_back(static_cast<char>(octet));
}

void ClientFirstReader::authzid_octet(Octet octet) {
  first_.authzid.push_back(static_cast<char>(octet));
}

void ClientFirstReader::authzid_comma() { first_.authzid.push_back(','); }
void ClientFirstReader::authzid_equal() { first_.authzid.push_back('='); }

void ClientFirstReader::user_octet(Octet octet) {
  first_.user.push_back(static_cast<char>(octet));
}

void ClientFirstReader::user_comma() { first_.user.push_back(','); }
void ClientFirstReader::user_equal() { first_.user.push_back('='); }

void ClientFirstReader::nonce_octet(Octet octet) {
  first_.nonce.push_back(static_cast<char>(octet));
}

std::expected<ClientFirst, ScramError> ClientFirstReader::read(Octets message) {
  if (message.size() > scram_message_octets_max)
    return std::unexpected(ScramError::too_long);
  if (!run(message)) return std::unexpected(ScramError::outside_grammar);
  return std::move(first_);
}

void ClientFinalReader::binding_octet(Octet octet) {
  binding_.push_back(static_cast<char>(octet));
}

void ClientFinalReader::nonce_octet(Octet octet) {
  final_.nonce.push_back(static_cast<char>(octet));
}

void ClientFinalReader::proof_octet(Octet octet) {
  proof_.push_back(static_cast<char>(octet));
}

std::expected<ClientFinal, ScramError> ClientFinalReader::read(Octets message) {
  if (message.size() > scram_message_octets_max)
    return std::unexpected(ScramError::too_long);
  if (!run(message)) return std::unexpected(ScramError::outside_grammar);
  final_.binding = decoded(binding_);
  final_.proof = decoded(proof_);
  // ",p=" and the proof are last.
  const std::size_t before = message.size() - proof_.size() - 3;
  const Octets kept = message.first(before);
  final_.without_proof.assign(kept.begin(), kept.end());
  return std::move(final_);
}

void StoredVerifierReader::iterations_octet(Octet octet) {
  iterations_ = iterations_ * 10 + (octet - std::uint64_t{'0'});
}

void StoredVerifierReader::salt_octet(Octet octet) {
  salt_.push_back(static_cast<char>(octet));
}

void StoredVerifierReader::stored_key_octet(Octet octet) {
  stored_key_.push_back(static_cast<char>(octet));
}

void StoredVerifierReader::server_key_octet(Octet octet) {
  server_key_.push_back(static_cast<char>(octet));
}

std::optional<ScramVerifier> StoredVerifierReader::read(std::string_view text) {
  if (text.size() > scram_message_octets_max || !run(octets(text)))
    return std::nullopt;
  if (iterations_ > scram_iterations_max) return std::nullopt;
  ScramVerifier verifier;
  verifier.salt = decoded(salt_);
  verifier.iterations = static_cast<std::uint32_t>(iterations_);
  verifier.stored_key = crypto::Secret(Octets(decoded(stored_key_)));
  verifier.server_key = crypto::Secret(Octets(decoded(server_key_)));
  if (verifier.salt.empty()) return std::nullopt;
  return verifier;
}

std::expected<ClientFirst, ScramError> read_client_first(Octets message) {
  return ClientFirstReader().read(message);
}

std::expected<ClientFinal, ScramError> read_client_final(Octets message) {
  return ClientFinalReader().read(message);
}

std::optional<ScramVerifier> read_verifier(std::string_view text) {
  return StoredVerifierReader().read(text);
}

std::string write(const ScramVerifier& verifier) {
  return "SCRAM-SHA-256$" + std::to_string(verifier.iterations) + ":" +
         crypto::write_base64(verifier.salt) + "$" +
         crypto::write_base64(verifier.stored_key.octets()) + ":" +
         crypto::write_base64(verifier.server_key.octets());
}

// RFC 5802 section 3: StoredKey := H(HMAC(SaltedPassword, "Client Key")),
// ServerKey := HMAC(SaltedPassword, "Server Key").
ScramVerifier verifier_of(Octets password, Octets salt,
                          std::uint32_t iterations) {
  crypto::Sha256 salted =
      crypto::pbkdf2_hmac_sha256(password, salt, iterations);
  const crypto::Secret salted_password{Octets(salted)};
  salted.fill(0);
  const crypto::Sha256 client_key =
      crypto::hmac_sha256(salted_password.octets(), octets("Client Key"));
  ScramVerifier verifier;
  verifier.salt.assign(salt.begin(), salt.end());
  verifier.iterations = iterations;
  verifier.stored_key = crypto::Secret(Octets(crypto::sha256(client_key)));
  verifier.server_key = crypto::Secret(Octets(
      crypto::hmac_sha256(salted_password.octets(), octets("Server Key"))));
  return verifier;
}

ScramVerifier new_verifier(Octets password, std::uint32_t iterations,
                           Random& random) {
  std::array<Octet, scram_salt_octets> salt{};
  random.fill(salt);
  return verifier_of(password, salt, iterations);
}

std::string write_server_first(std::string_view nonce, Octets salt,
                               std::uint32_t iterations) {
  return "r=" + std::string(nonce) + ",s=" + crypto::write_base64(salt) +
         ",i=" + std::to_string(iterations);
}

std::string write_server_final(const crypto::Sha256& signature) {
  return "v=" + crypto::write_base64(signature);
}

// ClientKey is ClientProof XOR ClientSignature; its hash must be StoredKey.
bool proof_fits(const ScramVerifier& verifier, Octets auth_message,
                Octets proof) {
  if (proof.size() != sizeof(crypto::Sha256)) return false;
  const crypto::Sha256 client_signature =
      crypto::hmac_sha256(verifier.stored_key.octets(), auth_message);
  const crypto::Sha256 client_key = exclusive_or(client_signature, proof);
  return crypto::equal_secrets(crypto::sha256(client_key),
                               verifier.stored_key.octets());
}

crypto::Sha256 server_signature(const ScramVerifier& verifier,
                                Octets auth_message) {
  return crypto::hmac_sha256(verifier.server_key.octets(), auth_message);
}

}  // namespace postkeep::auth
