// A role on simulated ports, with its peers and supervisor played by the test.
//
// Here:      Rig, RigPeer, RigLog.
// Not here:  real processes (tests/role/supervisor_test.cc).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "ipc/packets.h"
#include "role/link.h"
#include "role/role_context.h"
#include "sim/sim_channel.h"
#include "sim/sim_clock.h"
#include "sim/sim_memory.h"
#include "sim/sim_random.h"
#include "sim/sim_workers.h"

namespace postkeep::role {

// Keeps the lines: "event key=value key=value".
class RigLog final : public Log {
 public:
  void line(Severity, std::string_view event,
            std::initializer_list<Field> fields) override {
    std::string text(event);
    for (const Field& field : fields)
      text += " " + std::string(field.key) + "=" + field.value;
    lines.push_back(std::move(text));
  }
  [[nodiscard]] bool has(std::string_view part) const {
    for (const std::string& one : lines)
      if (one.find(part) != std::string::npos) return true;
    return false;
  }
  std::vector<std::string> lines;
};

// Keeps what the role says to supervisor.
class RigSupervisor final : public SupervisorLine {
 public:
  bool send(ipc::Kind kind, Octets message,
            std::vector<Descriptor> descriptors) override {
    heard.push_back(
        {kind, {message.begin(), message.end()}, std::move(descriptors)});
    return true;
  }
  void drained() override { is_drained = true; }

  std::vector<ipc::Received> heard;
  bool is_drained = false;
};

class NoNet final : public Net {
 public:
  std::unique_ptr<Connection> adopt(Descriptor socket) override {
    return adopts ? adopts(std::move(socket)) : nullptr;
  }
  std::unique_ptr<Listener> listen(Descriptor, Accepted) override {
    return nullptr;
  }
  std::expected<Pair, Trouble> pair() override {
    return std::unexpected(Trouble::unsupported);
  }

  // A test that has connections says what they are.
  std::function<std::unique_ptr<Connection>(Descriptor)> adopts;
};

// Channels that travel as descriptors.
class RigChannels final : public Channels {
 public:
  Descriptor descriptor_of(std::unique_ptr<Channel> channel) {
    channels_.push_back(std::move(channel));
    return {static_cast<int>(channels_.size() - 1), nullptr};
  }
  std::unique_ptr<Channel> adopt(Descriptor socket) override {
    return std::move(channels_.at(static_cast<std::size_t>(socket.number())));
  }

 private:
  std::vector<std::unique_ptr<Channel>> channels_;
};

// A peer of the role: keeps what it is told.
class RigPeer {
 public:
  explicit RigPeer(std::unique_ptr<Channel> channel)
      : link_(
            std::move(channel),
            [this](ipc::Received received) {
              heard.push_back(std::move(received));
            },
            [this] { has_ended = true; }) {}

  template <class Message>
  void send(Message message, std::vector<Descriptor> descriptors = {}) {
    PK_CHECK(link_.send(std::move(message), std::move(descriptors)));
  }
  [[nodiscard]] Channel& channel() { return link_.channel(); }

  // Every message of that kind that came so far, in order; forgets all.
  template <class Message>
  std::vector<Message> take() {
    std::vector<Message> all;
    for (const ipc::Received& one : heard)
      if_message<Message>(
          one, [&](Message& message) { all.push_back(std::move(message)); });
    heard.clear();
    return all;
  }

  std::vector<ipc::Received> heard;
  bool has_ended = false;

 private:
  Link link_;
};

class Rig {
 public:
  explicit Rig(ipc::RoleName name) { context.role = name; }

  void give(const std::string& name, std::string_view text) {
    context.given[name] = memory.seal_text(text);
  }
  // What supervisor does: builds the role, or says that it cannot be.
  bool build(MakeRole make) {
    role = make(context);
    return role != nullptr;
  }
  [[nodiscard]] std::unique_ptr<RigPeer> meet(ipc::RoleName name,
                                              std::uint32_t instance = 0) {
    auto [own, other] = post.pair();
    role->peer(name, instance, std::move(own));
    return std::make_unique<RigPeer>(std::move(other));
  }
  // Everything that can happen without time passing.
  void settle() {
    while (post.deliver_all() > 0 || workers.work() ||
           timers.pass(Duration(0)) > 0) {
    }
  }
  void pass(Duration time) {
    settle();
    // Step by step, so that what a timer starts can end in its turn.
    const SteadyTime end = clock.steady() + time;
    while (clock.steady() < end) {
      timers.pass(std::min<Duration>(end - clock.steady(),
                                     std::chrono::milliseconds(100)));
      settle();
    }
  }

  sim::SimClock clock;
  sim::SimTimers timers{clock};
  sim::SimRandom random{1};
  sim::SimMemory memory;
  sim::SimPost post;
  sim::SimWorkers workers{2};
  RigLog log;
  RigSupervisor supervisor;
  NoNet net;
  RigChannels channels;
  RoleContext context{.user = {},
                      .clock = clock,
                      .timers = timers,
                      .net = net,
                      .channels = channels,
                      .memory = memory,
                      .random = random,
                      .log = log,
                      .workers = &workers,
                      .supervisor = supervisor,
                      .given = {}};
  std::unique_ptr<Role> role;
};

}  // namespace postkeep::role
