// One TLS connection, of either side, as a value over memory (RFC 8446, 5246):
// ciphertext in, ciphertext out; plaintext in, plaintext out.
//
// Here:      Connection, ConnectionState, ConnectionInfo, ChannelBindings.
// Not here:  sockets and back-pressure, which are the role's.
// Laws:      proptests/tls/connection_laws.h: cuts of the ciphertext do not
//            matter; errors stick; output and memory stay under their bounds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/octets.h"
#include "tls/client_context.h"
#include "tls/error.h"
#include "tls/server_context.h"

namespace postkeep::tls {

// A ClientHello with post-quantum shares has about 1,800 octets; all that a
// client sends before it may speak fits eight times over.
inline constexpr std::size_t handshake_octets_max = 16 * 1024;
// The same of a server, whose chain of certificates is the largest part:
// OpenSSL itself takes chains of 100 KiB.
inline constexpr std::size_t server_handshake_octets_max = 128 * 1024;
// Ciphertext that waits to be taken. write() stops at it; a peer that makes the
// protocol answer as much without reading it loses the connection.
inline constexpr std::size_t output_octets_max = 256 * 1024;

enum class ConnectionState : std::uint8_t {
  handshaking,  // No plaintext yet.
  open,         // Both directions.
  ended,        // The peer has sent close_notify: no plaintext comes any more.
  closed,       // close() was called: only take_output() makes sense.
  failed,       // error() says why; what take_output() holds is the alert.
};

struct ConnectionInfo {
  std::string version;      // "TLSv1.3".
  std::string cipher;       // IANA's name: "TLS_AES_256_GCM_SHA384".
  std::uint32_t bits = 0;   // Of the cipher.
  std::string server_name;  // SNI, as sent; empty without.
  std::string protocol;     // ALPN; empty without.
  bool resumed = false;     // By a session ticket.
  // Of a server: its certificate passed the check that was asked for.
  bool verified = false;
};

// What SCRAM-SHA-256-PLUS binds to. Empty where the version cannot give it.
struct ChannelBindings {
  std::vector<Octet> exporter;          // tls-exporter, RFC 9266.
  std::vector<Octet> server_end_point;  // tls-server-end-point, RFC 5929.
};

class Connection {
 public:
  explicit Connection(const ServerContext& context);
  // The client's side; its first octets are to be taken at once.
  Connection(const ClientContext& context, const ServerWanted& wanted);
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;
  ~Connection();

  // What the socket gave, all of it used. Plaintext that comes out of it has
  // at most as many octets: who takes it after each call bounds both.
  void received(Octets ciphertext);
  // Queues plaintext, sealed. False, and nothing is queued, when the output is
  // full or the connection is not open (or ended): take the output first.
  [[nodiscard]] bool write(Octets plaintext);
  // Queues close_notify. Nothing can be written afterwards.
  void close();

  [[nodiscard]] std::vector<Octet> take_plaintext();
  [[nodiscard]] std::vector<Octet> take_output();
  [[nodiscard]] std::size_t plaintext_octets() const;
  [[nodiscard]] std::size_t output_octets() const;

  [[nodiscard]] ConnectionState state() const;
  [[nodiscard]] std::optional<TlsError> error() const;
  // The number of the last fatal alert, sent or received; 0 without one.
  [[nodiscard]] std::uint8_t alert() const;
  // Once state() is open.
  [[nodiscard]] ConnectionInfo info() const;
  [[nodiscard]] ChannelBindings channel_bindings() const;

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace postkeep::tls
