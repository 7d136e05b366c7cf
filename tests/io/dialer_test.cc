// io/dialer.h against sockets of this machine.
#include "io/dialer.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <optional>

#include "io/errno.h"
#include "io/real_loop.h"

namespace postkeep::io {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Server {
  Descriptor socket;
  std::uint16_t port = 0;
};

Server listening(int backlog) {
  Server server;
  server.socket = own(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  EXPECT_EQ(
      bind(server.socket.number(), reinterpret_cast<sockaddr*>(&at), sizeof at),
      0);
  if (backlog >= 0) {
    EXPECT_EQ(listen(server.socket.number(), backlog), 0);
  }
  EXPECT_EQ(getsockname(server.socket.number(),
                        reinterpret_cast<sockaddr*>(&at), &size),
            0);
  server.port = ntohs(at.sin_port);
  return server;
}

DialTarget loopback(std::uint16_t port) {
  DialTarget target;
  target.address.octets = {127, 0, 0, 1};
  target.port = port;
  return target;
}

class IoDialer : public testing::Test {
 protected:
  Dialled dialled(const DialTarget& target, Duration wait) {
    std::optional<Dialled> answer;
    dialer_.dial(target, wait,
                 [&](Dialled one) { answer.emplace(std::move(one)); });
    EXPECT_FALSE(answer.has_value());  // Never inside the call.
    real_.run_until([&] { return answer.has_value(); });
    return std::move(*answer);
  }

  RealLoop real_;
  SocketDialer dialer_{real_.loop};
};

TEST_F(IoDialer, a_listening_socket_is_reached) {
  const Server server = listening(8);
  const Dialled answer = dialled(loopback(server.port), seconds(5));
  EXPECT_EQ(answer.outcome, DialOutcome::connected);
  EXPECT_TRUE(answer.socket.holds());
  EXPECT_EQ(answer.own_end, loopback(0).address);
  EXPECT_GE(accept(server.socket.number(), nullptr, nullptr), 0);
}

TEST_F(IoDialer, nobody_listening_is_said) {
  const Server bound = listening(-1);
  const Dialled answer = dialled(loopback(bound.port), seconds(5));
  EXPECT_EQ(answer.outcome, DialOutcome::refused);
  EXPECT_FALSE(answer.socket.holds());
}

TEST_F(IoDialer, a_queue_that_is_full_times_out) {
  const Server server = listening(0);
  // Whoever stands in the queue already.
  const Dialled first = dialled(loopback(server.port), milliseconds(300));
  const Dialled second = dialled(loopback(server.port), milliseconds(300));
  const Dialled third = dialled(loopback(server.port), milliseconds(300));
  EXPECT_EQ(first.outcome, DialOutcome::connected);
  EXPECT_EQ(third.outcome, DialOutcome::timed_out);
}

TEST_F(IoDialer, an_address_without_a_way_is_unreachable) {
  DialTarget nowhere;
  nowhere.address.octets = {255, 255, 255, 255};
  nowhere.port = 25;
  const DialOutcome outcome = dialled(nowhere, seconds(5)).outcome;
  EXPECT_TRUE(outcome == DialOutcome::unreachable ||
              outcome == DialOutcome::not_permitted)
      << static_cast<int>(outcome);
}

TEST_F(IoDialer, a_forgotten_attempt_says_nothing) {
  const Server server = listening(8);
  bool said = false;
  const DialTicket ticket = dialer_.dial(loopback(server.port), seconds(5),
                                         [&](Dialled) { said = true; });
  dialer_.forget(ticket);
  dialer_.forget(ticket);
  dialer_.forget(DialTicket::none);
  real_.run_for(milliseconds(50));
  EXPECT_FALSE(said);
}

}  // namespace
}  // namespace postkeep::io
