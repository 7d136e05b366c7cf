// The port of the network: connections that push what arrives.
//
// Here:      Connection, ConnectionEvents, Listener, PeerAddress.
// Not here:  real sockets (io/), TLS over a connection (role/), simulated
//            networks (tests/sim).
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>

#include "base/descriptor.h"
#include "base/octets.h"
#include "base/trouble.h"

namespace postkeep {

// Who is at the other end. `text` is an IP address as RFC 5321 section 4.1.3
// writes it without brackets ("192.0.2.1", "IPv6:2001:db8::1"), or empty for a
// socket of this machine; then `uid` says who runs the process.
struct PeerAddress {
  static constexpr std::uint32_t unknown_uid = 0xFFFFFFFF;

  std::string text;
  std::uint16_t port = 0;
  std::uint32_t uid = unknown_uid;
  bool operator==(const PeerAddress&) const = default;
};

// Told by a Connection what happens on it. A call may close or destroy the
// connection.
class ConnectionEvents {
 public:
  // Octets arrived; borrowed until the call returns.
  virtual void received(Octets octets) = 0;
  // All that was sent has been handed to the kernel.
  virtual void sent_all() {}
  // The other side has gone (Trouble::closed), or the connection failed.
  // Nothing more comes after this.
  virtual void ended(Trouble why) = 0;

 protected:
  ~ConnectionEvents() = default;
};

class Connection {
 public:
  virtual ~Connection() = default;

  // Who is told. To be set once, before the loop runs again.
  virtual void tell(ConnectionEvents* events) = 0;
  // Queues `octets` (copied) and sends what the kernel takes. What is queued
  // is unbounded here: the caller watches unsent() and stops reading.
  virtual void send(Octets octets) = 0;
  [[nodiscard]] virtual std::size_t unsent() const = 0;
  // Stops or resumes reading: back-pressure. Reading is on at the start.
  virtual void read_on(bool on) = 0;
  // Sends what is queued, then shuts down and closes; `ended` is not called.
  // What does not go out within a few seconds is dropped.
  virtual void close_when_sent() = 0;
  virtual void close_now() = 0;
  // Gives the socket away, with nothing queued (PK_CHECK): for hand-over.
  [[nodiscard]] virtual Descriptor release() = 0;
  [[nodiscard]] virtual const PeerAddress& peer() const = 0;
};

// Accepts connections on one listening socket.
class Listener {
 public:
  virtual ~Listener() = default;
  virtual void accept_on(bool on) = 0;
};

using Accepted = std::function<void(std::unique_ptr<Connection>)>;

class Net {
 public:
  // Takes over a connected stream socket.
  [[nodiscard]] virtual std::unique_ptr<Connection> adopt(
      Descriptor socket) = 0;
  // Accepts from a listening socket, calling `accepted` for each connection.
  // When no descriptor is left it pauses and tries again by itself.
  [[nodiscard]] virtual std::unique_ptr<Listener> listen(Descriptor socket,
                                                         Accepted accepted) = 0;
  // A connected pair of local stream sockets.
  struct Pair {
    Descriptor one;
    Descriptor other;
  };
  [[nodiscard]] virtual std::expected<Pair, Trouble> pair() = 0;

 protected:
  ~Net() = default;
};

}  // namespace postkeep
