#include "io/dns_exchange.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "io/real_loop.h"

namespace postkeep::io {
namespace {

using std::chrono::milliseconds;
using Message = std::vector<Octet>;

// A resolver in a thread of its own, on UDP and TCP of one port of loopback.
class FakeResolver {
 public:
  struct Packet {
    Message query;
    std::uint16_t port = 0;
    bool tcp = false;
  };
  // What is sent back, one packet after the other.
  using Behave = std::function<std::vector<Message>(const Packet&)>;

  explicit FakeResolver(Behave behave) : behave_(std::move(behave)) {
    sockaddr_in at = loopback(0);
    udp_ = socket(AF_INET, SOCK_DGRAM, 0);
    EXPECT_EQ(bind(udp_, reinterpret_cast<sockaddr*>(&at), sizeof at), 0);
    socklen_t octets = sizeof at;
    getsockname(udp_, reinterpret_cast<sockaddr*>(&at), &octets);
    port_ = ntohs(at.sin_port);
    tcp_ = socket(AF_INET, SOCK_STREAM, 0);
    EXPECT_EQ(bind(tcp_, reinterpret_cast<sockaddr*>(&at), sizeof at), 0);
    EXPECT_EQ(listen(tcp_, 16), 0);
    thread_ = std::thread([this] { run(); });
  }
  ~FakeResolver() {
    stop_ = true;
    thread_.join();
    close(udp_);
    close(tcp_);
  }
  FakeResolver(const FakeResolver&) = delete;
  FakeResolver& operator=(const FakeResolver&) = delete;

  [[nodiscard]] DnsServer server() const { return {"127.0.0.1", port_}; }
  std::vector<Packet> seen() {
    const std::lock_guard lock(mutex_);
    return seen_;
  }
  // From another port than the one that was asked.
  static void send_from_elsewhere(std::uint16_t to, const Message& octets) {
    const int other = socket(AF_INET, SOCK_DGRAM, 0);
    sockaddr_in at = loopback(to);
    sendto(other, octets.data(), octets.size(), 0,
           reinterpret_cast<sockaddr*>(&at), sizeof at);
    close(other);
  }

 private:
  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return at;
  }

  void run() {
    while (!stop_) {
      std::array<pollfd, 2> wait{pollfd{udp_, POLLIN, 0},
                                 pollfd{tcp_, POLLIN, 0}};
      if (poll(wait.data(), wait.size(), 5) <= 0) continue;
      if (wait[0].revents != 0) answer_datagram();
      if (wait[1].revents != 0) answer_stream();
    }
  }
  std::vector<Message> note(Packet packet) {
    const std::vector<Message> replies = behave_(packet);
    const std::lock_guard lock(mutex_);
    seen_.push_back(std::move(packet));
    return replies;
  }
  void answer_datagram() {
    Message room(65536);
    sockaddr_in from{};
    socklen_t octets = sizeof from;
    const ssize_t count = recvfrom(udp_, room.data(), room.size(), 0,
                                   reinterpret_cast<sockaddr*>(&from), &octets);
    if (count < 0) return;
    room.resize(static_cast<std::size_t>(count));
    for (const Message& reply : note({room, ntohs(from.sin_port), false})) {
      sendto(udp_, reply.data(), reply.size(), 0,
             reinterpret_cast<sockaddr*>(&from), octets);
    }
  }
  void answer_stream() {
    const int client = accept(tcp_, nullptr, nullptr);
    std::array<Octet, 2> head{};
    Message room;
    if (recv(client, head.data(), 2, MSG_WAITALL) == 2) {
      room.resize(head[0] * 256U + head[1]);
      recv(client, room.data(), room.size(), MSG_WAITALL);
      for (const Message& reply : note({room, 0, true})) {
        Message framed{static_cast<Octet>(reply.size() >> 8),
                       static_cast<Octet>(reply.size() & 0xFF)};
        framed.insert(framed.end(), reply.begin(), reply.end());
        // In small pieces, as a network may.
        for (std::size_t at = 0; at < framed.size(); at += 999) {
          send(client, framed.data() + at,
               std::min<std::size_t>(999, framed.size() - at), MSG_NOSIGNAL);
        }
      }
    }
    close(client);
  }

  Behave behave_;
  int udp_ = -1;
  int tcp_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stop_{false};
  std::mutex mutex_;
  std::vector<Packet> seen_;
  std::thread thread_;
};

// "a." A IN, with an OPT of 11 octets.
Message query(std::uint16_t id) {
  return {static_cast<Octet>(id >> 8),
          static_cast<Octet>(id & 0xFF),
          0x01,
          0x20,
          0,
          1,
          0,
          0,
          0,
          0,
          0,
          1,
          1,
          'a',
          0,
          0,
          1,
          0,
          1,
          0,
          0,
          41,
          0x04,
          0xD0,
          0,
          0,
          0,
          0,
          0,
          0};
}

// The same as an answer, with `extra` octets at its end that nobody reads here.
Message answer(const Message& to, std::uint16_t flags = 0x8180,
               std::size_t extra = 0) {
  Message octets = to;
  octets[2] = static_cast<Octet>(flags >> 8);
  octets[3] = static_cast<Octet>(flags & 0xFF);
  octets.resize(octets.size() + extra);
  return octets;
}

struct DnsExchangeTest : ::testing::Test {
  RealLoop real;
  std::vector<std::expected<Message, Trouble>> answers;

  void ask(CaresExchange& exchange, const DnsServer& server, std::uint16_t id,
           Duration wait = std::chrono::seconds(5)) {
    exchange.ask(server, query(id), wait,
                 [this](std::expected<Octets, Trouble> came) {
                   if (!came) {
                     answers.emplace_back(std::unexpected(came.error()));
                   } else {
                     answers.emplace_back(Message(came->begin(), came->end()));
                   }
                 });
  }
  void run_until_answered(std::size_t count) {
    real.run_until([&] { return answers.size() >= count; });
  }
};

TEST_F(DnsExchangeTest,
       each_question_goes_out_as_it_is_from_a_port_of_its_own) {
  FakeResolver resolver([](const auto& packet) {
    return std::vector<Message>{answer(packet.query)};
  });
  CaresExchange exchange(real.loop, 64);
  ASSERT_EQ(exchange.room(), 64U);
  std::vector<std::uint16_t> ports;
  for (std::uint16_t round = 0; round < 4; ++round) {
    for (std::uint16_t i = 0; i < 64; ++i) {
      ask(exchange, resolver.server(), static_cast<std::uint16_t>(i * 257));
    }
    EXPECT_EQ(exchange.room(), 0U);
    EXPECT_EQ(answers.size(), round * 64U);  // Never inside ask().
    run_until_answered((round + 1) * 64U);
    EXPECT_EQ(exchange.room(), 64U);
  }
  std::set<std::uint16_t> ids;
  for (const auto& packet : resolver.seen()) {
    ports.push_back(packet.port);
    ids.insert(
        static_cast<std::uint16_t>(packet.query[0] << 8 | packet.query[1]));
    EXPECT_EQ(packet.query, query(static_cast<std::uint16_t>(
                                packet.query[0] << 8 | packet.query[1])));
  }
  EXPECT_EQ(ids.size(), 64U);  // Ours, and no other.
  for (const auto& one : answers) EXPECT_TRUE(one.has_value());
  // 256 questions: questions at the same time have different ports, those one
  // after the other nearly always, and no port follows from the one before.
  for (std::size_t round = 0; round < 4; ++round) {
    const std::set<std::uint16_t> at_once(
        ports.begin() + static_cast<std::ptrdiff_t>(round * 64),
        ports.begin() + static_cast<std::ptrdiff_t>(round * 64 + 64));
    EXPECT_EQ(at_once.size(), 64U);
  }
  const std::set<std::uint16_t> all(ports.begin(), ports.end());
  EXPECT_GT(all.size(), 240U);
  std::size_t next_to_each_other = 0;
  for (std::size_t i = 1; i < ports.size(); ++i) {
    const int step = ports[i] - ports[i - 1];
    if (std::abs(step) <= 2) next_to_each_other += 1;
  }
  EXPECT_LT(next_to_each_other, 16U);
}

TEST_F(DnsExchangeTest, what_belongs_to_another_question_is_passed_over) {
  FakeResolver resolver([](const auto& packet) {
    Message other_id = answer(packet.query);
    other_id[1] ^= 1;
    Message other_name = answer(packet.query);
    other_name[13] = 'b';
    Message other_type = answer(packet.query);
    other_type[16] = 15;
    FakeResolver::send_from_elsewhere(packet.port,
                                      answer(packet.query, 0x8183));
    return std::vector<Message>{
        other_id,  other_name,          other_type,          {},
        {1, 2, 3}, Message(4000, 0xFF), answer(packet.query)};
  });
  CaresExchange exchange(real.loop, 1);
  ask(exchange, resolver.server(), 0x1234);
  run_until_answered(1);
  EXPECT_EQ(answers[0].value(), answer(query(0x1234)));
}

TEST_F(DnsExchangeTest, a_cut_answer_is_asked_for_over_tcp) {
  FakeResolver resolver([](const auto& packet) {
    return std::vector<Message>{packet.tcp ? answer(packet.query, 0x8180, 60000)
                                           : answer(packet.query, 0x8380)};
  });
  CaresExchange exchange(real.loop, 1);
  for (std::size_t i = 1; i <= 3; ++i) {
    ask(exchange, resolver.server(), static_cast<std::uint16_t>(i));
    run_until_answered(i);
    EXPECT_EQ(answers.back().value().size(), query(1).size() + 60000);
  }
  EXPECT_EQ(resolver.seen().size(), 6U);
  // One that is longer than we asked for over UDP is taken for cut, too.
  FakeResolver large([](const auto& packet) {
    return std::vector<Message>{
        answer(packet.query, 0x8180, packet.tcp ? 2000 : 1500)};
  });
  ask(exchange, large.server(), 4);
  run_until_answered(4);
  EXPECT_EQ(answers.back().value().size(), query(1).size() + 2000);
}

TEST_F(DnsExchangeTest, a_resolver_without_edns_is_asked_without) {
  FakeResolver resolver([](const auto& packet) {
    const bool edns = packet.query.size() == query(1).size();
    return std::vector<Message>{
        answer(Message(packet.query.begin(), packet.query.begin() + 19),
               edns ? 0x8181 : 0x8180)};
  });
  CaresExchange exchange(real.loop, 1);
  ask(exchange, resolver.server(), 7);
  run_until_answered(1);
  ASSERT_EQ(resolver.seen().size(), 2U);
  EXPECT_EQ(resolver.seen()[1].query.size(), 19U);
  EXPECT_EQ(resolver.seen()[1].query[11], 0);
}

TEST_F(DnsExchangeTest, silence_ends_with_the_wait) {
  FakeResolver resolver([](const auto&) { return std::vector<Message>{}; });
  CaresExchange exchange(real.loop, 2);
  ask(exchange, resolver.server(), 1, milliseconds(50));
  run_until_answered(1);
  EXPECT_EQ(answers[0].error(), Trouble::timed_out);
  EXPECT_EQ(exchange.room(), 2U);
}

TEST_F(DnsExchangeTest, an_answer_that_is_late_belongs_to_nobody) {
  std::atomic<bool> slow{true};
  FakeResolver resolver([&](const auto& packet) {
    if (slow.exchange(false)) std::this_thread::sleep_for(milliseconds(100));
    return std::vector<Message>{answer(packet.query)};
  });
  CaresExchange exchange(real.loop, 1);
  ask(exchange, resolver.server(), 1, milliseconds(20));
  run_until_answered(1);
  ask(exchange, resolver.server(), 2);
  run_until_answered(2);
  EXPECT_EQ(answers[0].error(), Trouble::timed_out);
  EXPECT_EQ(answers[1].value(), answer(query(2)));
}

TEST_F(DnsExchangeTest, a_slow_stream_ends_with_the_wait) {
  FakeResolver resolver([&](const auto& packet) {
    if (packet.tcp) std::this_thread::sleep_for(milliseconds(200));
    return std::vector<Message>{answer(packet.query, 0x8380)};
  });
  CaresExchange exchange(real.loop, 1);
  ask(exchange, resolver.server(), 1, milliseconds(60));
  run_until_answered(1);
  EXPECT_EQ(answers[0].error(), Trouble::timed_out);
}

TEST_F(DnsExchangeTest, nobody_there_is_told_from_nobody_answers) {
  std::uint16_t port = 0;
  {
    FakeResolver gone([](const auto&) { return std::vector<Message>{}; });
    port = gone.server().port;
  }
  CaresExchange exchange(real.loop, 1);
  ask(exchange, {"127.0.0.1", port}, 1);
  run_until_answered(1);
  EXPECT_EQ(answers[0].error(), Trouble::closed);
  ask(exchange, {"not an address", 53}, 1);
  run_until_answered(2);
  EXPECT_EQ(answers[1].error(), Trouble::unsupported);
  ask(exchange, {"::1", port}, 1, milliseconds(500));
  run_until_answered(3);
  EXPECT_FALSE(answers[2].has_value());
  EXPECT_EQ(exchange.room(), 1U);
}

// Packets that never end: the loop still comes round, and the wait ends.
TEST_F(DnsExchangeTest, a_flood_does_not_stop_the_loop) {
  FakeResolver resolver([](const auto& packet) {
    Message other_id = answer(packet.query);
    other_id[0] ^= 0xFF;
    return std::vector<Message>(20000, other_id);
  });
  CaresExchange exchange(real.loop, 1);
  std::size_t rounds = 0;
  std::function<void()> count = [&] {
    rounds += 1;
    if (answers.empty()) real.loop.after(milliseconds(1), count);
  };
  count();
  ask(exchange, resolver.server(), 1, milliseconds(100));
  run_until_answered(1);
  EXPECT_EQ(answers[0].error(), Trouble::timed_out);
  EXPECT_GT(rounds, 5U);
}

TEST_F(DnsExchangeTest, it_can_end_with_questions_under_way) {
  FakeResolver resolver([](const auto&) { return std::vector<Message>{}; });
  {
    CaresExchange exchange(real.loop, 4);
    for (std::uint16_t i = 0; i < 4; ++i) ask(exchange, resolver.server(), i);
    real.run_for(milliseconds(20));
  }
  real.run_for(milliseconds(20));
  EXPECT_TRUE(answers.empty());
}

}  // namespace
}  // namespace postkeep::io
