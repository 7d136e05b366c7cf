// The laws of ipc/packets.h.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "base/channel.h"
#include "ipc/kind.h"
#include "ipc/packets.h"

namespace postkeep::ipc {

// A channel that keeps what is sent.
class KeptChannel final : public Channel {
 public:
  void tell(ChannelEvents* /*events*/) override {}
  bool send(Octets packet, std::vector<Descriptor> /*descriptors*/) override {
    packets.emplace_back(packet.begin(), packet.end());
    return true;
  }
  std::size_t unsent() const override { return 0; }
  void read_on(bool /*on*/) override {}
  std::expected<std::vector<Octet>, Trouble> wait_packet(
      int /*milliseconds*/) override {
    return std::unexpected(Trouble::timed_out);
  }
  std::vector<std::vector<Octet>> packets;
};

// What is sent is assembled again, whole, in packets that fit.
inline bool law_sent_is_assembled(Kind kind, Octets message) {
  KeptChannel channel;
  if (!send(channel, kind, message)) return false;
  Assembler assembler;
  for (std::size_t i = 0; i < channel.packets.size(); ++i) {
    if (channel.packets[i].size() > packet_octets_max) return false;
    auto received = assembler.packet(channel.packets[i], {});
    if (assembler.broken()) return false;
    const bool last = i + 1 == channel.packets.size();
    if (received.has_value() != last) return false;
    if (last &&
        (received->kind != kind ||
         !std::equal(message.begin(), message.end(), received->octets.begin(),
                     received->octets.end()))) {
      return false;
    }
  }
  return true;
}

// Whatever packets come: nothing assembled is too large, and after a wrong
// one nothing is assembled any more. A packet is a length octet pair and so
// many octets of `input`.
inline bool law_nonsense_is_bounded(Octets input) {
  Assembler assembler;
  bool broken = false;
  while (input.size() >= 2) {
    const std::size_t wanted =
        static_cast<std::size_t>(input[0]) << 8 | input[1];
    input = input.subspan(2);
    const Octets packet = input.first(std::min(wanted, input.size()));
    input = input.subspan(packet.size());
    const auto received = assembler.packet(packet, {});
    if (broken && (received || !assembler.broken())) return false;
    if (received && received->octets.size() > message_octets_max) return false;
    broken = assembler.broken();
  }
  return true;
}

}  // namespace postkeep::ipc
