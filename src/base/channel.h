// The port of messages between roles: whole packets, with descriptors.
//
// Here:      Channel, ChannelEvents, Channels, SharedMemory.
// Not here:  what a packet says (ipc/); real sockets (io/).
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <vector>

#include "base/descriptor.h"
#include "base/octets.h"
#include "base/trouble.h"

namespace postkeep {

// A SOCK_SEQPACKET packet holds about 200 KB; this is what we let one hold.
inline constexpr std::size_t packet_octets_max = 128 * 1024;
inline constexpr std::size_t packet_descriptors_max = 8;
// What waits unsent in one channel: past it send() says false. Each packet
// counts for so much besides its octets.
inline constexpr std::size_t channel_unsent_octets_max = 64 * 1024 * 1024;
inline constexpr std::size_t packet_cost_octets = 64;

class ChannelEvents {
 public:
  // One packet, borrowed until the call returns; its descriptors are given.
  virtual void packet(Octets octets, std::vector<Descriptor> descriptors) = 0;
  // The role at the other end has gone. Nothing comes after this.
  virtual void channel_ended() = 0;

 protected:
  ~ChannelEvents() = default;
};

class Channel {
 public:
  virtual ~Channel() = default;
  virtual void tell(ChannelEvents* events) = 0;
  // Queues one packet of at most packet_octets_max; the order is kept. False
  // when the queue is full or the other end has gone: nothing was queued.
  [[nodiscard]] virtual bool send(Octets packet,
                                  std::vector<Descriptor> descriptors = {}) = 0;
  [[nodiscard]] virtual std::size_t unsent() const = 0;
  virtual void read_on(bool on) = 0;
  // Waits, at most `milliseconds`, for one packet, outside the loop: only for
  // calls that must block (signing inside a TLS handshake).
  [[nodiscard]] virtual std::expected<std::vector<Octet>, Trouble> wait_packet(
      int milliseconds) = 0;
};

// Makes a channel of a descriptor that came with a packet.
class Channels {
 public:
  [[nodiscard]] virtual std::unique_ptr<Channel> adopt(Descriptor socket) = 0;

 protected:
  ~Channels() = default;
};

// Octets of messages between roles, in sealed memory (memfd): cannot change
// or shrink after they were handed over.
class SharedMemory {
 public:
  // A read-only view of sealed memory; unmapped at the end.
  class View {
   public:
    virtual ~View() = default;
    [[nodiscard]] virtual Octets octets() const = 0;
  };
  // Makes sealed memory of the pieces, one after the other.
  [[nodiscard]] virtual std::expected<Descriptor, Trouble> seal(
      std::span<const Octets> pieces) = 0;
  // Another descriptor of the same memory: it is there once, however many are
  // given it.
  [[nodiscard]] virtual std::expected<Descriptor, Trouble> another(
      const Descriptor& memory) = 0;
  // Maps what another role gave: checks type, seals and size first
  // (malformed), and that it has at most `octets_max` octets (no_space).
  [[nodiscard]] virtual std::expected<std::unique_ptr<View>, Trouble> view(
      const Descriptor& memory, std::size_t octets_max) = 0;

 protected:
  ~SharedMemory() = default;
};

}  // namespace postkeep
