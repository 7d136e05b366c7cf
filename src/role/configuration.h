// The configuration as a role is given it.
#pragma once

#include <optional>

#include "config/config.h"
#include "config/reader.h"
#include "role/role_context.h"

namespace postkeep::role {

// What "configuration" of what was given says; nullopt, and logged, when it is
// missing or wrong (supervisor has read it before: that is our own mistake, or
// another version's).
inline std::optional<config::Config> given_configuration(RoleContext& context) {
  const auto text = given_text(context, "configuration");
  if (!text) {
    context.log.line(Severity::error, "configuration_missing", {});
    return std::nullopt;
  }
  auto config = config::read(*text);
  if (config) return std::move(*config);
  for (const config::Mistake& mistake : config.error()) {
    context.log.line(Severity::error, "configuration_wrong",
                     {{"line", mistake.line}, {"why", mistake.text}});
  }
  return std::nullopt;
}

}  // namespace postkeep::role
