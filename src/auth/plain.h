// The message of PLAIN, and the strings of LOGIN (RFC 4616 section 2).
//
// Here:      PlainMessage, read_plain(), is_prepared().
// Not here:  the exchange (auth/sasl.h).
// Grammar:   grammar/rfc4616_plain.rl, rules profile_message and
//            prepared_string.
// Laws:      proptests/auth/plain_laws.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/octets.h"
#include "crypto/secret.h"

namespace postkeep::auth {

// A name or password that RFC 4013 lets pass unprohibited: UTF-8 without
// control characters. Mapping and normalization are not done: a name or a
// password outside ASCII fits only octet for octet.
[[nodiscard]] bool is_prepared(Octets text);

struct PlainMessage {
  std::string authzid;  // Empty without.
  std::string authcid;
  crypto::Secret password;
};

// Nothing comes of a message outside the grammar.
[[nodiscard]] std::optional<PlainMessage> read_plain(Octets message);

// One message, read once.
class PlainReader {
 public:
  [[nodiscard]] std::optional<PlainMessage> read(Octets message);

 private:
  bool run(Octets message);  // auth/plain.rl: the machine.

  // auth/plain.cc: its actions.
  void authzid_octet(Octet octet);
  void authcid_octet(Octet octet);
  void password_octet(Octet octet);

  std::string authzid_;
  std::string authcid_;
  std::vector<Octet> password_;
};

}  // namespace postkeep::auth
