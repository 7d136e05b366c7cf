// The names of the roles: one process each, named by what it may do.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace postkeep::ipc {

enum class RoleName : std::uint8_t {
  log,
  keys,
  auth,
  spool,
  control,
  seed,  // Forks the mailboxes.
  mailbox,
  mbox,  // Appends to the users' mbox spool files.
  login,
  access,
  submission,
  smtp_in,
  dns,
  connect,
  smtp_out,
  pickup,
  supervisor,  // Starts the others.
};

// Those that supervisor starts.
inline constexpr std::array all_role_names{
    RoleName::log,     RoleName::keys,       RoleName::auth,
    RoleName::spool,   RoleName::control,    RoleName::seed,
    RoleName::mailbox, RoleName::mbox,       RoleName::login,
    RoleName::access,  RoleName::submission, RoleName::smtp_in,
    RoleName::dns,     RoleName::connect,    RoleName::smtp_out,
    RoleName::pickup,
};

[[nodiscard]] constexpr std::string_view name(RoleName role) {
  switch (role) {
    case RoleName::log: return "log";
    case RoleName::keys: return "keys";
    case RoleName::auth: return "auth";
    case RoleName::spool: return "spool";
    case RoleName::control: return "control";
    case RoleName::seed: return "seed";
    case RoleName::mailbox: return "mailbox";
    case RoleName::mbox: return "mbox";
    case RoleName::login: return "login";
    case RoleName::access: return "access";
    case RoleName::submission: return "submission";
    case RoleName::smtp_in: return "smtp_in";
    case RoleName::dns: return "dns";
    case RoleName::connect: return "connect";
    case RoleName::smtp_out: return "smtp_out";
    case RoleName::pickup: return "pickup";
    case RoleName::supervisor: break;
  }
  return "supervisor";
}

[[nodiscard]] constexpr std::optional<RoleName> role_name(
    std::string_view text) {
  if (text == name(RoleName::supervisor)) return RoleName::supervisor;
  for (const RoleName role : all_role_names) {
    if (name(role) == text) return role;
  }
  return std::nullopt;
}

}  // namespace postkeep::ipc
