#include "crypto/hash.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <sodium.h>

#include <memory>

#include "base/check.h"

namespace postkeep::crypto {
namespace {

// Fetched once: EVP_sha256() makes OpenSSL 3.0 look the algorithm up again at
// each use.
const EVP_MD* fetched(const char* algorithm) {
  const EVP_MD* md = EVP_MD_fetch(nullptr, algorithm, nullptr);
  PK_CHECK(md != nullptr);
  return md;
}

const EVP_MD* sha256_algorithm() {
  static const EVP_MD* const md = fetched("SHA256");
  return md;
}

const EVP_MD* sha1_algorithm() {
  static const EVP_MD* const md = fetched("SHA1");
  return md;
}

template <std::size_t size>
std::array<Octet, size> digest(const EVP_MD* md, Octets octets) {
  std::array<Octet, size> hash{};
  unsigned written = 0;
  PK_CHECK(EVP_Digest(octets.data(), octets.size(), hash.data(), &written, md,
                      nullptr) == 1 &&
           written == size);
  return hash;
}

}  // namespace

void prepare() {
  PK_CHECK(OPENSSL_init_crypto(
               OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT |
                   OPENSSL_INIT_ADD_ALL_CIPHERS | OPENSSL_INIT_ADD_ALL_DIGESTS |
                   OPENSSL_INIT_LOAD_CRYPTO_STRINGS,
               nullptr) == 1);
  PK_CHECK(sodium_init() >= 0);
  Octet first = 0;
  PK_CHECK(RAND_bytes(&first, 1) == 1 && RAND_priv_bytes(&first, 1) == 1);
  (void)sha1({});
  (void)hmac_sha256(octets("key"), {});
}

Sha1 sha1(Octets octets) { return digest<20>(sha1_algorithm(), octets); }

Sha256 sha256(Octets octets) { return digest<32>(sha256_algorithm(), octets); }

struct Sha256Stream::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();

  State() {
    PK_CHECK(context != nullptr &&
             EVP_DigestInit_ex(context, sha256_algorithm(), nullptr) == 1);
  }
  ~State() { EVP_MD_CTX_free(context); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
};

Sha256Stream::Sha256Stream() : state_(std::make_unique<State>()) {}
Sha256Stream::~Sha256Stream() = default;
Sha256Stream::Sha256Stream(Sha256Stream&&) noexcept = default;
Sha256Stream& Sha256Stream::operator=(Sha256Stream&&) noexcept = default;

void Sha256Stream::read(Octets octets) {
  PK_CHECK(EVP_DigestUpdate(state_->context, octets.data(), octets.size()) ==
           1);
}

Sha256 Sha256Stream::end() {
  Sha256 hash{};
  unsigned written = 0;
  PK_CHECK(EVP_DigestFinal_ex(state_->context, hash.data(), &written) == 1 &&
           written == hash.size());
  return hash;
}

Sha256 hmac_sha256(Octets key, Octets octets) {
  Sha256 mac{};
  unsigned written = 0;
  // A null key would mean "the key of before" to HMAC.
  const void* bytes = key.empty() ? static_cast<const void*>("") : key.data();
  PK_CHECK(HMAC(sha256_algorithm(), bytes, static_cast<int>(key.size()),
                octets.data(), octets.size(), mac.data(),
                &written) != nullptr &&
           written == mac.size());
  return mac;
}

Sha256 pbkdf2_hmac_sha256(Octets password, Octets salt,
                          std::uint32_t iterations) {
  PK_CHECK(iterations >= 1 && iterations <= 0x7fffffff);
  Sha256 key{};
  const char* bytes =
      password.empty() ? "" : reinterpret_cast<const char*>(password.data());
  PK_CHECK(PKCS5_PBKDF2_HMAC(bytes, static_cast<int>(password.size()),
                             salt.data(), static_cast<int>(salt.size()),
                             static_cast<int>(iterations), sha256_algorithm(),
                             static_cast<int>(key.size()), key.data()) == 1);
  return key;
}

}  // namespace postkeep::crypto
