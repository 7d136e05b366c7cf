// How a process becomes a role: what it is given comes over the channel at
// descriptor 3; then its door closes; then it runs until it is told to end.
#pragma once

#include <string_view>

namespace postkeep::role {

// `postkeep --role NAME`. Returns the exit status.
[[nodiscard]] int start(std::string_view role_name);

}  // namespace postkeep::role
