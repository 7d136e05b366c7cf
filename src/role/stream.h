// The octets of a client, or of another server, with TLS or without, as the
// role sees them.
//
// Here:      Stream, StreamEvents.
// Not here:  sockets (base/net.h), TLS itself (tls/connection.h).
// Laws:      tests/role/stream_test.cc: octets that came before start_tls() are
//            never taken for octets under TLS.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/clock.h"
#include "base/net.h"
#include "ipc/access_messages.h"
#include "tls/client_context.h"
#include "tls/connection.h"
#include "tls/server_context.h"

namespace postkeep::role {

class StreamEvents {
 public:
  virtual void received(Octets plaintext) = 0;
  // The handshake that start_tls() began is done.
  virtual void tls_started() {}
  virtual void sent_all() {}
  // The client has gone, or its TLS failed. Nothing comes after this.
  virtual void ended(std::string_view why) = 0;

 protected:
  ~StreamEvents() = default;
};

// Not to be destroyed inside a call of its own: bury it (role/graveyard.h).
class Stream final : private ConnectionEvents {
 public:
  Stream(std::unique_ptr<Connection> connection, Timers& timers,
         StreamEvents& events);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // From now on the client's octets are TLS.
  void start_tls(const tls::ServerContext& server, Duration handshake_max);
  // The same where the other side is the server.
  void start_tls(const tls::ClientContext& client,
                 const tls::ServerWanted& wanted, Duration handshake_max);
  [[nodiscard]] bool is_tls() const { return tls_.has_value(); }
  // The client's octets are of its handshake: they must be read.
  [[nodiscard]] bool is_shaking_hands() const {
    return tls_.has_value() && !tls_open_;
  }
  [[nodiscard]] ipc::TlsFacts tls_facts() const;
  [[nodiscard]] bool resumed() const;
  // Of a server: its certificate passed the check that was asked for.
  [[nodiscard]] bool verified() const;

  void send(Octets plaintext);
  [[nodiscard]] std::size_t unsent() const { return connection_->unsent(); }
  void read_on(bool on);
  // Sends what is queued and closes; no event comes after this.
  void close_when_sent();
  void close_now();
  [[nodiscard]] const PeerAddress& peer() const { return connection_->peer(); }

 private:
  void received(Octets octets) override;
  void sent_all() override;
  void ended(Trouble why) override;
  void start_tls(tls::Connection connection, Duration handshake_max);
  void after_tls_octets();
  void send_tls_output();
  void fail(std::string_view why);

  std::unique_ptr<Connection> connection_;
  Timers& timers_;
  StreamEvents& events_;
  std::optional<tls::Connection> tls_;
  bool tls_open_ = false;
  bool closed_ = false;
  TimerId handshake_timer_ = TimerId::none;
};

}  // namespace postkeep::role
