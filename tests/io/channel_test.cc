#include "io/channel.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <optional>
#include <thread>

#include "io/errno.h"
#include "io/real_loop.h"

namespace postkeep::io {
namespace {

using std::chrono::milliseconds;

std::size_t open_descriptors() {
  std::size_t count = 0;
  DIR* const all = opendir("/proc/self/fd");
  while (readdir(all) != nullptr) ++count;
  closedir(all);
  return count;
}

struct Heard final : ChannelEvents {
  std::vector<std::string> packets;
  std::vector<Descriptor> descriptors;
  bool ended = false;
  std::function<void()> on_packet;
  void packet(Octets octets, std::vector<Descriptor> given) override {
    packets.emplace_back(octets.begin(), octets.end());
    for (Descriptor& one : given) descriptors.push_back(std::move(one));
    if (on_packet) on_packet();
  }
  void channel_ended() override { ended = true; }
};

struct Ends {
  RealLoop real;
  PacketChannels channels{real.loop};
  std::unique_ptr<Channel> one;
  std::unique_ptr<Channel> other;
  Heard heard_one;
  Heard heard_other;

  Ends() {
    auto pair = packet_pair();
    EXPECT_TRUE(pair);
    one = channels.adopt(std::move(pair->first));
    other = channels.adopt(std::move(pair->second));
    one->tell(&heard_one);
    other->tell(&heard_other);
  }
};

TEST(IoChannel, packets_arrive_whole_once_and_in_order) {
  Ends ends;
  std::vector<std::string> sent;
  for (std::size_t i = 0; i < 500; ++i) {
    sent.push_back(std::to_string(i) + std::string(i * 37 % 3000, 'x'));
    ASSERT_TRUE(ends.one->send(octets(sent.back())));
  }
  sent.emplace_back(packet_octets_max, 'l');
  ASSERT_TRUE(ends.one->send(octets(sent.back())));
  ends.real.run_until(
      [&] { return ends.heard_other.packets.size() == sent.size(); });
  EXPECT_TRUE(ends.heard_other.packets == sent);
  EXPECT_EQ(ends.one->unsent(), 0U);
}

TEST(IoChannel, descriptors_go_along_with_their_packet) {
  Ends ends;
  const std::size_t before = open_descriptors();
  for (int i = 0; i < 20; ++i) {
    std::vector<Descriptor> given;
    for (int n = 0; n < i % 9; ++n) given.push_back(own(dup(0)));
    ASSERT_TRUE(ends.one->send(octets("p"), std::move(given)));
  }
  ends.real.run_until([&] { return ends.heard_other.packets.size() == 20; });
  std::size_t expected = 0;
  for (std::size_t i = 0; i < 20; ++i) expected += i % 9;
  EXPECT_EQ(ends.heard_other.descriptors.size(), expected);
  for (const Descriptor& one : ends.heard_other.descriptors) {
    EXPECT_NE(fcntl(one.number(), F_GETFD) & FD_CLOEXEC, 0);
  }
  ends.heard_other.descriptors.clear();
  EXPECT_EQ(open_descriptors(), before);
}

TEST(IoChannel, no_descriptor_stays_open_when_the_receiver_has_gone) {
  Ends ends;
  const std::size_t before = open_descriptors();
  ends.heard_other.on_packet = [&] { ends.other.reset(); };
  for (int i = 0; i < 6; ++i) {
    std::vector<Descriptor> given;
    given.push_back(own(dup(0)));
    ASSERT_TRUE(ends.one->send(octets("p"), std::move(given)));
  }
  ends.real.run_until([&] { return ends.heard_one.ended; });
  EXPECT_EQ(ends.heard_other.packets.size(), 1U);
  ends.heard_other.descriptors.clear();
  EXPECT_EQ(open_descriptors(), before - 1);
}

TEST(IoChannel, a_full_queue_says_so_and_queues_nothing) {
  Ends ends;
  ends.other->read_on(false);
  const std::string packet(packet_octets_max, 'f');
  std::size_t sent = 0;
  while (ends.one->send(octets(packet))) ++sent;
  EXPECT_LE(ends.one->unsent(), channel_unsent_octets_max);
  EXPECT_GT(sent, 100U);
  ends.real.run_for(milliseconds(10));
  EXPECT_TRUE(ends.heard_other.packets.empty());
  ends.other->read_on(true);
  ends.real.run_until([&] { return ends.heard_other.packets.size() == sent; });
}

TEST(IoChannel, reading_may_be_turned_off_between_two_packets) {
  Ends ends;
  ends.heard_other.on_packet = [&] { ends.other->read_on(false); };
  for (const char* text : {"1", "2", "3"}) {
    ASSERT_TRUE(ends.one->send(octets(text)));
  }
  ends.real.run_for(milliseconds(5));
  EXPECT_EQ(ends.heard_other.packets.size(), 1U);
  ends.other->read_on(true);
  ends.real.run_for(milliseconds(5));
  EXPECT_EQ(ends.heard_other.packets.size(), 2U);
  ends.other->read_on(true);
  ends.real.run_for(milliseconds(5));
  EXPECT_EQ(ends.heard_other.packets.back(), "3");
}

TEST(IoChannel, what_was_sent_last_arrives_before_the_end) {
  Ends ends;
  ASSERT_TRUE(ends.one->send(octets("last words")));
  ends.one.reset();
  ends.real.run_until([&] { return ends.heard_other.ended; });
  ASSERT_EQ(ends.heard_other.packets.size(), 1U);
  EXPECT_EQ(ends.heard_other.packets[0], "last words");
  EXPECT_FALSE(ends.other->send(octets("too late")));
}

TEST(IoChannel, the_end_is_told_although_much_is_unsent) {
  Ends ends;
  ends.other->read_on(false);
  const std::string packet(packet_octets_max, 'f');
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(ends.one->send(octets(packet)));
  ends.real.run_for(milliseconds(5));
  ends.other.reset();
  ends.real.run_until([&] { return ends.heard_one.ended; });
  EXPECT_EQ(ends.one->unsent(), 0U);
}

TEST(IoChannel, wait_packet_gets_an_answer_outside_the_loop) {
  Ends ends;
  EXPECT_EQ(ends.one->wait_packet(5).error(), Trouble::timed_out);
  ASSERT_TRUE(ends.one->send(octets("question")));
  std::thread other([&] {
    const auto question = ends.other->wait_packet(5000);
    ASSERT_TRUE(question);
    ASSERT_TRUE(ends.other->send(octets("answer")));
    static_cast<void>(ends.other->wait_packet(1));
  });
  const auto answer = ends.one->wait_packet(5000);
  other.join();
  ASSERT_TRUE(answer);
  EXPECT_EQ(std::string(answer->begin(), answer->end()), "answer");
  ends.other.reset();
  EXPECT_EQ(ends.one->wait_packet(1000).error(), Trouble::closed);
  ends.real.run_until([&] { return ends.heard_one.ended; });
}

TEST(IoChannel, a_packet_longer_than_any_role_sends_ends_the_channel) {
  Ends ends;
  auto pair = packet_pair();
  ASSERT_TRUE(pair);
  auto channel = ends.channels.adopt(std::move(pair->first));
  Heard heard;
  channel->tell(&heard);
  const std::string packet(packet_octets_max + 1, 'f');
  ASSERT_GT(send(pair->second.number(), packet.data(), packet.size(), 0), 0);
  ends.real.run_until([&] { return heard.ended; });
  EXPECT_TRUE(heard.packets.empty());
}

}  // namespace
}  // namespace postkeep::io
