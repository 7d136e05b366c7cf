#include "role/role_context.h"

namespace postkeep::role {

std::optional<std::string> given_text(RoleContext& context,
                                      std::string_view name) {
  const auto found = context.given.find(name);
  if (found == context.given.end() || !found->second.holds()) {
    return std::nullopt;
  }
  const auto view = context.memory.view(found->second, given_octets_max);
  if (!view) return std::nullopt;
  const Octets all = (*view)->octets();
  return std::string(all.begin(), all.end());
}

}  // namespace postkeep::role
