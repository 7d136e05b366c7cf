#include "auth/plain.h"

#include <utility>

namespace postkeep::auth {

std::optional<PlainMessage> PlainReader::read(Octets message) {
  password_.reserve(message.size());  // So that no copy is left behind.
  const bool is_message = run(message);
  PlainMessage read{std::move(authzid_), std::move(authcid_),
                    crypto::Secret(Octets(password_))};
  crypto::wipe(password_);
  if (!is_message) return std::nullopt;
  return read;
}

void PlainReader::authzid_octet(Octet octet) {
  authzid_.push_back(static_cast<char>(octet));
}

void PlainReader::authcid_octet(Octet octet) {
  authcid_.push_back(static_cast<char>(octet));
}

void PlainReader::password_octet(Octet octet) { password_.push_back(octet); }

std::optional<PlainMessage> read_plain(Octets message) {
  return PlainReader().read(message);
}

}  // namespace postkeep::auth
