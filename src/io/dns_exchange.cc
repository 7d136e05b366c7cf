#include "io/dns_exchange.h"

#include <ares.h>
#include <arpa/inet.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>
#include <utility>

#include "base/check.h"

namespace postkeep::io {
namespace {

// The deadlines are our own: c-ares' never comes.
constexpr int cares_timeout_milliseconds = 3600 * 1000;
// As the queries say (RFC 6891 section 6.2.5).
constexpr int udp_octets_max = 1232;

// The address of a resolver, as both c-ares and connect() want it.
bool set_server(ares_addr_port_node& node, const DnsServer& server) {
  node = {};
  node.udp_port = server.port;
  node.tcp_port = server.port;
  node.family = AF_INET;
  if (inet_pton(AF_INET, server.address.c_str(), &node.addr) == 1) {
    return true;
  }
  node.family = AF_INET6;
  return inet_pton(AF_INET6, server.address.c_str(), &node.addr) == 1;
}

// Where c-ares connects to is where it was told to.
bool is_address_of(const sockaddr* address, socklen_t octets,
                   const ares_addr_port_node& node) {
  if (node.family == AF_INET && octets == sizeof(sockaddr_in)) {
    const auto* to = reinterpret_cast<const sockaddr_in*>(address);
    const auto* wanted = reinterpret_cast<const in_addr*>(&node.addr);
    return to->sin_family == AF_INET && to->sin_addr.s_addr == wanted->s_addr &&
           ntohs(to->sin_port) == node.udp_port;
  }
  if (node.family == AF_INET6 && octets == sizeof(sockaddr_in6)) {
    const auto* to = reinterpret_cast<const sockaddr_in6*>(address);
    const auto* wanted = reinterpret_cast<const in6_addr*>(&node.addr);
    return to->sin6_family == AF_INET6 &&
           IN6_ARE_ADDR_EQUAL(&to->sin6_addr, wanted) &&
           ntohs(to->sin6_port) == node.udp_port;
  }
  return false;
}

}  // namespace

class CaresExchange::Line {
 public:
  Line(Loop& loop, std::vector<Line*>& idle) : loop_(loop), idle_(idle) {}
  ~Line();
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  [[nodiscard]] bool open();
  void ask(const DnsServer& server, Octets query, Duration wait,
           Answered answered);

 private:
  // One for UDP, one for TCP.
  struct Watch {
    int socket = -1;
    event* wait = nullptr;
  };

  static const ares_socket_functions socket_functions;

  void watch(int socket, bool to_read, bool to_write);
  void ready(int socket, short what);
  void came(int status, const unsigned char* octets, int count);
  void end_soon(std::expected<std::vector<Octet>, Trouble> outcome);
  void end();

  Loop& loop_;
  std::vector<Line*>& idle_;
  ares_channel channel_ = nullptr;
  ares_addr_port_node server_{};
  std::array<Watch, 2> watches_;
  unsigned reads_of_round_ = 0;
  Answered answered_;
  std::optional<std::expected<std::vector<Octet>, Trouble>> outcome_;
  TimerId timer_ = TimerId::none;
};

const ares_socket_functions CaresExchange::Line::socket_functions{
    .asocket = [](int family, int type, int protocol, void*) -> int {
      return ::socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
    },
    .aclose = [](int socket, void*) -> int { return ::close(socket); },
    .aconnect = [](int socket, const sockaddr* address, socklen_t octets,
                   void* self) -> int {
      if (!is_address_of(address, octets, static_cast<Line*>(self)->server_)) {
        errno = EACCES;
        return -1;
      }
      return ::connect(socket, address, octets);
    },
    .arecvfrom = [](int socket, void* room, std::size_t octets, int flags,
                    sockaddr* from, socklen_t* from_octets,
                    void* self) -> ssize_t {
      unsigned& reads = static_cast<Line*>(self)->reads_of_round_;
      if (reads == dns_reads_of_round_max) {
        errno = EAGAIN;
        return -1;
      }
      reads += 1;
      return ::recvfrom(socket, room, octets, flags, from, from_octets);
    },
    .asendv = [](int socket, const iovec* pieces, int count, void*) -> ssize_t {
      msghdr message{};
      message.msg_iov = const_cast<iovec*>(pieces);
      message.msg_iovlen = static_cast<std::size_t>(count);
      return ::sendmsg(socket, &message, MSG_NOSIGNAL);
    },
};

bool CaresExchange::Line::open() {
  ares_options options{};
  options.flags = ARES_FLAG_EDNS | ARES_FLAG_NOCHECKRESP | ARES_FLAG_NOSEARCH |
                  ARES_FLAG_NOALIASES;
  options.timeout = cares_timeout_milliseconds;
  options.tries = 1;
  options.ndots = 0;
  options.ednspsz = udp_octets_max;
  in_addr nobody{};
  options.servers = &nobody;
  options.nservers = 1;
  std::array<char, 2> lookups{'b', '\0'};
  options.lookups = lookups.data();
  options.sock_state_cb = [](void* self, int socket, int to_read,
                             int to_write) {
    static_cast<Line*>(self)->watch(socket, to_read != 0, to_write != 0);
  };
  options.sock_state_cb_data = this;
  const int given = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
                    ARES_OPT_NDOTS | ARES_OPT_EDNSPSZ | ARES_OPT_SERVERS |
                    ARES_OPT_DOMAINS | ARES_OPT_LOOKUPS |
                    ARES_OPT_SOCK_STATE_CB | ARES_OPT_NOROTATE;
  if (ares_init_options(&channel_, &options, given) != ARES_SUCCESS) {
    channel_ = nullptr;
    return false;
  }
  ares_set_socket_functions(channel_, &socket_functions, this);
  return true;
}

CaresExchange::Line::~Line() {
  answered_ = nullptr;
  if (channel_ != nullptr) ares_destroy(channel_);
  loop_.cancel(timer_);
}

// c-ares waits for another thing at this socket: none, once it is closed.
void CaresExchange::Line::watch(int socket, bool to_read, bool to_write) {
  Watch* place = nullptr;
  for (Watch& one : watches_) {
    if (one.socket == socket || (place == nullptr && one.socket < 0)) {
      place = &one;
      if (one.socket == socket) break;
    }
  }
  PK_CHECK(place != nullptr);
  if (place->wait != nullptr) event_free(place->wait);
  *place = {};
  if (!to_read && !to_write) return;
  place->socket = socket;
  const auto what = static_cast<short>(EV_PERSIST | (to_read ? EV_READ : 0) |
                                       (to_write ? EV_WRITE : 0));
  place->wait = event_new(
      loop_.base(), socket, what,
      [](int at, short ready, void* self) {
        static_cast<Line*>(self)->ready(at, ready);
      },
      this);
  PK_CHECK(place->wait != nullptr && event_add(place->wait, nullptr) == 0);
}

void CaresExchange::Line::ready(int socket, short what) {
  reads_of_round_ = 0;
  ares_process_fd(channel_, (what & EV_READ) != 0 ? socket : ARES_SOCKET_BAD,
                  (what & EV_WRITE) != 0 ? socket : ARES_SOCKET_BAD);
}

void CaresExchange::Line::ask(const DnsServer& server, Octets query,
                              Duration wait, Answered answered) {
  answered_ = std::move(answered);
  outcome_.reset();
  if (!set_server(server_, server) ||
      ares_set_servers_ports(channel_, &server_) != ARES_SUCCESS) {
    return end_soon(std::unexpected(Trouble::unsupported));
  }
  timer_ = loop_.after(wait, [this] {
    outcome_ = std::unexpected(Trouble::timed_out);
    ares_cancel(channel_);
    end();
  });
  ares_send(
      channel_, query.data(), static_cast<int>(query.size()),
      [](void* self, int status, int, unsigned char* octets, int count) {
        static_cast<Line*>(self)->came(status, octets, count);
      },
      this);
}

// c-ares is still at work with this question: it ends when the loop is back.
void CaresExchange::Line::came(int status, const unsigned char* octets,
                               int count) {
  if (outcome_ || !answered_) return;  // Cancelled by ourselves.
  if (status == ARES_SUCCESS && octets != nullptr && count >= 0) {
    return end_soon(std::vector<Octet>(octets, octets + count));
  }
  end_soon(std::unexpected(Trouble::closed));
}

void CaresExchange::Line::end_soon(
    std::expected<std::vector<Octet>, Trouble> outcome) {
  outcome_ = std::move(outcome);
  loop_.cancel(timer_);
  timer_ = loop_.after(Duration(0), [this] { end(); });
}

void CaresExchange::Line::end() {
  timer_ = TimerId::none;
  const Answered answered = std::exchange(answered_, nullptr);
  const auto outcome = std::exchange(outcome_, std::nullopt);
  idle_.push_back(this);
  if (!*outcome) return answered(std::unexpected(outcome->error()));
  answered(Octets(**outcome));
}

CaresExchange::CaresExchange(Loop& loop, std::size_t questions_max)
    : loop_(loop) {
  lines_.reserve(questions_max);
  idle_.reserve(questions_max);
  for (std::size_t i = 0; i < questions_max; ++i) {
    auto line = std::make_unique<Line>(loop_, idle_);
    if (!line->open()) break;
    idle_.push_back(line.get());
    lines_.push_back(std::move(line));
  }
}

CaresExchange::~CaresExchange() = default;

std::size_t CaresExchange::room() const { return idle_.size(); }

void CaresExchange::ask(const DnsServer& server, Octets query, Duration wait,
                        Answered answered) {
  PK_CHECK(!idle_.empty());
  Line* const line = idle_.back();
  idle_.pop_back();
  line->ask(server, query, wait, std::move(answered));
}

}  // namespace postkeep::io
