// A TLS client in memory, and keys and certificates to meet it with: for
// tests and fuzzers of tls/ and of roles that speak it.
//
// Here:      Peer, PeerSettings, make_identity(), Identity, meet().
// Not here:  the server side, which is what is tested (tls/connection.h).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/octets.h"
#include "base/signer.h"
#include "tls/connection.h"
#include "tls/key_store.h"
#include "tls/server_context.h"

namespace postkeep::tls {

struct Identity {
  std::string certificate_pem;
  std::string key_pem;
};
enum class IdentityKind : std::uint8_t { ec_256, ec_384, rsa_2048, rsa_1024 };
// Self-signed, for `names`.
[[nodiscard]] Identity make_identity(IdentityKind kind,
                                     const std::vector<std::string>& names);
// One that may sign others; and one that it has signed, with it as the chain.
[[nodiscard]] Identity make_authority(const std::string& name);
[[nodiscard]] Identity make_identity_of(const Identity& authority,
                                        const std::vector<std::string>& names);

struct PeerSettings {
  int version_min = 0;  // TLS1_2_VERSION and so on; 0: the library's.
  int version_max = 0;
  std::string server_name = {};
  std::vector<std::string> protocols = {};  // ALPN.
  std::string ciphers = {};                 // OpenSSL's words, up to TLS 1.2.
  std::string signature_schemes = {};
  std::vector<Octet> session = {};  // To resume: Peer::session().
};

// The client's side of a connection, over memory.
class Peer {
 public:
  explicit Peer(const PeerSettings& settings);
  Peer(Peer&&) noexcept;
  ~Peer();

  // Makes the client go on with what it was given; take what it has to say.
  void received(Octets ciphertext);
  [[nodiscard]] std::vector<Octet> take_output();
  void write(Octets plaintext);
  void close();
  void renegotiate();                // TLS 1.2.
  void update_keys(bool and_yours);  // TLS 1.3.

  [[nodiscard]] bool is_open() const;
  [[nodiscard]] bool failed() const;
  [[nodiscard]] bool was_closed() const;  // close_notify came.
  [[nodiscard]] std::uint8_t alert() const;
  [[nodiscard]] const std::string& plaintext() const;
  [[nodiscard]] bool resumed() const;
  [[nodiscard]] std::vector<Octet> session() const;  // Empty: none came.
  [[nodiscard]] std::string certificate_name() const;
  [[nodiscard]] std::vector<Octet> exporter() const;
  [[nodiscard]] std::vector<Octet> certificate_sha256() const;

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

// Carries octets between the two until both have nothing more to say, in
// pieces of at most `piece` octets.
void carry(Peer& peer, Connection& connection, std::size_t piece = 1 << 20);

}  // namespace postkeep::tls
