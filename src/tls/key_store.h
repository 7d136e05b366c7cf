// The private keys, in the one role that has them: signs digests on request.
//
// Here:      KeyStore.
// Not here:  who may ask for which key (role/keys); the asking side
//            (base/signer.h, tls/server_context.h).
// Laws:      tests/tls/key_store_test.cc; docs/decisions/ says what a stolen
//            channel to it can do.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "base/octets.h"
#include "base/signer.h"

namespace postkeep::tls {

enum class KeyError : std::uint8_t {
  unreadable,          // No PEM private key, or one with a passphrase.
  kind_not_supported,  // Neither EC P-256/P-384 nor RSA of 2048 to 8192 bits.
};
[[nodiscard]] std::string_view name(KeyError error);

// The longest digest or padded block: RSA of 8192 bits.
inline constexpr std::size_t sign_octets_max = 1024;

class KeyStore final : public Signer {
 public:
  KeyStore();
  KeyStore(KeyStore&&) noexcept;
  KeyStore& operator=(KeyStore&&) noexcept;
  ~KeyStore();

  // Takes a key as number `number`, in place of one that had it before.
  [[nodiscard]] std::expected<void, KeyError> load(std::uint32_t number,
                                                   Octets pem);
  void forget(std::uint32_t number);
  [[nodiscard]] std::size_t size() const;

  [[nodiscard]] std::expected<std::vector<Octet>, Trouble> sign(
      std::uint32_t key, SignatureScheme scheme, Octets digest) override;

 private:
  struct Key;
  std::map<std::uint32_t, std::unique_ptr<Key>> keys_;
};

}  // namespace postkeep::tls
