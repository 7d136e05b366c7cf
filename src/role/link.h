// A channel to another role, with whole messages instead of packets.
//
// Here:      Link.
// Not here:  the messages (ipc/).
// Laws:      after a malformed packet nothing more is taken from that peer;
//            after let_go() nothing is told.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "base/channel.h"
#include "ipc/packets.h"
#include "ipc/wire.h"

namespace postkeep::role {

class Link final : private ChannelEvents {
 public:
  using OnMessage = std::function<void(ipc::Received)>;
  using OnEnd = std::function<void()>;

  Link(std::unique_ptr<Channel> channel, OnMessage on_message, OnEnd on_end)
      : channel_(std::move(channel)),
        on_message_(std::move(on_message)),
        on_end_(std::move(on_end)) {
    channel_->tell(this);
  }

  // False when the peer does not take it: it has gone, or its queue is full.
  template <typename Message>
  [[nodiscard]] bool send(Message message,
                          std::vector<Descriptor> descriptors = {}) {
    return ipc::send(*channel_, Message::kind, ipc::write(std::move(message)),
                     std::move(descriptors));
  }
  [[nodiscard]] std::size_t unsent() const { return channel_->unsent(); }
  void read_on(bool on) { channel_->read_on(on); }
  // Nothing that still comes is told any more: not the end of this channel
  // either, which would be taken for the end of the one in its place.
  void let_go() {
    let_go_ = true;
    channel_->read_on(false);
  }
  [[nodiscard]] Channel& channel() { return *channel_; }

 private:
  void packet(Octets octets, std::vector<Descriptor> descriptors) override {
    if (let_go_) return;
    auto message = assembler_.packet(octets, std::move(descriptors));
    if (assembler_.broken()) {
      channel_->read_on(false);
      on_end_();
    } else if (message) {
      on_message_(std::move(*message));
    }
  }
  void channel_ended() override {
    if (!let_go_) on_end_();
  }

  std::unique_ptr<Channel> channel_;
  ipc::Assembler assembler_;
  OnMessage on_message_;
  OnEnd on_end_;
  bool let_go_ = false;
};

// Reads `received` as a Message and calls `then` with it; false when it is
// another kind, or not one.
template <typename Message, typename Then>
bool if_message(const ipc::Received& received, Then then) {
  if (received.kind != Message::kind) return false;
  Message message;
  if (!ipc::read(received.octets, message)) return false;
  then(message);
  return true;
}

}  // namespace postkeep::role
