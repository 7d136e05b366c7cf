#include "ipc/packets.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/check.h"

namespace postkeep::ipc {
namespace {

constexpr Octet flag_first = 1;
constexpr Octet flag_last = 2;
constexpr std::size_t part_octets_max = packet_octets_max - packet_head_octets;

}  // namespace

bool send(Channel& channel, Kind kind, Octets message,
          std::vector<Descriptor> descriptors) {
  PK_CHECK(message.size() <= message_octets_max);
  // All of it or none: the peer believes nothing that follows half a message.
  const std::size_t packets = message.size() / part_octets_max + 1;
  const std::size_t cost =
      message.size() + packets * (packet_head_octets + packet_cost_octets);
  if (channel.unsent() + cost > channel_unsent_octets_max) return false;
  const auto number = static_cast<std::uint16_t>(kind);
  std::vector<Octet> packet;
  bool first = true;
  do {
    const Octets part =
        message.first(std::min(message.size(), part_octets_max));
    message = message.subspan(part.size());
    packet.clear();
    packet.reserve(packet_head_octets + part.size());
    packet.push_back(wire_version);
    packet.push_back(static_cast<Octet>((first ? flag_first : 0) |
                                        (message.empty() ? flag_last : 0)));
    packet.push_back(static_cast<Octet>(number >> 8));
    packet.push_back(static_cast<Octet>(number & 0xFF));
    packet.insert(packet.end(), part.begin(), part.end());
    if (!channel.send(packet, std::exchange(descriptors, {}))) {
      return false;
    }
    first = false;
  } while (!message.empty());
  return true;
}

std::optional<Received> Assembler::fail() {
  broken_ = true;
  partial_ = {};
  return std::nullopt;
}

std::optional<Received> Assembler::packet(Octets packet,
                                          std::vector<Descriptor> descriptors) {
  if (broken_ || packet.size() < packet_head_octets ||
      packet[0] != wire_version || packet[1] > (flag_first | flag_last)) {
    return fail();
  }
  const bool first = (packet[1] & flag_first) != 0;
  const bool last = (packet[1] & flag_last) != 0;
  const auto kind = static_cast<Kind>(packet[2] << 8 | packet[3]);
  const Octets part = packet.subspan(packet_head_octets);
  if (first == open_) return fail();  // A second first, or none yet.
  if (first) {
    partial_ = {.kind = kind, .octets = {}, .descriptors = {}};
  }
  if (partial_.kind != kind ||
      partial_.octets.size() + part.size() > message_octets_max ||
      partial_.descriptors.size() + descriptors.size() >
          packet_descriptors_max) {
    return fail();
  }
  partial_.octets.insert(partial_.octets.end(), part.begin(), part.end());
  std::move(descriptors.begin(), descriptors.end(),
            std::back_inserter(partial_.descriptors));
  open_ = !last;
  if (!last) return std::nullopt;
  return std::exchange(partial_, {});
}

}  // namespace postkeep::ipc
