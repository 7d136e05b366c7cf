// Password records: what is kept of a password, and whether one fits.
//
// Here:      PasswordRecord, read_password_record(), verify(), new_record().
// Not here:  SCRAM's verifiers (auth/scram.h); queues and threads (role/auth).
// Grammar:   grammar/postkeep_records.rl, rule password_record.
// Laws:      proptests/auth/verifier_laws.h; a record for nobody costs the
//            same as a real one (dummy_record()).
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/octets.h"
#include "base/random.h"
#include "crypto/argon2id.h"
#include "crypto/secret.h"

namespace postkeep::auth {

// RFC 4616 asks for 255 octets at least.
inline constexpr std::size_t password_octets_max = 1024;
inline constexpr std::size_t password_record_octets_max = 512;

// $argon2id$v=19$m=65536,t=2,p=1$SALT$HASH, as the reference implementation
// writes it: base64 without padding.
struct PasswordRecord {
  crypto::Argon2idCost cost;
  crypto::Argon2idSalt salt{};
  crypto::Secret hash;
};

enum class RecordError : std::uint8_t {
  outside_grammar,
  too_costly,  // Past crypto::argon2id_cost_max, or below its minimum.
  too_long,
};
[[nodiscard]] std::string_view name(RecordError error);

[[nodiscard]] std::expected<PasswordRecord, RecordError> read_password_record(
    std::string_view text);
[[nodiscard]] std::string write(const PasswordRecord& record);

// One text, read once.
class PasswordRecordReader {
 public:
  [[nodiscard]] std::expected<PasswordRecord, RecordError> read(
      std::string_view text);

 private:
  bool run(Octets text);  // auth/verifier.rl: the machine.

  // auth/verifier.cc: its actions.
  void memory_octet(Octet octet);
  void passes_octet(Octet octet);
  void salt_octet(Octet octet);
  void hash_octet(Octet octet);

  std::uint64_t memory_kibibytes_ = 0;
  std::uint64_t passes_ = 0;
  std::string salt_;
  std::string hash_;
};

// Makes a record of a password. Nothing when the memory cannot be had.
[[nodiscard]] std::optional<PasswordRecord> new_record(
    Octets password, crypto::Argon2idCost cost, Random& random);
// A record that no password fits, and that costs the same to find out.
[[nodiscard]] PasswordRecord dummy_record(crypto::Argon2idCost cost);

enum class Verification : std::uint8_t { fits, does_not_fit, no_memory };

// Whether `password` is the one of `record`. Pure, thread-safe, slow: about
// 50 ms at argon2id_cost. A password too long does not fit, as slowly.
[[nodiscard]] Verification verify(const PasswordRecord& record,
                                  Octets password);

}  // namespace postkeep::auth
