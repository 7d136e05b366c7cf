// supervisor: starts, stops and restarts the roles, and hands them what they
// may use. Never reads an octet from the network.
//
// Here:      serve(), ReadPlan.
// Not here:  what it has to know of the configuration (role/server_plan.h), one
//            child (role/child.h), the users' mailboxes (role/mailboxes.h),
//            what each role does (role/*.h).
// Laws:      tests/role/supervisor_test.cc: a role that dies is started again
//            with back-off, and its peers get new channels to it.
//
// Reads:     typed messages of the roles it started.
// May:       open files of its directory, listen, start and end processes.
// May not:   be spoken to from outside.
// Dies when: a signal says so; all roles end with it.
#pragma once

#include <expected>
#include <functional>
#include <string>

#include "role/server_plan.h"

namespace postkeep::role {

// Reads the configuration anew: at the start and at SIGHUP. The error is one
// text for a person.
using ReadPlan = std::function<std::expected<ServerPlan, std::string>()>;

// Runs the server until SIGTERM or SIGINT; returns the exit status. `ready` is
// called once when every role is ready. What keeps it from starting is printed
// to standard error.
[[nodiscard]] int serve(const ReadPlan& read_plan,
                        const std::function<void()>& ready);

}  // namespace postkeep::role
