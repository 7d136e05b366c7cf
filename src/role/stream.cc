#include "role/stream.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/check.h"

namespace postkeep::role {
namespace {

// What is sealed at once: a few TLS records.
constexpr std::size_t sealed_octets_max = 64 * 1024;
// Whoever sends what TLS itself answers (updates of keys), and reads none of
// the answers, is dropped here. Far above what a session lets wait: it stops
// asking for more at a quarter of this.
constexpr std::size_t unread_answers_octets_max = 1024 * 1024;

}  // namespace

Stream::Stream(std::unique_ptr<Connection> connection, Timers& timers,
               StreamEvents& events)
    : connection_(std::move(connection)), timers_(timers), events_(events) {
  connection_->tell(this);
}

Stream::~Stream() { timers_.cancel(handshake_timer_); }

void Stream::start_tls(const tls::ServerContext& server,
                       Duration handshake_max) {
  start_tls(tls::Connection(server), handshake_max);
}

void Stream::start_tls(const tls::ClientContext& client,
                       const tls::ServerWanted& wanted,
                       Duration handshake_max) {
  start_tls(tls::Connection(client, wanted), handshake_max);
  send_tls_output();  // A client talks first.
}

void Stream::start_tls(tls::Connection connection, Duration handshake_max) {
  PK_CHECK(!tls_);
  tls_.emplace(std::move(connection));
  handshake_timer_ = timers_.after(handshake_max, [this] {
    handshake_timer_ = TimerId::none;
    fail("tls_handshake_timed_out");
  });
}

ipc::TlsFacts Stream::tls_facts() const {
  if (!tls_ || !tls_open_) return {};
  const tls::ConnectionInfo info = tls_->info();
  tls::ChannelBindings bindings = tls_->channel_bindings();
  return {.on = true,
          .protocol = info.version,
          .cipher = info.cipher,
          .bits = info.bits,
          .exporter = std::move(bindings.exporter),
          .end_point = std::move(bindings.server_end_point)};
}

bool Stream::verified() const {
  return tls_ && tls_open_ && tls_->info().verified;
}

bool Stream::resumed() const { return tls_ && tls_->info().resumed; }

void Stream::send(Octets plaintext) {
  if (closed_) return;
  if (!tls_) return connection_->send(plaintext);
  while (!plaintext.empty()) {
    const Octets part =
        plaintext.first(std::min(plaintext.size(), sealed_octets_max));
    plaintext = plaintext.subspan(part.size());
    if (!tls_->write(part)) return;  // Its end is under way already.
    send_tls_output();
  }
}

void Stream::read_on(bool on) {
  if (!closed_) connection_->read_on(on);
}

void Stream::close_when_sent() {
  if (std::exchange(closed_, true)) return;
  timers_.cancel(std::exchange(handshake_timer_, TimerId::none));
  if (tls_) {
    tls_->close();
    send_tls_output();
  }
  connection_->close_when_sent();
}

void Stream::close_now() {
  if (std::exchange(closed_, true)) return;
  timers_.cancel(std::exchange(handshake_timer_, TimerId::none));
  connection_->close_now();
}

void Stream::received(Octets octets) {
  if (closed_) return;
  if (!tls_) return events_.received(octets);
  tls_->received(octets);
  after_tls_octets();
  if (connection_->unsent() > unread_answers_octets_max) {
    fail("answers_not_read");
  }
}

void Stream::after_tls_octets() {
  send_tls_output();
  if (!tls_open_ && tls_->state() == tls::ConnectionState::open) {
    tls_open_ = true;
    timers_.cancel(std::exchange(handshake_timer_, TimerId::none));
    events_.tls_started();
    if (closed_) return;
  }
  const std::vector<Octet> plaintext = tls_->take_plaintext();
  if (!plaintext.empty()) events_.received(plaintext);
  if (closed_) return;
  send_tls_output();
  if (tls_->state() == tls::ConnectionState::failed) {
    const auto error = tls_->error();
    fail(error ? tls::name(*error) : "tls_failed");
  } else if (tls_->state() == tls::ConnectionState::ended) {
    close_when_sent();
    events_.ended("closed");
  }
}

void Stream::send_tls_output() {
  const std::vector<Octet> output = tls_->take_output();
  if (!output.empty()) connection_->send(output);
}

void Stream::fail(std::string_view why) {
  if (std::exchange(closed_, true)) return;
  timers_.cancel(std::exchange(handshake_timer_, TimerId::none));
  connection_->close_when_sent();  // The alert still goes out.
  events_.ended(why);
}

void Stream::sent_all() {
  if (!closed_) events_.sent_all();
}

void Stream::ended(Trouble why) {
  if (std::exchange(closed_, true)) return;
  timers_.cancel(std::exchange(handshake_timer_, TimerId::none));
  events_.ended(name(why));
}

}  // namespace postkeep::role
