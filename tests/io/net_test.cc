#include "io/net.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/errno.h"
#include "io/real_loop.h"

namespace postkeep::io {
namespace {

using std::chrono::milliseconds;

// What happened on a connection, kept.
struct Heard final : ConnectionEvents {
  std::string text;
  std::optional<Trouble> why;
  int sent = 0;
  std::function<void()> on_octets;
  void received(Octets octets) override {
    text.append(octets.begin(), octets.end());
    if (on_octets) on_octets();
  }
  void sent_all() override { ++sent; }
  void ended(Trouble trouble) override { why = trouble; }
};

std::string pattern(std::size_t size) {
  std::string text(size, ' ');
  for (std::size_t i = 0; i < size; ++i) {
    text[i] = static_cast<char>('!' + i % 91);
  }
  return text;
}

struct Ends {
  RealLoop real;
  SocketNet net{real.loop};
  std::unique_ptr<Connection> one;
  std::unique_ptr<Connection> other;
  Heard heard_one;
  Heard heard_other;

  Ends() {
    auto pair = net.pair();
    EXPECT_TRUE(pair);
    one = net.adopt(std::move(pair->one));
    other = net.adopt(std::move(pair->other));
    one->tell(&heard_one);
    other->tell(&heard_other);
  }
};

TEST(IoNet, what_is_sent_arrives_whole_and_in_order) {
  Ends ends;
  const std::string large = pattern(5'000'000);
  ends.one->send(octets("begin"));
  ends.one->send(octets(large));
  ends.one->send(octets("end"));
  EXPECT_EQ(ends.one->unsent(), large.size() + 8);
  ends.real.run_until(
      [&] { return ends.heard_other.text.size() == large.size() + 8; });
  EXPECT_EQ(ends.heard_other.text, "begin" + large + "end");
  EXPECT_EQ(ends.one->unsent(), 0U);
  EXPECT_EQ(ends.heard_one.sent, 1);
}

TEST(IoNet, reading_that_is_off_holds_the_sender_back) {
  Ends ends;
  ends.other->read_on(false);
  const std::string large = pattern(5'000'000);
  ends.one->send(octets(large));
  ends.real.run_for(milliseconds(20));
  EXPECT_TRUE(ends.heard_other.text.empty());
  EXPECT_GT(ends.one->unsent(), 1'000'000U);
  ends.other->read_on(true);
  ends.real.run_until([&] { return ends.heard_other.text == large; });
}

TEST(IoNet, the_end_waits_too_while_reading_is_off) {
  Ends ends;
  ends.other->read_on(false);
  ends.one->send(octets("last"));
  ends.one->close_when_sent();
  ends.real.run_for(milliseconds(10));
  EXPECT_FALSE(ends.heard_other.why);
  ends.other->read_on(true);
  ends.other->read_on(false);
  ends.other->read_on(true);
  ends.real.run_until([&] { return ends.heard_other.why.has_value(); });
  EXPECT_EQ(ends.heard_other.text, "last");
}

TEST(IoNet, the_other_side_is_told_of_the_end_once) {
  Ends ends;
  ends.one->close_now();
  ends.one->close_now();
  ends.real.run_until([&] { return ends.heard_other.why.has_value(); });
  EXPECT_EQ(*ends.heard_other.why, Trouble::closed);
  EXPECT_FALSE(ends.heard_one.why);
  EXPECT_EQ(ends.net.connections(), 1U);
}

TEST(IoNet, close_when_sent_sends_all_that_is_queued) {
  Ends ends;
  const std::string large = pattern(3'000'000);
  ends.one->send(octets(large));
  ends.one->close_when_sent();
  ends.one.reset();
  ends.real.run_until([&] { return ends.heard_other.why.has_value(); });
  EXPECT_EQ(ends.heard_other.text, large);
  EXPECT_EQ(*ends.heard_other.why, Trouble::closed);
  ends.other.reset();
  ends.real.run_until([&] { return ends.net.connections() == 0; });
}

TEST(IoNet, close_when_sent_gives_up_on_one_who_does_not_read) {
  Ends ends;
  ends.other->read_on(false);
  ends.one->send(octets(pattern(3'000'000)));
  ends.one->close_when_sent();
  ends.real.run_until([&] { return ends.net.connections() == 1; },
                      linger_seconds_max + milliseconds(2000));
}

TEST(IoNet, what_was_queued_goes_out_after_the_client_ended_its_side) {
  Ends ends;
  std::array<int, 2> pair{};
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair.data()),
            0);
  auto server = ends.net.adopt(own(pair[0]));
  Heard heard;
  server->tell(&heard);
  const Descriptor client = own(pair[1]);
  ASSERT_EQ(write(client.number(), "QUIT\r\n", 6), 6);
  ASSERT_EQ(shutdown(client.number(), SHUT_WR), 0);
  ends.real.run_until([&] { return heard.why.has_value(); });
  EXPECT_EQ(heard.text, "QUIT\r\n");
  server->send(octets("221 bye\r\n"));
  server->close_when_sent();
  ends.real.run_until([&] { return ends.net.connections() == 2; });
  std::array<char, 64> room{};
  EXPECT_EQ(read(client.number(), room.data(), room.size()), 9);
  EXPECT_STREQ(room.data(), "221 bye\r\n");
}

TEST(IoNet, a_connection_may_be_destroyed_while_it_is_told) {
  Ends ends;
  ends.heard_other.on_octets = [&] { ends.other.reset(); };
  ends.one->send(octets("x"));
  ends.real.run_until([&] { return ends.heard_one.why.has_value(); });
  EXPECT_EQ(ends.net.connections(), 1U);
}

// Closing reads what was left unread, and drops it: not over what was lent.
TEST(IoNet, what_is_lent_stays_while_another_connection_is_closed) {
  struct Closes final : ConnectionEvents {
    std::unique_ptr<Connection> another;
    std::string text;
    void received(Octets octets) override {
      another->close_when_sent();
      text.append(octets.begin(), octets.end());
    }
    void ended(Trouble) override {}
  };
  Ends ends;
  auto pair = ends.net.pair();
  ASSERT_TRUE(pair);
  ASSERT_EQ(write(pair->other.number(), "overwritten", 11), 11);
  Closes closes;
  closes.another = ends.net.adopt(std::move(pair->one));
  ends.other->tell(&closes);
  ends.one->send(octets("what was lent"));
  ends.real.run_until([&] { return !closes.text.empty(); });
  EXPECT_EQ(closes.text, "what was lent");
}

TEST(IoNet, a_released_socket_goes_on_elsewhere) {
  Ends ends;
  ends.one->send(octets("before "));
  auto again = ends.net.adopt(ends.one->release());
  Heard heard;
  again->tell(&heard);
  again->send(octets("after"));
  ends.real.run_until([&] { return ends.heard_other.text == "before after"; });
  EXPECT_EQ(again->peer().uid, getuid());
  EXPECT_EQ(again->peer().text, "");
}

struct Listening {
  Descriptor socket;
  sockaddr_in address{};

  Listening() : socket(own(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0))) {
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const to = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(bind(socket.number(), to, size), 0);
    EXPECT_EQ(::listen(socket.number(), 100), 0);
    EXPECT_EQ(getsockname(socket.number(), to, &size), 0);
  }
  [[nodiscard]] Descriptor connect() const {
    Descriptor client = own(::socket(AF_INET, SOCK_STREAM, 0));
    EXPECT_EQ(
        ::connect(client.number(), reinterpret_cast<const sockaddr*>(&address),
                  sizeof address),
        0);
    return client;
  }
};

TEST(IoNet, a_listener_says_who_came) {
  RealLoop real;
  SocketNet net(real.loop);
  Listening listening;
  std::vector<std::unique_ptr<Connection>> came;
  auto listener = net.listen(std::move(listening.socket), [&](auto connection) {
    came.push_back(std::move(connection));
  });
  const Descriptor first = listening.connect();
  const Descriptor second = listening.connect();
  real.run_until([&] { return came.size() == 2; });
  EXPECT_EQ(came[0]->peer().text, "127.0.0.1");
  EXPECT_NE(came[0]->peer().port, 0);
  listener->accept_on(false);
  const Descriptor third = listening.connect();
  real.run_for(milliseconds(20));
  EXPECT_EQ(came.size(), 2U);
  listener->accept_on(true);
  real.run_until([&] { return came.size() == 3; });
}

TEST(IoNet, a_full_table_of_connections_pauses_accepting) {
  RealLoop real;
  SocketNet net(real.loop, 2);
  Listening listening;
  std::vector<std::unique_ptr<Connection>> came;
  auto listener = net.listen(std::move(listening.socket), [&](auto connection) {
    came.push_back(std::move(connection));
  });
  const Descriptor first = listening.connect();
  const Descriptor second = listening.connect();
  const Descriptor third = listening.connect();
  real.run_until([&] { return came.size() == 2; });
  real.run_for(milliseconds(150));
  EXPECT_EQ(came.size(), 2U);
  came.erase(came.begin());
  real.run_until([&] { return came.size() == 2; });
}

TEST(IoNet, no_descriptor_left_pauses_accepting_and_ends_no_session) {
  RealLoop real;
  SocketNet net(real.loop, 1000);
  Listening listening;
  std::vector<std::unique_ptr<Connection>> came;
  Heard heard;
  auto listener = net.listen(std::move(listening.socket), [&](auto connection) {
    connection->tell(&heard);
    came.push_back(std::move(connection));
  });
  const Descriptor first = listening.connect();
  real.run_until([&] { return came.size() == 1; });
  const Descriptor second = listening.connect();
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const Descriptor probe = own(dup(first.number()));
  const rlimit full{static_cast<rlim_t>(probe.number()), before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &full), 0);
  ASSERT_EQ(write(first.number(), "still here", 10), 10);
  real.run_until([&] { return heard.text == "still here"; });
  real.run_for(milliseconds(150));
  EXPECT_EQ(came.size(), 1U);
  EXPECT_FALSE(heard.why);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  real.run_until([&] { return came.size() == 2; });
}

TEST(IoNet, a_listener_may_be_destroyed_while_it_accepts) {
  RealLoop real;
  SocketNet net(real.loop);
  Listening listening;
  const Descriptor first = listening.connect();
  const Descriptor second = listening.connect();
  int count = 0;
  std::unique_ptr<Listener> listener;
  const std::string held = "the closure is still whole";
  std::string after;
  listener = net.listen(std::move(listening.socket), [&, held](auto) {
    ++count;
    listener.reset();
    after = held;
  });
  real.run_until([&] { return count == 1; });
  EXPECT_EQ(after, held);
}

}  // namespace
}  // namespace postkeep::io
