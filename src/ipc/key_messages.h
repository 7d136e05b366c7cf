// Signatures without keys: a role with TLS asks keys to sign a digest.
//
// Here:      SignRequest, SignAnswer, TicketKeys.
// Not here:  private keys (tls/key_store.h, in the role keys alone).
// Grammar:   ipc/wire.h.
// Laws:      proptests/ipc/message_laws.h.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/signer.h"
#include "ipc/kind.h"
#include "ipc/wire.h"

namespace postkeep::ipc {

inline constexpr std::size_t digest_octets_max = 1024;
inline constexpr std::size_t signature_octets_max = 1024;

struct SignRequest {
  static constexpr Kind kind = Kind::sign_request;

  std::uint64_t request = 0;
  std::uint32_t key = 0;
  SignatureScheme scheme = SignatureScheme::ecdsa;
  std::vector<Octet> digest;

  template <class Wire>
  void fields(Wire& wire) {
    wire(request);
    wire(key);
    wire(scheme, SignatureScheme::rsa_pkcs1_digest);
    wire(digest, digest_octets_max);
  }
};

struct SignAnswer {
  static constexpr Kind kind = Kind::sign_answer;

  std::uint64_t request = 0;
  bool ok = false;
  Trouble trouble = Trouble::other;
  std::vector<Octet> signature;

  template <class Wire>
  void fields(Wire& wire) {
    wire(request);
    wire(ok);
    wire(trouble, Trouble::other);
    wire(signature, signature_octets_max);
  }
};

// The keys of session tickets (RFC 5077, RFC 8446 section 4.6.1), for one
// service: pushed when a channel opens and at every rotation.
struct TicketKeys {
  static constexpr Kind kind = Kind::ticket_keys;

  std::array<Octet, 80> current{};   // Name, HMAC key, AES key.
  std::array<Octet, 80> previous{};  // Still accepted, no longer given out.

  template <class Wire>
  void fields(Wire& wire) {
    wire(current);
    wire(previous);
  }
};

}  // namespace postkeep::ipc
