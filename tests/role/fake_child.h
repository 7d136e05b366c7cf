// Children without processes, and timers that go off when the test says so.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "role/child.h"

namespace postkeep::role {

// What was sent to a child, read back.
struct Sent {
  std::vector<ipc::Received> messages;

  [[nodiscard]] std::size_t count(ipc::Kind kind) const {
    std::size_t all = 0;
    for (const auto& message : messages) all += message.kind == kind ? 1U : 0U;
    return all;
  }
};

class FakeChannel final : public Channel {
 public:
  explicit FakeChannel(std::shared_ptr<Sent> sent) : sent_(std::move(sent)) {}
  void tell(ChannelEvents* /*events*/) override {}
  bool send(Octets packet, std::vector<Descriptor> descriptors) override {
    auto message = assembler_.packet(packet, std::move(descriptors));
    if (message) sent_->messages.push_back(std::move(*message));
    return true;
  }
  [[nodiscard]] std::size_t unsent() const override { return 0; }
  void read_on(bool /*on*/) override {}
  std::expected<std::vector<Octet>, Trouble> wait_packet(
      int /*milliseconds*/) override {
    return std::unexpected(Trouble::timed_out);
  }

 private:
  std::shared_ptr<Sent> sent_;
  ipc::Assembler assembler_;
};

class FakeTimers final : public Timers {
 public:
  TimerId after(Duration delay, std::function<void()> then) override {
    waiting[++last_] = {delay, std::move(then)};
    return TimerId{last_};
  }
  void cancel(TimerId timer) override {
    waiting.erase(static_cast<std::uint64_t>(timer));
  }
  // Calls those that wait now, in the order of their setting.
  void let_all_go_off() {
    for (auto& [id, timer] : std::exchange(waiting, {})) timer.then();
  }

  struct Timer {
    Duration delay{};
    std::function<void()> then;
  };
  std::map<std::uint64_t, Timer> waiting;

 private:
  std::uint64_t last_ = 0;
};

struct NoLog final : Log {
  void line(Severity /*severity*/, std::string_view /*event*/,
            std::initializer_list<Field> /*fields*/) override {}
};

inline std::unique_ptr<Child> fake_child(ipc::RoleName role,
                                         std::uint32_t instance, int process,
                                         std::shared_ptr<Sent> sent) {
  return std::make_unique<Child>(role, instance, io::ProcessId{process},
                                 std::make_unique<FakeChannel>(std::move(sent)),
                                 SteadyTime{},
                                 [](Child&, std::optional<ipc::Received>) {});
}

}  // namespace postkeep::role
