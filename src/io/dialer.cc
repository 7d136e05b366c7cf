#include "io/dialer.h"

#include <event2/event.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "io/errno.h"

namespace postkeep::io {
namespace {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

SocketAddress socket_address(const DialTarget& target) {
  SocketAddress to;
  if (target.address.is_v6) {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(to.storage);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(target.port);
    std::memcpy(&v6.sin6_addr, target.address.octets.data(), 16);
    to.size = sizeof v6;
  } else {
    auto& v4 = reinterpret_cast<sockaddr_in&>(to.storage);
    v4.sin_family = AF_INET;
    v4.sin_port = htons(target.port);
    std::memcpy(&v4.sin_addr, target.address.octets.data(), 4);
    to.size = sizeof v4;
  }
  return to;
}

DialAddress own_end_of(int socket) {
  sockaddr_storage own{};
  socklen_t size = sizeof own;
  DialAddress address;
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&own), &size) != 0) {
    return address;
  }
  address.is_v6 = own.ss_family == AF_INET6;
  if (address.is_v6) {
    std::memcpy(address.octets.data(),
                &reinterpret_cast<const sockaddr_in6&>(own).sin6_addr, 16);
  } else {
    std::memcpy(address.octets.data(),
                &reinterpret_cast<const sockaddr_in&>(own).sin_addr, 4);
  }
  return address;
}

DialOutcome outcome_of(int error) {
  switch (error) {
    case ECONNREFUSED:
    case ECONNRESET: return DialOutcome::refused;
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ENETDOWN:
    case EHOSTDOWN:
    case EAFNOSUPPORT:
    case EADDRNOTAVAIL: return DialOutcome::unreachable;
    case ETIMEDOUT: return DialOutcome::timed_out;
    case EACCES:
    case EPERM: return DialOutcome::not_permitted;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
    case EAGAIN: return DialOutcome::no_room;
    default: return DialOutcome::other;
  }
}

}  // namespace

class SocketDialer::Attempt {
 public:
  Attempt(SocketDialer& dialer, std::uint64_t number, Then then)
      : dialer_(dialer), number_(number), then_(std::move(then)) {}
  ~Attempt() {
    dialer_.loop_.cancel(timer_);
    if (wait_ != nullptr) event_free(wait_);
  }
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

  void begin(const DialTarget& target, Duration wait) {
    const int family = target.address.is_v6 ? AF_INET6 : AF_INET;
    socket_ =
        own(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket_.holds()) return end_soon(outcome_of(errno));
    const SocketAddress to = socket_address(target);
    if (::connect(socket_.number(),
                  reinterpret_cast<const sockaddr*>(&to.storage),
                  to.size) == 0) {
      return end_soon(DialOutcome::connected);
    }
    if (errno != EINPROGRESS) return end_soon(outcome_of(errno));
    wait_ = event_new(
        dialer_.loop_.base(), socket_.number(), EV_WRITE,
        [](evutil_socket_t, short, void* self) {
          static_cast<Attempt*>(self)->writable();
        },
        this);
    PK_CHECK(wait_ != nullptr && event_add(wait_, nullptr) == 0);
    timer_ = dialer_.loop_.after(wait, [this] {
      timer_ = TimerId::none;
      end(DialOutcome::timed_out);
    });
  }

 private:
  void writable() {
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(socket_.number(), SOL_SOCKET, SO_ERROR, &error, &size) !=
        0) {
      error = errno;
    }
    end(error == 0 ? DialOutcome::connected : outcome_of(error));
  }

  // Never inside dial().
  void end_soon(DialOutcome outcome) {
    timer_ = dialer_.loop_.after(Duration(0), [this, outcome] {
      timer_ = TimerId::none;
      end(outcome);
    });
  }

  // Destroys this.
  void end(DialOutcome outcome) {
    Dialled dialled{.outcome = outcome, .socket = {}, .own_end = {}};
    if (outcome == DialOutcome::connected) {
      dialled.own_end = own_end_of(socket_.number());
      dialled.socket = std::move(socket_);
    }
    const Then then = std::move(then_);
    dialer_.attempts_.erase(number_);
    then(std::move(dialled));
  }

  SocketDialer& dialer_;
  std::uint64_t number_;
  Then then_;
  Descriptor socket_;
  event* wait_ = nullptr;
  TimerId timer_ = TimerId::none;
};

SocketDialer::SocketDialer(Loop& loop) : loop_(loop) {}
SocketDialer::~SocketDialer() = default;

DialTicket SocketDialer::dial(const DialTarget& target, Duration wait,
                              Then then) {
  const std::uint64_t number = ++last_;
  const auto at = attempts_
                      .emplace(number, std::make_unique<Attempt>(
                                           *this, number, std::move(then)))
                      .first;
  at->second->begin(target, wait);
  return DialTicket{number};
}

void SocketDialer::forget(DialTicket ticket) {
  attempts_.erase(static_cast<std::uint64_t>(ticket));
}

}  // namespace postkeep::io
