// SimPost, SimChannel: channels between roles in one process. Packets lie until
// the simulator delivers them, one at a time, in the order of their sending.
//
// Here:      SimPost, SimChannel.
// Not here:  the port (base/channel.h); what packets say (ipc/).
// Laws:      order is kept within a channel; nothing is told inside send().
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "base/channel.h"
#include "base/check.h"

namespace postkeep::sim {

class SimPost;

class SimChannel final : public Channel {
 public:
  struct Packet {
    std::vector<Octet> octets;
    std::vector<Descriptor> descriptors;
  };
  // What both ends know of each other.
  struct End {
    ChannelEvents* events = nullptr;
    bool reads = true;
    bool lives = true;
    bool end_was_told = false;
    std::deque<Packet> inbox;
    std::size_t octets = 0;  // In the inbox.
  };

  SimChannel(SimPost& post, std::shared_ptr<End> own,
             std::shared_ptr<End> other)
      : post_(post), own_(std::move(own)), other_(std::move(other)) {}
  ~SimChannel() override { own_->lives = false; }

  void tell(ChannelEvents* events) override { own_->events = events; }
  [[nodiscard]] bool send(Octets packet,
                          std::vector<Descriptor> descriptors = {}) override {
    PK_CHECK(packet.size() <= packet_octets_max);
    if (!other_->lives ||
        other_->octets + packet.size() > channel_unsent_octets_max) {
      return false;
    }
    other_->octets += packet.size();
    other_->inbox.push_back(
        {{packet.begin(), packet.end()}, std::move(descriptors)});
    return true;
  }
  [[nodiscard]] std::size_t unsent() const override { return other_->octets; }
  void read_on(bool on) override { own_->reads = on; }
  [[nodiscard]] std::expected<std::vector<Octet>, Trouble> wait_packet(
      int milliseconds) override;

 private:
  SimPost& post_;
  std::shared_ptr<End> own_;
  std::shared_ptr<End> other_;
};

// Delivers what was sent. Must outlive its channels.
class SimPost {
 public:
  using Pair =
      std::pair<std::unique_ptr<SimChannel>, std::unique_ptr<SimChannel>>;

  [[nodiscard]] Pair pair() {
    auto one = std::make_shared<SimChannel::End>();
    auto other = std::make_shared<SimChannel::End>();
    ends_.emplace_back(one, other);
    ends_.emplace_back(other, one);
    return {std::make_unique<SimChannel>(*this, one, other),
            std::make_unique<SimChannel>(*this, other, one)};
  }

  // One packet, or one ending; false when there is nothing to deliver.
  bool deliver_one(const SimChannel::End* but_not_to = nullptr) {
    for (std::size_t i = 0; i < ends_.size(); ++i) {
      const auto [end, other] = ends_[i];
      if (end.get() == but_not_to || !end->lives || end->events == nullptr)
        continue;
      if (end->reads && !end->inbox.empty()) {
        SimChannel::Packet packet = std::move(end->inbox.front());
        end->inbox.pop_front();
        end->octets -= packet.octets.size();
        end->events->packet(packet.octets, std::move(packet.descriptors));
        return true;
      }
      if (!other->lives && end->inbox.empty() && !end->end_was_told) {
        end->end_was_told = true;
        end->events->channel_ended();
        return true;
      }
    }
    return false;
  }

  // Until nobody has anything more to say.
  std::size_t deliver_all() {
    std::size_t delivered = 0;
    while (deliver_one()) delivered += 1;
    return delivered;
  }

 private:
  std::vector<std::pair<std::shared_ptr<SimChannel::End>,
                        std::shared_ptr<SimChannel::End>>>
      ends_;
};

// The others go on meanwhile; time does not pass.
inline std::expected<std::vector<Octet>, Trouble> SimChannel::wait_packet(
    int /*milliseconds*/) {
  while (own_->inbox.empty()) {
    if (!other_->lives) return std::unexpected(Trouble::closed);
    if (!post_.deliver_one(own_.get()))
      return std::unexpected(Trouble::timed_out);
  }
  Packet packet = std::move(own_->inbox.front());
  own_->inbox.pop_front();
  own_->octets -= packet.octets.size();
  return std::move(packet.octets);
}

}  // namespace postkeep::sim
