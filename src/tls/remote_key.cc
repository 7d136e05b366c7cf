// EC_KEY_METHOD and RSA_METHOD are what OpenSSL 3.0 calls deprecated; the
// decision says why a provider would be worse here.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "tls/remote_key.h"

#include <openssl/ec.h>
#include <openssl/rsa.h>

#include <algorithm>

#include "base/check.h"

namespace postkeep::tls {
namespace {

// Asks for one signature of at most `room` octets.
std::size_t ask(RemoteKey* remote, SignatureScheme scheme, Octets digest,
                std::span<Octet> room) {
  const auto signature = remote->signer->sign(remote->number, scheme, digest);
  remote->failed =
      !signature || signature->empty() || signature->size() > room.size();
  if (remote->failed) return 0;
  std::ranges::copy(*signature, room.begin());
  return signature->size();
}

Octets octets_at(const unsigned char* data, int size) {
  return {data, static_cast<std::size_t>(std::max(size, 0))};
}

int ec_index() {
  static const int index =
      EC_KEY_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

int rsa_index() {
  static const int index =
      RSA_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

int ec_sign(int, const unsigned char* digest, int size, unsigned char* into,
            unsigned* written, const BIGNUM*, const BIGNUM*, EC_KEY* key) {
  auto* remote = static_cast<RemoteKey*>(EC_KEY_get_ex_data(key, ec_index()));
  if (remote == nullptr) return 0;
  const auto room = static_cast<std::size_t>(ECDSA_size(key));
  const std::size_t got = ask(remote, SignatureScheme::ecdsa,
                              octets_at(digest, size), {into, room});
  *written = static_cast<unsigned>(got);
  return got > 0 ? 1 : 0;
}

int rsa_sign(int size, const unsigned char* from, unsigned char* into, RSA* key,
             int padding) {
  auto* remote = static_cast<RemoteKey*>(RSA_get_ex_data(key, rsa_index()));
  if (remote == nullptr ||
      (padding != RSA_PKCS1_PADDING && padding != RSA_NO_PADDING)) {
    return -1;
  }
  const auto scheme = padding == RSA_NO_PADDING
                          ? SignatureScheme::rsa_padded
                          : SignatureScheme::rsa_pkcs1_digest;
  const auto room = static_cast<std::size_t>(RSA_size(key));
  const std::size_t got =
      ask(remote, scheme, octets_at(from, size), {into, room});
  return got == room ? static_cast<int>(got) : -1;
}

// RSA key exchange is not offered; should it be asked for, it fails.
int rsa_decrypt(int, const unsigned char*, unsigned char*, RSA*, int) {
  return -1;
}

const EC_KEY_METHOD* ec_method() {
  static const EC_KEY_METHOD* const method = [] {
    EC_KEY_METHOD* made = EC_KEY_METHOD_new(EC_KEY_OpenSSL());
    PK_CHECK(made != nullptr);
    EC_KEY_METHOD_set_sign(made, ec_sign, nullptr, nullptr);
    return made;
  }();
  return method;
}

const RSA_METHOD* rsa_method() {
  static const RSA_METHOD* const method = [] {
    RSA_METHOD* made = RSA_meth_dup(RSA_PKCS1_OpenSSL());
    PK_CHECK(made != nullptr && RSA_meth_set1_name(made, "remote") == 1 &&
             RSA_meth_set_flags(made, RSA_METHOD_FLAG_NO_CHECK) == 1 &&
             RSA_meth_set_priv_enc(made, rsa_sign) == 1 &&
             RSA_meth_set_priv_dec(made, rsa_decrypt) == 1);
    return made;
  }();
  return method;
}

KeyOwned ec_key_over(EVP_PKEY* public_key, RemoteKey* remote) {
  const EC_KEY* known = EVP_PKEY_get0_EC_KEY(public_key);
  if (known == nullptr) return nullptr;
  Owned<EC_KEY, EC_KEY_free> key(EC_KEY_dup(known));
  KeyOwned made(EVP_PKEY_new());
  PK_CHECK(key && made && EC_KEY_set_method(key.get(), ec_method()) == 1 &&
           EC_KEY_set_ex_data(key.get(), ec_index(), remote) == 1 &&
           EVP_PKEY_assign_EC_KEY(made.get(), key.get()) == 1);
  (void)key.release();  // `made` has it now.
  return made;
}

KeyOwned rsa_key_over(EVP_PKEY* public_key, RemoteKey* remote) {
  const RSA* known = EVP_PKEY_get0_RSA(public_key);
  if (known == nullptr) return nullptr;
  Owned<RSA, RSA_free> key(RSAPublicKey_dup(known));
  KeyOwned made(EVP_PKEY_new());
  PK_CHECK(key && made && RSA_set_method(key.get(), rsa_method()) == 1 &&
           RSA_set_ex_data(key.get(), rsa_index(), remote) == 1 &&
           EVP_PKEY_assign_RSA(made.get(), key.get()) == 1);
  (void)key.release();  // `made` has it now.
  return made;
}

}  // namespace

KeyOwned key_over(EVP_PKEY* public_key, RemoteKey* remote) {
  const int bits = EVP_PKEY_get_bits(public_key);
  if (EVP_PKEY_is_a(public_key, "EC") && (bits == 256 || bits == 384))
    return ec_key_over(public_key, remote);
  if (EVP_PKEY_is_a(public_key, "RSA") && bits >= 2048 && bits <= 8192)
    return rsa_key_over(public_key, remote);
  return nullptr;
}

}  // namespace postkeep::tls
