// A role as supervisor sees it: a process, and the line to it.
//
// Here:      Child.
// Not here:  when it is started (role/supervisor.h), the process itself
//            (role/start.h), those that wait to be born (role/nursery.h).
// Laws:      tests/role/supervisor_test.cc.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "io/process.h"
#include "ipc/control_messages.h"
#include "ipc/packets.h"
#include "ipc/role_name.h"
#include "role/link.h"

namespace postkeep::role {

// What may wait for one that is not born yet; more is refused.
inline constexpr std::size_t held_messages_max = 512;

enum class ChildState : std::uint8_t { starting, ready, draining };

// Descriptors to give, each under its name.
using Parcel = std::vector<std::pair<std::string, Descriptor>>;

class Child {
 public:
  // Called for each message, and with nullopt when the line has ended or what
  // came on it was not a message.
  using OnMessage =
      std::function<void(Child&, std::optional<ipc::Received> message)>;

  Child(ipc::RoleName role, std::uint32_t instance, io::ProcessId process,
        std::unique_ptr<Channel> line, SteadyTime started,
        const OnMessage& on_message);
  // One that is not born yet: what is sent to it waits until born().
  Child(ipc::RoleName role, std::uint32_t instance, SteadyTime started,
        const OnMessage& on_message);

  const ipc::RoleName role;
  const std::uint32_t instance;
  io::ProcessId process = io::ProcessId::none;  // None before it is born.
  const SteadyTime started;

  ChildState state = ChildState::starting;
  std::vector<ipc::StatusLine> claims;  // Of its Ready.

  [[nodiscard]] std::string name() const;  // "smtp_in:0".
  template <typename Message>
  bool send(Message message, std::vector<Descriptor> descriptors = {}) {
    return pass_on(Message::kind, ipc::write(std::move(message)),
                   std::move(descriptors));
  }
  // As many Give as it takes.
  bool give(Parcel parcel);
  bool pass_on(const ipc::Received& message,
               std::vector<Descriptor> descriptors) {
    return pass_on(message.kind, message.octets, std::move(descriptors));
  }

  // A line for one that is not born yet, instead of the one before.
  void attach(std::unique_ptr<Channel> line);
  void born(io::ProcessId as);
  // Ends it at once, or as soon as it is born.
  void kill();

 private:
  struct Held {
    ipc::Kind kind;
    std::vector<Octet> octets;
    std::vector<Descriptor> descriptors;
  };

  bool pass_on(ipc::Kind kind, Octets message,
               std::vector<Descriptor> descriptors);

  OnMessage on_message_;
  std::unique_ptr<Link> line_;
  std::vector<Held> held_;
  bool kill_at_birth_ = false;
};

}  // namespace postkeep::role
