// Messages over a channel: a message in one packet, a large one in several.
//
// Here:      send(), Assembler.
// Not here:  what messages say (ipc/*_messages.h), sockets (io/channel.h).
// Grammar:   each packet: version, flags (1 first, 2 last), kind (u16), part.
// Laws:      proptests/ipc/packets_laws.h: what is sent is assembled again;
//            nothing assembled is larger than message_octets_max.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/channel.h"
#include "base/octets.h"

namespace postkeep::ipc {

inline constexpr std::uint8_t wire_version = 1;
inline constexpr std::size_t packet_head_octets = 4;
inline constexpr std::size_t message_octets_max = 4 * 1024 * 1024;

// Every kind of message, in one list, so that none has two meanings.
enum class Kind : std::uint16_t;

// Sends a message. False when the channel does not take it: nothing was sent.
[[nodiscard]] bool send(Channel& channel, Kind kind, Octets message,
                        std::vector<Descriptor> descriptors = {});

struct Received {
  Kind kind{};
  std::vector<Octet> octets;
  std::vector<Descriptor> descriptors;
};

// Puts packets together. After an error (`broken()`) the peer is not to be
// believed any more: the channel is closed.
class Assembler {
 public:
  // A whole message, or nullopt when it goes on in the next packet.
  [[nodiscard]] std::optional<Received> packet(
      Octets packet, std::vector<Descriptor> descriptors);
  [[nodiscard]] bool broken() const { return broken_; }

 private:
  std::optional<Received> fail();

  Received partial_;
  bool open_ = false;
  bool broken_ = false;
};

}  // namespace postkeep::ipc
