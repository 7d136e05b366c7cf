#include "io/net.h"

#include <arpa/inet.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "base/check.h"
#include "io/errno.h"

namespace postkeep::io {

struct SocketNet::Shared {
  Loop& loop;
  std::size_t connections_max;
  std::size_t connections = 0;
  std::array<Octet, receive_octets_max> room{};
};

namespace {

using Shared = SocketNet::Shared;

// Accepted at one wake-up: of several processes with one socket the one that
// has least to do comes back for the next soonest.
constexpr int accept_at_once_max = 1;
// What a lingering connection still gets is read in pieces of this size.
constexpr std::size_t dropped_octets_at_once = 16 * 1024;
// A queue that has grown beyond this gives its memory back once it is empty.
constexpr std::size_t queue_kept_octets = 64 * 1024;

PeerAddress read_address(const sockaddr_storage& from) {
  PeerAddress peer;
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (from.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(from);
    inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
    peer.text = text.data();
    peer.port = ntohs(v4.sin_port);
  } else if (from.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(from);
    peer.port = ntohs(v6.sin6_port);
    if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
      inet_ntop(AF_INET, &v6.sin6_addr.s6_addr[12], text.data(), text.size());
      peer.text = text.data();
    } else {
      inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
      peer.text = std::string("IPv6:") + text.data();
    }
  }
  return peer;
}

PeerAddress peer_of(int socket) {
  sockaddr_storage from{};
  socklen_t size = sizeof from;
  if (getpeername(socket, reinterpret_cast<sockaddr*>(&from), &size) != 0) {
    return {};
  }
  PeerAddress peer = read_address(from);
  if (from.ss_family == AF_UNIX) {
    ucred who{};
    size = sizeof who;
    if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0) {
      peer.uid = who.uid;
    }
  }
  return peer;
}

void no_delay(int socket) {
  const int on = 1;
  // Fails, rightly, for sockets that are not TCP.
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

class SocketConnection final : public Connection, private EndOfRound {
 public:
  SocketConnection(std::shared_ptr<Shared> shared, Descriptor socket,
                   PeerAddress peer);
  ~SocketConnection() override { close_now(); }
  SocketConnection(const SocketConnection&) = delete;
  SocketConnection& operator=(const SocketConnection&) = delete;

  void tell(ConnectionEvents* events) override;
  void send(Octets octets) override;
  [[nodiscard]] std::size_t unsent() const override {
    return queue_.size() - sent_;
  }
  void read_on(bool on) override;
  void close_when_sent() override;
  void close_now() override;
  [[nodiscard]] Descriptor release() override;
  [[nodiscard]] const PeerAddress& peer() const override { return peer_; }

 private:
  void round_ended() override;
  void readable();
  void writable();
  // Sends what the kernel takes. False when the connection has failed.
  bool send_some();
  void flush();
  void wait_to_write(bool on);
  void wait_to_read(bool on);
  void fail(Trouble why);
  void let_go();

  std::shared_ptr<Shared> shared_;
  Descriptor socket_;
  PeerAddress peer_;
  ConnectionEvents* events_ = nullptr;
  event* read_ = nullptr;
  event* write_ = nullptr;
  std::vector<Octet> queue_;
  std::size_t sent_ = 0;
  bool reading_ = false;   // Wanted.
  bool waiting_ = false;   // The kernel tells us of octets.
  bool writing_ = false;   // Waits until the kernel takes more.
  bool in_round_ = false;  // round_ended() will come.
};

// Owns itself until all is sent, the other side fails, or time is up. Reads
// and drops meanwhile: octets left unread would make the kernel send a reset,
// and the last reply could be lost with it.
class Lingering final {
 public:
  static void start(std::shared_ptr<Shared> shared, Descriptor socket,
                    std::vector<Octet> queue, std::size_t sent) {
    auto* lingering = std::make_unique<Lingering>().release();
    lingering->shared_ = std::move(shared);
    lingering->socket_ = std::move(socket);
    lingering->queue_ = std::move(queue);
    lingering->sent_ = sent;
    lingering->begin();
  }

 private:
  void begin() {
    Loop& loop = shared_->loop;
    timer_ = loop.after(linger_seconds_max, [this] { end(); });
    const auto call = [](int, short, void* self) {
      static_cast<Lingering*>(self)->go_on();
    };
    read_ = event_new(loop.base(), socket_.number(),
                      static_cast<short>(EV_READ | EV_PERSIST), call, this);
    write_ = event_new(loop.base(), socket_.number(), EV_WRITE, call, this);
    PK_CHECK(read_ != nullptr && write_ != nullptr);
    event_add(read_, nullptr);
    go_on();
  }

  void go_on() {
    while (sent_ < queue_.size()) {
      const ssize_t took =
          ::send(socket_.number(), queue_.data() + sent_, queue_.size() - sent_,
                 MSG_NOSIGNAL | MSG_DONTWAIT);
      if (took < 0 && errno == EINTR) continue;
      if (took < 0 && errno == EAGAIN) break;
      if (took < 0) return end();
      sent_ += static_cast<std::size_t>(took);
    }
    if (sent_ < queue_.size()) {
      event_add(write_, nullptr);
    } else if (!std::exchange(shut_, true)) {
      shutdown(socket_.number(), SHUT_WR);
    }
    drop_received();
  }

  void drop_received() {
    // Not into the shared room: it may be lent to whoever closes this one.
    std::array<Octet, dropped_octets_at_once> room;
    const ssize_t got =
        recv(socket_.number(), room.data(), room.size(), MSG_DONTWAIT);
    if (got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR))) return;
    // The other side sends nothing more: it has, or will never have, the rest.
    if (got == 0 && sent_ < queue_.size()) {
      event_del(read_);
      return;
    }
    end();
  }

  void end() {
    const std::unique_ptr<Lingering> self(this);
    shared_->loop.cancel(timer_);
    event_free(read_);
    event_free(write_);
    shared_->connections -= 1;
  }

  std::shared_ptr<Shared> shared_;
  Descriptor socket_;
  std::vector<Octet> queue_;
  std::size_t sent_ = 0;
  bool shut_ = false;
  TimerId timer_ = TimerId::none;
  event* read_ = nullptr;
  event* write_ = nullptr;
};

SocketConnection::SocketConnection(std::shared_ptr<Shared> shared,
                                   Descriptor socket, PeerAddress peer)
    : shared_(std::move(shared)),
      socket_(std::move(socket)),
      peer_(std::move(peer)) {
  PK_CHECK(socket_.holds());
  shared_->connections += 1;
  event_base* const base = shared_->loop.base();
  read_ = event_new(
      base, socket_.number(), static_cast<short>(EV_READ | EV_PERSIST),
      [](int, short, void* self) {
        static_cast<SocketConnection*>(self)->readable();
      },
      this);
  write_ = event_new(
      base, socket_.number(), static_cast<short>(EV_WRITE | EV_PERSIST),
      [](int, short, void* self) {
        static_cast<SocketConnection*>(self)->writable();
      },
      this);
  PK_CHECK(read_ != nullptr && write_ != nullptr);
}

void SocketConnection::tell(ConnectionEvents* events) {
  const bool first = events_ == nullptr;
  events_ = events;
  if (first) read_on(true);
}

// Off is only remembered: the kernel is told when octets arrive nevertheless.
// Most pauses (while another role is asked) end before the client says more.
void SocketConnection::read_on(bool on) {
  if (!socket_.holds()) return;
  reading_ = on;
  if (on) wait_to_read(true);
}

void SocketConnection::wait_to_read(bool on) {
  if (on == waiting_) return;
  waiting_ = on;
  PK_CHECK((on ? event_add(read_, nullptr) : event_del(read_)) == 0);
}

void SocketConnection::send(Octets octets) {
  if (!socket_.holds() || octets.empty()) return;
  queue_.insert(queue_.end(), octets.begin(), octets.end());
  if (writing_ || in_round_) return;
  in_round_ = true;
  shared_->loop.at_end_of_round(this);
}

void SocketConnection::round_ended() {
  in_round_ = false;
  if (!writing_) flush();
}

void SocketConnection::writable() { flush(); }

void SocketConnection::flush() {
  if (!send_some()) return fail(trouble_of(errno));
  wait_to_write(unsent() != 0);
  if (unsent() == 0 && events_ != nullptr) events_->sent_all();
}

bool SocketConnection::send_some() {
  while (sent_ < queue_.size()) {
    const ssize_t took =
        ::send(socket_.number(), queue_.data() + sent_, queue_.size() - sent_,
               MSG_NOSIGNAL | MSG_DONTWAIT);
    if (took < 0 && errno == EINTR) continue;
    if (took < 0 && errno == EAGAIN) break;
    if (took < 0) return false;
    sent_ += static_cast<std::size_t>(took);
  }
  if (sent_ == queue_.size()) {
    sent_ = 0;
    queue_.clear();
    if (queue_.capacity() > queue_kept_octets) queue_ = {};
  } else if (sent_ > queue_.size() / 2) {
    queue_.erase(queue_.begin(),
                 queue_.begin() + static_cast<std::ptrdiff_t>(sent_));
    sent_ = 0;
  }
  return true;
}

void SocketConnection::wait_to_write(bool on) {
  if (on == writing_) return;
  writing_ = on;
  PK_CHECK((on ? event_add(write_, nullptr) : event_del(write_)) == 0);
}

void SocketConnection::readable() {
  if (!reading_) return wait_to_read(false);
  const ssize_t got = recv(socket_.number(), shared_->room.data(),
                           shared_->room.size(), MSG_DONTWAIT);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got < 0) return fail(trouble_of(errno));
  if (got == 0) return fail(Trouble::closed);
  // Nothing may be touched after this: the call may have destroyed us.
  events_->received(
      Octets(shared_->room.data(), static_cast<std::size_t>(got)));
}

// Reading stops, but the socket stays until it is closed: what is queued may
// still go out to a client that has only ended its own side.
void SocketConnection::fail(Trouble why) {
  reading_ = false;
  wait_to_read(false);
  wait_to_write(false);
  ConnectionEvents* const events = std::exchange(events_, nullptr);
  if (events != nullptr) events->ended(why);
}

void SocketConnection::let_go() {
  if (in_round_) shared_->loop.forget(this);
  in_round_ = false;
  event_free(read_);
  event_free(write_);
  read_ = nullptr;
  write_ = nullptr;
  reading_ = false;
  waiting_ = false;
  writing_ = false;
  events_ = nullptr;
}

void SocketConnection::close_when_sent() {
  if (!socket_.holds()) return;
  let_go();
  Lingering::start(shared_, std::move(socket_), std::move(queue_), sent_);
  queue_.clear();
  sent_ = 0;
}

void SocketConnection::close_now() {
  if (!socket_.holds()) return;
  let_go();
  shared_->connections -= 1;
  queue_.clear();
  sent_ = 0;
  socket_.reset();
}

Descriptor SocketConnection::release() {
  PK_CHECK(socket_.holds());
  static_cast<void>(send_some());
  PK_CHECK(unsent() == 0);
  let_go();
  shared_->connections -= 1;
  return std::move(socket_);
}

class SocketListener final : public Listener {
 public:
  SocketListener(std::shared_ptr<Shared> shared, Descriptor socket,
                 Accepted accepted)
      : shared_(std::move(shared)),
        socket_(std::move(socket)),
        accepted_(std::make_shared<Accepted>(std::move(accepted))),
        alive_(std::make_shared<bool>(true)) {
    wait_ = event_new(
        shared_->loop.base(), socket_.number(),
        static_cast<short>(EV_READ | EV_PERSIST),
        [](int, short, void* self) {
          static_cast<SocketListener*>(self)->readable();
        },
        this);
    PK_CHECK(wait_ != nullptr);
    accept_on(true);
  }
  ~SocketListener() override {
    *alive_ = false;
    shared_->loop.cancel(pause_);
    event_free(wait_);
  }
  SocketListener(const SocketListener&) = delete;
  SocketListener& operator=(const SocketListener&) = delete;

  void accept_on(bool on) override {
    wanted_ = on;
    shared_->loop.cancel(std::exchange(pause_, TimerId::none));
    PK_CHECK((on ? event_add(wait_, nullptr) : event_del(wait_)) == 0);
  }

 private:
  void readable() {
    // The call may destroy this listener, and what it calls with it.
    const std::shared_ptr<bool> alive = alive_;
    const std::shared_ptr<Accepted> accepted = accepted_;
    for (int i = 0; i < accept_at_once_max && *alive && wanted_; ++i) {
      if (shared_->connections >= shared_->connections_max) return pause();
      sockaddr_storage from{};
      socklen_t size = sizeof from;
      Descriptor socket =
          own(accept4(socket_.number(), reinterpret_cast<sockaddr*>(&from),
                      &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
      if (!socket.holds()) return not_accepted(errno);
      PeerAddress peer = from.ss_family == AF_UNIX ? peer_of(socket.number())
                                                   : read_address(from);
      if (from.ss_family != AF_UNIX) no_delay(socket.number());
      (*accepted)(std::make_unique<SocketConnection>(shared_, std::move(socket),
                                                     std::move(peer)));
    }
  }

  void not_accepted(int error) {
    // Another process was faster, or the client left the queue again.
    if (error == EAGAIN || error == EINTR || error == ECONNABORTED) return;
    pause();
  }

  // No descriptor or memory is left: clients wait in the kernel's queue.
  void pause() {
    event_del(wait_);
    shared_->loop.cancel(pause_);
    pause_ = shared_->loop.after(accept_pause_milliseconds, [this] {
      pause_ = TimerId::none;
      if (wanted_) event_add(wait_, nullptr);
    });
  }

  std::shared_ptr<Shared> shared_;
  Descriptor socket_;
  std::shared_ptr<Accepted> accepted_;
  event* wait_ = nullptr;
  TimerId pause_ = TimerId::none;
  bool wanted_ = false;
  std::shared_ptr<bool> alive_;
};

std::size_t connections_by_limit() {
  rlimit limit{};
  PK_CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  if (limit.rlim_cur <= 2 * descriptors_kept_free) return limit.rlim_cur / 2;
  return limit.rlim_cur - descriptors_kept_free;
}

}  // namespace

SocketNet::SocketNet(Loop& loop, std::size_t connections_max)
    : shared_(std::make_shared<Shared>(loop, connections_max != 0
                                                 ? connections_max
                                                 : connections_by_limit())) {}

SocketNet::~SocketNet() = default;

std::unique_ptr<Connection> SocketNet::adopt(Descriptor socket) {
  PeerAddress peer = peer_of(socket.number());
  return std::make_unique<SocketConnection>(shared_, std::move(socket),
                                            std::move(peer));
}

std::unique_ptr<Listener> SocketNet::listen(Descriptor socket,
                                            Accepted accepted) {
  return std::make_unique<SocketListener>(shared_, std::move(socket),
                                          std::move(accepted));
}

std::expected<Net::Pair, Trouble> SocketNet::pair() {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
                 ends.data()) != 0) {
    return std::unexpected(trouble_of(errno));
  }
  return Pair{own(ends[0]), own(ends[1])};
}

std::size_t SocketNet::connections() const { return shared_->connections; }

}  // namespace postkeep::io
