// A role as supervisor sees it: a process, and the line to it.
//
// Here:      Child, start_child().
// Not here:  when it is started (role/supervisor.h), the process itself
//            (role/start.h).
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

  const ipc::RoleName role;
  const std::uint32_t instance;
  const io::ProcessId process;
  const SteadyTime started;

  ChildState state = ChildState::starting;
  std::vector<ipc::StatusLine> claims;  // Of its Ready.

  [[nodiscard]] std::string name() const;  // "smtp_in:0".
  template <typename Message>
  bool send(Message message, std::vector<Descriptor> descriptors = {}) {
    return line_.send(std::move(message), std::move(descriptors));
  }
  // As many Give as it takes.
  bool give(Parcel parcel);
  bool pass_on(const ipc::Received& message,
               std::vector<Descriptor> descriptors);

 private:
  Link line_;
};

}  // namespace postkeep::role
