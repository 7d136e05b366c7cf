// How a process becomes a role: what it is given comes over the channel at
// descriptor 3; then its door closes; then it runs until it is told to end.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ipc/role_name.h"

namespace postkeep::role {

// What a process of that role is started with, as everybody sees it. (Seed's
// leaves room to be written over with that of its children.)
[[nodiscard]] std::vector<std::string> arguments_of(ipc::RoleName role);

// `postkeep --role NAME`, or what was forked by seed. Returns the exit status.
[[nodiscard]] int start(std::string_view role_name);

}  // namespace postkeep::role
