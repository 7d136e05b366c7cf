#include "crypto/secret.h"

#include <openssl/crypto.h>

namespace postkeep::crypto {

void wipe(std::vector<Octet>& octets) {
  OPENSSL_cleanse(octets.data(), octets.size());
}

void wipe(std::string& text) { OPENSSL_cleanse(text.data(), text.size()); }

bool equal_secrets(Octets one, Octets other) {
  return one.size() == other.size() &&
         CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this == &other) return *this;
  wipe(octets_);
  octets_ = std::move(other.octets_);
  return *this;
}

Secret& Secret::operator=(const Secret& other) {
  if (this == &other) return *this;
  wipe(octets_);
  octets_ = other.octets_;
  return *this;
}

}  // namespace postkeep::crypto
