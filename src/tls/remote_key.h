// A private key that is somewhere else: OpenSSL believes that it has one, and
// each signature is asked of base/signer.h.
//
// Here:      RemoteKey, key_over().
// Not here:  the key (tls/key_store.h); why it is done by EC_KEY_METHOD and
//            RSA_METHOD (docs/decisions/private_keys_by_key_methods.md).
// Laws:      tests/tls/connection_test.cc.
#pragma once

#include <openssl/evp.h>

#include <cstdint>

#include "base/owned.h"
#include "base/signer.h"

namespace postkeep::tls {

struct RemoteKey {
  Signer* signer = nullptr;
  std::uint32_t number = 0;
  bool failed = false;  // The last signature did not come.
};

using KeyOwned = Owned<EVP_PKEY, EVP_PKEY_free>;

// A private key whose public half is `public_key` and whose signatures come
// from `remote`, which must outlive it. Null for a kind that we do not serve.
[[nodiscard]] KeyOwned key_over(EVP_PKEY* public_key, RemoteKey* remote);

}  // namespace postkeep::tls
