// Asking the running server, through its local socket.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "base/trouble.h"
#include "config/config.h"
#include "ipc/control_messages.h"

namespace postkeep::cli {

[[nodiscard]] bool server_runs(const config::Config& config);
[[nodiscard]] std::expected<ipc::ControlAnswer, Trouble> ask(
    const config::Config& config, const std::string& command,
    std::vector<std::string> arguments = {}, int seconds_max = 10);

}  // namespace postkeep::cli
