// Channels made real: SOCK_SEQPACKET with descriptors (SCM_RIGHTS).
//
// Here:      PacketChannels: makes a Channel of a descriptor, and pairs.
// Not here:  what packets say (ipc/).
// Laws:      tests/io/channel_test.cc: packets arrive whole, once, in order,
//            each with its own descriptors; no descriptor is ever lost open.
#pragma once

#include <expected>
#include <memory>
#include <utility>

#include "base/channel.h"
#include "io/loop.h"

namespace postkeep::io {

class PacketChannels final : public Channels {
 public:
  explicit PacketChannels(Loop& loop);
  ~PacketChannels();

  // Takes over one end of a pair.
  [[nodiscard]] std::unique_ptr<Channel> adopt(Descriptor socket) override;

  struct Shared;

 private:
  std::shared_ptr<Shared> shared_;
};

// Two ends of one channel, with large buffers.
[[nodiscard]] std::expected<std::pair<Descriptor, Descriptor>, Trouble>
packet_pair();

}  // namespace postkeep::io
