#include "ipc/packets.h"

#include <gtest/gtest.h>

#include "ipc/packets_laws.h"

namespace postkeep::ipc {
namespace {

std::vector<Octet> packet(int flags, int kind, std::string_view text) {
  std::vector<Octet> octets = {wire_version, static_cast<Octet>(flags), 0,
                               static_cast<Octet>(kind)};
  octets.insert(octets.end(), text.begin(), text.end());
  return octets;
}

TEST(IpcPackets, messages_of_every_size_around_a_packet) {
  for (const std::size_t octets :
       {std::size_t{0}, std::size_t{1}, packet_octets_max - 5,
        packet_octets_max - 4, packet_octets_max - 3, 2 * packet_octets_max,
        message_octets_max}) {
    const std::vector<Octet> message(octets, 'x');
    EXPECT_TRUE(law_sent_is_assembled(Kind::deliver, message)) << octets;
  }
}

TEST(IpcPackets, what_is_out_of_order_breaks_the_channel) {
  const std::vector<std::vector<std::vector<Octet>>> wrong = {
      {packet(2, 1, "last before first")},
      {packet(0, 1, "middle before first")},
      {packet(1, 1, "first"), packet(1, 1, "first again")},
      {packet(1, 1, "first"), packet(2, 2, "of another kind")},
      {packet(4, 1, "no such flag")},
      {{wire_version, 3}},
      {{wire_version + 1, 3, 0, 1}},
      {{}},
  };
  for (const auto& packets : wrong) {
    Assembler assembler;
    for (const auto& one : packets) {
      EXPECT_FALSE(assembler.packet(one, {}));
    }
    EXPECT_TRUE(assembler.broken());
    EXPECT_FALSE(assembler.packet(packet(3, 1, "good"), {}));
  }
}

TEST(IpcPackets, a_message_that_never_ends_is_cut_off) {
  Assembler assembler;
  const std::string part(packet_octets_max - packet_head_octets, 'x');
  static_cast<void>(assembler.packet(packet(1, 1, part), {}));
  for (int i = 0; i < 64 && !assembler.broken(); ++i) {
    EXPECT_FALSE(assembler.packet(packet(0, 1, part), {}));
  }
  EXPECT_TRUE(assembler.broken());
}

// A channel as io/channel.h has it, that keeps nothing but how full it is.
class FullChannel final : public Channel {
 public:
  explicit FullChannel(std::size_t unsent) : unsent_(unsent) {}
  void tell(ChannelEvents* /*events*/) override {}
  bool send(Octets packet, std::vector<Descriptor> /*given*/) override {
    const std::size_t cost = packet.size() + packet_cost_octets;
    if (unsent_ + cost > channel_unsent_octets_max) return false;
    unsent_ += cost;
    return true;
  }
  [[nodiscard]] std::size_t unsent() const override { return unsent_; }
  void read_on(bool /*on*/) override {}
  std::expected<std::vector<Octet>, Trouble> wait_packet(
      int /*milliseconds*/) override {
    return std::unexpected(Trouble::timed_out);
  }

 private:
  std::size_t unsent_;
};

TEST(IpcPackets, a_full_channel_takes_a_message_whole_or_not_at_all) {
  const std::vector<Octet> message(3 * packet_octets_max, 'x');
  for (std::size_t room = message.size(); room < message.size() + 400; ++room) {
    const std::size_t before = channel_unsent_octets_max - room;
    FullChannel channel(before);
    const bool sent = send(channel, Kind::deliver, message);
    EXPECT_EQ(sent, channel.unsent() != before) << room;
  }
}

TEST(IpcPackets, descriptors_past_the_bound_break_the_channel) {
  Assembler assembler;
  std::vector<Descriptor> many(packet_descriptors_max + 1);
  EXPECT_FALSE(assembler.packet(packet(3, 1, "x"), std::move(many)));
  EXPECT_TRUE(assembler.broken());
}

}  // namespace
}  // namespace postkeep::ipc
