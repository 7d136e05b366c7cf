// The readers behind read_client_first(), read_client_final() and
// read_verifier() of auth/scram.h: one text, read once.
//
// Here:      ClientFirstReader, ClientFinalReader, StoredVerifierReader.
// Not here:  what the messages mean (auth/sasl.h).
// Grammar:   grammar/rfc5802_scram.rl, rules profile_client_first_message and
//            profile_client_final_message; grammar/postkeep_records.rl.
// Laws:      proptests/auth/scram_laws.h.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "auth/scram.h"
#include "base/octets.h"

namespace postkeep::auth {

class ClientFirstReader {
 public:
  [[nodiscard]] std::expected<ClientFirst, ScramError> read(Octets message);

 private:
  bool run(Octets message);  // auth/scram_first.rl: the machine.

  // auth/scram.cc: its actions.
  void flag_octet(Octet octet);
  void binding_octet(Octet octet);
  void header_octet(Octet octet);
  void bare_octet(Octet octet);
  void authzid_octet(Octet octet);
  void authzid_comma();
  void authzid_equal();
  void user_octet(Octet octet);
  void user_comma();
  void user_equal();
  void nonce_octet(Octet octet);

  ClientFirst first_;
};

class ClientFinalReader {
 public:
  [[nodiscard]] std::expected<ClientFinal, ScramError> read(Octets message);

 private:
  bool run(Octets message);  // auth/scram_final.rl: the machine.

  // auth/scram.cc: its actions.
  void binding_octet(Octet octet);
  void nonce_octet(Octet octet);
  void proof_octet(Octet octet);

  ClientFinal final_;
  std::string binding_;
  std::string proof_;
};

class StoredVerifierReader {
 public:
  [[nodiscard]] std::optional<ScramVerifier> read(std::string_view text);

 private:
  bool run(Octets text);  // auth/scram_stored.rl: the machine.

  // auth/scram.cc: its actions.
  void iterations_octet(Octet octet);
  void salt_octet(Octet octet);
  void stored_key_octet(Octet octet);
  void server_key_octet(Octet octet);

  std::uint64_t iterations_ = 0;
  std::string salt_;
  std::string stored_key_;
  std::string server_key_;
};

}  // namespace postkeep::auth
