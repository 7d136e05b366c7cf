#include "tls/key_store.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/owned.h"

namespace postkeep::tls {

struct KeyStore::Key {
  Owned<EVP_PKEY, EVP_PKEY_free> key;
  bool is_rsa = false;
  std::size_t octets = 0;  // Of an RSA modulus, or the longest EC signature.
};

namespace {

int no_passphrase(char*, int, int, void*) { return -1; }

// RFC 8017 section 9.2, note 1: how the DigestInfo of each hash begins.
constexpr std::array<Octet, 19> sha256_info{
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
    0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};
constexpr std::array<Octet, 19> sha384_info{
    0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
    0x65, 0x03, 0x04, 0x02, 0x02, 0x05, 0x00, 0x04, 0x30};
constexpr std::array<Octet, 19> sha512_info{
    0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
    0x65, 0x03, 0x04, 0x02, 0x03, 0x05, 0x00, 0x04, 0x40};

bool is_digest_info(Octets octets) {
  const auto begins = [&](Octets info) {
    // The last octet says how long the hash is.
    return octets.size() == info.size() + info.back() &&
           std::equal(info.begin(), info.end(), octets.begin());
  };
  return begins(sha256_info) || begins(sha384_info) || begins(sha512_info);
}

// Whether a key may be used on these octets at all: TLS 1.2 and 1.3 ask for
// nothing else, so whoever asks for something else is not doing TLS.
bool is_signable(bool is_rsa, std::size_t key_octets, SignatureScheme scheme,
                 Octets digest) {
  switch (scheme) {
    case SignatureScheme::ecdsa:
      return !is_rsa && (digest.size() == 32 || digest.size() == 48 ||
                         digest.size() == 64);
    case SignatureScheme::rsa_padded:
      // RFC 8017 section 9.1.1: an encoded PSS block ends in 0xbc.
      return is_rsa && digest.size() == key_octets && digest.back() == 0xbc;
    case SignatureScheme::rsa_pkcs1_digest:
      return is_rsa && is_digest_info(digest);
  }
  return false;
}

}  // namespace

KeyStore::KeyStore() = default;
KeyStore::KeyStore(KeyStore&&) noexcept = default;
KeyStore& KeyStore::operator=(KeyStore&&) noexcept = default;
KeyStore::~KeyStore() = default;

std::expected<void, KeyError> KeyStore::load(std::uint32_t number, Octets pem) {
  const Owned<BIO, BIO_free> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  PK_CHECK(bio != nullptr);
  Owned<EVP_PKEY, EVP_PKEY_free> key(
      PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  ERR_clear_error();
  if (key == nullptr) return std::unexpected(KeyError::unreadable);
  const int bits = EVP_PKEY_get_bits(key.get());
  const bool is_rsa = EVP_PKEY_is_a(key.get(), "RSA") == 1;
  const bool is_ec = EVP_PKEY_is_a(key.get(), "EC") == 1;
  const bool is_supported = (is_rsa && bits >= 2048 && bits <= 8192) ||
                            (is_ec && (bits == 256 || bits == 384));
  if (!is_supported) return std::unexpected(KeyError::kind_not_supported);
  auto made = std::make_unique<Key>();
  made->is_rsa = is_rsa;
  made->octets = static_cast<std::size_t>(EVP_PKEY_get_size(key.get()));
  made->key = std::move(key);
  keys_[number] = std::move(made);
  return {};
}

void KeyStore::forget(std::uint32_t number) { keys_.erase(number); }

std::size_t KeyStore::size() const { return keys_.size(); }

std::expected<std::vector<Octet>, Trouble> KeyStore::sign(
    std::uint32_t number, SignatureScheme scheme, Octets digest) {
  const auto found = keys_.find(number);
  if (found == keys_.end()) return std::unexpected(Trouble::not_found);
  const Key& key = *found->second;
  if (digest.empty() || !is_signable(key.is_rsa, key.octets, scheme, digest)) {
    return std::unexpected(Trouble::malformed);
  }
  const Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free> context(
      EVP_PKEY_CTX_new(key.key.get(), nullptr));
  PK_CHECK(context != nullptr && EVP_PKEY_sign_init(context.get()) == 1);
  if (key.is_rsa) {
    const int padding = scheme == SignatureScheme::rsa_padded
                            ? RSA_NO_PADDING
                            : RSA_PKCS1_PADDING;
    PK_CHECK(EVP_PKEY_CTX_set_rsa_padding(context.get(), padding) == 1);
  }
  std::vector<Octet> signature(key.octets);
  std::size_t size = signature.size();
  const int done = EVP_PKEY_sign(context.get(), signature.data(), &size,
                                 digest.data(), digest.size());
  ERR_clear_error();
  // A padded block may still be no number below the modulus.
  if (done != 1) return std::unexpected(Trouble::malformed);
  signature.resize(size);
  return signature;
}

std::string_view name(KeyError error) {
  switch (error) {
    case KeyError::unreadable: return "unreadable";
    case KeyError::kind_not_supported: return "kind_not_supported";
  }
  check_failed("KeyError holds one of its enumerators", __FILE__, __LINE__);
}

}  // namespace postkeep::tls
