#include "auth/verifier.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "crypto/base64.h"

namespace postkeep::auth {
namespace {

// The reference implementation leaves the padding away; the machine has found
// the rest canonical.
std::vector<Octet> decoded(std::string text) {
  text.append((4 - text.size() % 4) % 4, '=');
  auto octets = crypto::read_base64(postkeep::octets(text), text.size());
  PK_CHECK(octets.has_value());
  return std::move(*octets);
}

std::string unpadded(Octets octets) {
  std::string text = crypto::write_base64(octets);
  while (text.ends_with('=')) text.pop_back();
  return text;
}

}  // namespace

void PasswordRecordReader::memory_octet(Octet octet) {
  memory_kibibytes_ = memory_kibibytes_ * 10 + (octet - std::uint64_t{'0'});
}

void PasswordRecordReader::passes_octet(Octet octet) {
  passes_ = passes_ * 10 + (octet - std::uint64_t{'0'});
}

void PasswordRecordReader::salt_octet(Octet octet) {
  salt_.push_back(static_cast<char>(octet));
}

void PasswordRecordReader::hash_octet(Octet octet) {
  hash_.push_back(static_cast<char>(octet));
}

std::expected<PasswordRecord, RecordError> PasswordRecordReader::read(
    std::string_view text) {
  if (text.size() > password_record_octets_max)
    return std::unexpected(RecordError::too_long);
  if (!run(octets(text))) return std::unexpected(RecordError::outside_grammar);
  if (memory_kibibytes_ > crypto::argon2id_cost_max.memory_kibibytes ||
      memory_kibibytes_ < crypto::argon2id_cost_min.memory_kibibytes ||
      passes_ > crypto::argon2id_cost_max.passes) {
    return std::unexpected(RecordError::too_costly);
  }
  PasswordRecord record;
  record.cost.memory_kibibytes = static_cast<std::uint32_t>(memory_kibibytes_);
  record.cost.passes = static_cast<std::uint32_t>(passes_);
  const std::vector<Octet> salt = decoded(std::move(salt_));
  PK_CHECK(salt.size() == record.salt.size());
  std::ranges::copy(salt, record.salt.begin());
  record.hash = crypto::Secret(Octets(decoded(std::move(hash_))));
  return record;
}

std::expected<PasswordRecord, RecordError> read_password_record(
    std::string_view text) {
  return PasswordRecordReader().read(text);
}

std::string write(const PasswordRecord& record) {
  return "$argon2id$v=19$m=" + std::to_string(record.cost.memory_kibibytes) +
         ",t=" + std::to_string(record.cost.passes) + ",p=1$" +
         unpadded(record.salt) + "$" + unpadded(record.hash.octets());
}

std::optional<PasswordRecord> new_record(Octets password,
                                         crypto::Argon2idCost cost,
                                         Random& random) {
  PasswordRecord record;
  record.cost = cost;
  random.fill(record.salt);
  auto hash = crypto::argon2id(password, record.salt, cost);
  if (!hash) return std::nullopt;
  record.hash = std::move(*hash);
  return record;
}

// A hash of all zeros is nobody's: to find a password for it is to invert
// argon2id.
PasswordRecord dummy_record(crypto::Argon2idCost cost) {
  PasswordRecord record;
  record.cost = cost;
  record.hash = crypto::Secret(crypto::argon2id_hash_octets);
  return record;
}

Verification verify(const PasswordRecord& record, Octets password) {
  const bool is_too_long = password.size() > password_octets_max;
  const auto hash = crypto::argon2id(
      password.first(std::min(password.size(), password_octets_max)),
      record.salt, record.cost);
  if (!hash) return Verification::no_memory;
  const bool fits = crypto::equal_secrets(hash->octets(), record.hash.octets());
  return fits && !is_too_long ? Verification::fits : Verification::does_not_fit;
}

std::string_view name(RecordError error) {
  switch (error) {
    case RecordError::outside_grammar: return "outside_grammar";
    case RecordError::too_costly: return "too_costly";
    case RecordError::too_long: return "too_long";
  }
  check_failed("RecordError holds one of its enumerators", __FILE__, __LINE__);
}

}  // namespace postkeep::auth
