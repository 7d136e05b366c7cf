// How a role answers what `postkeep status` asks.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <utility>

#include "ipc/control_messages.h"
#include "role/link.h"
#include "role/role_context.h"

namespace postkeep::role {

// Answers a StatusQuestion through supervisor; anything else is passed over.
inline bool answer_status(
    RoleContext& context, const ipc::Received& message,
    std::initializer_list<std::pair<std::string_view, std::uint64_t>> facts) {
  return if_message<ipc::StatusQuestion>(
      message, [&](const ipc::StatusQuestion& question) {
        ipc::StatusAnswer answer{.question = question.question, .lines = {}};
        for (const auto& [key, value] : facts) {
          answer.lines.push_back({std::string(key), std::to_string(value)});
        }
        context.supervisor.send(ipc::StatusAnswer::kind,
                                ipc::write(std::move(answer)));
      });
}

}  // namespace postkeep::role
