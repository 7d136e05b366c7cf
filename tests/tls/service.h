// A service to test: keys in a KeyStore, certificates, and a signer between
// that counts and can be made to fail.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/check.h"
#include "tls/key_store.h"
#include "tls/peer.h"
#include "tls/server_context.h"

namespace postkeep::tls {

class Service final : public Signer {
 public:
  // One identity of each kind, all for mail.example.org. Identities are made
  // once in a program: RSA keys take their time.
  explicit Service(const std::vector<IdentityKind>& kinds) {
    prepare();
    for (const IdentityKind kind : kinds) add(kind, {"mail.example.org"});
  }

  void add(IdentityKind kind, const std::vector<std::string>& names) {
    const Identity identity = make_identity(kind, names);
    const auto number = static_cast<std::uint32_t>(keys_.size());
    PK_CHECK(keys_.load(number, octets(identity.key_pem)).has_value());
    settings.certificates.push_back({identity.certificate_pem, number});
  }

  [[nodiscard]] const ServerContext& context() {
    if (!context_) {
      auto made = ServerContext::make(settings, *this);
      PK_CHECK(made.has_value());
      context_ = std::move(*made);
    }
    return *context_;
  }
  [[nodiscard]] ServerContext& changeable_context() {
    (void)context();
    return *context_;
  }
  void forget_context() { context_.reset(); }

  [[nodiscard]] std::expected<std::vector<Octet>, Trouble> sign(
      std::uint32_t key, SignatureScheme scheme, Octets digest) override {
    signatures += 1;
    if (trouble) return std::unexpected(*trouble);
    auto signature = keys_.sign(key, scheme, digest);
    if (signature && spoils) signature->resize(signature->size() + 1000);
    return signature;
  }

  ServerSettings settings;
  std::optional<Trouble> trouble;  // Instead of signatures.
  bool spoils = false;             // Signatures that are too long.
  int signatures = 0;

 private:
  KeyStore keys_;
  std::optional<ServerContext> context_;
};

}  // namespace postkeep::tls
