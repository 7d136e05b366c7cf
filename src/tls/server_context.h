// What all TLS connections of one service have in common: certificates, the
// way to their keys, protocols, tickets (RFC 8446, 5246, 7301, 6066, 5077).
//
// Here:      ServerContext, ServerSettings, TicketKey, prepare().
// Not here:  one connection (tls/connection.h); the keys themselves, which are
//            in the role `keys` (tls/key_store.h).
// Laws:      tests/tls/connection_test.cc; no private key ever comes here, no
//            file is opened, no system call but getpid and getrandom is made.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/octets.h"
#include "base/random.h"
#include "base/signer.h"

namespace postkeep::tls {

// Loads everything that OpenSSL loads once, so that nothing is opened after
// the door is closed. Call it first; calling it again does nothing.
void prepare();
// Takes all of OpenSSL's randomness from `random` from now on: simulator only.
void use_random(Random& random);

// The chain of one certificate, and the number of its key in the role `keys`.
struct Certificate {
  std::string chain_pem;  // The server's own first.
  std::uint32_t key = 0;
};

// What happens when SNI names a host that no certificate is for.
enum class UnknownName : std::uint8_t {
  gets_the_first,  // Port 25: MTAs rarely check and often send the MX's alias.
  is_refused,      // Elsewhere: alert unrecognized_name (RFC 6066 section 3).
};

struct ServerSettings {
  // At least one. Several with the same names and other kinds of key stand in
  // for each other. The first is what a client without SNI gets.
  std::vector<Certificate> certificates;
  // ALPN names of this service. A client that offers ALPN without any of them
  // is refused (no_application_protocol), one that offers none is not.
  std::vector<std::string> protocols;
  UnknownName unknown_name = UnknownName::is_refused;
};

// Seals session tickets of one service. Comes from the role `keys`, which
// makes a new one every few hours: `name`, `mac`, `cipher` in 80 octets.
inline constexpr std::size_t ticket_key_octets = 16 + 32 + 32;
struct TicketKey {
  std::array<Octet, 16> name;    // Which key: sent in clear with the ticket.
  std::array<Octet, 32> mac;     // HMAC-SHA-256.
  std::array<Octet, 32> cipher;  // AES-256-CBC.
};
[[nodiscard]] TicketKey ticket_key(
    std::span<const Octet, ticket_key_octets> octets);

enum class ContextError : std::uint8_t {
  no_certificate,      // The list, or a chain_pem, holds none.
  unreadable,          // A chain_pem that is not PEM certificates.
  kind_not_supported,  // Neither an EC P-256/P-384 nor an RSA >= 2048 key.
};
[[nodiscard]] std::string_view name(ContextError error);

struct ContextInside;  // tls/context_inside.h, for this room alone.

// A handle: copies share one context, and connections keep it alive, so that a
// reload puts a new one in place while old connections go on.
class ServerContext {
 public:
  // `signer` must outlive the context and its connections.
  [[nodiscard]] static std::expected<ServerContext, ContextError> make(
      const ServerSettings& settings, Signer& signer);

  // From now on tickets are sealed with `current` and opened with both. Before
  // the first call there are no tickets.
  void set_ticket_keys(const TicketKey& current,
                       const std::optional<TicketKey>& previous);

 private:
  friend class Connection;
  explicit ServerContext(std::shared_ptr<ContextInside> inside);
  std::shared_ptr<ContextInside> inside_;
};

}  // namespace postkeep::tls
