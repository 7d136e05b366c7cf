// supervisor: starts, stops and restarts the roles, and hands them what they
// may use. Never reads an octet from the network.
//
// Here:      ServerPlan, serve().
// Not here:  the operator's file (config/), what each role does (role/*.h).
// Laws:      tests/role/supervisor_test.cc: a role that dies is started again
//            with back-off, and its peers get new channels to it.
//
// Reads:     typed messages of the roles it started.
// May:       open files of its directory, listen, start and end processes.
// May not:   be spoken to from outside.
// Dies when: a signal says so; all roles end with it.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <string>
#include <vector>

#include "base/log.h"

namespace postkeep::role {

// One listening socket: "mx", "submission", "submissions", "imap" or "imaps".
struct ListenPlan {
  std::string service;
  std::string address;  // "127.0.0.1", "::", as the operator wrote it.
  std::uint16_t port = 0;
};

// A file that is handed over as sealed memory under a name.
struct FilePlan {
  std::string name;  // "certificate:main", "key:main", "accounts".
  std::string path;
};

// All that supervisor has to know of the configuration.
struct ServerPlan {
  std::string configuration;  // The text, passed on to every role.
  std::string data_directory;
  std::vector<ListenPlan> listen;
  std::vector<FilePlan> files;
  std::string control_path;         // Of the command line's local socket.
  std::string log_path;             // Empty: standard output.
  std::uint32_t instances = 0;      // Of roles that are per core; 0: the cores.
  std::uint32_t first_uid = 86500;  // As root: the uids of the roles.
  std::uint32_t mailboxes_max = 1000;  // Processes.
  std::uint32_t mailboxes_ahead = 2;   // Started before they are wanted.
  std::chrono::seconds drain_seconds_max{10};
  bool sandbox_required = true;
  std::uint32_t landlock_abi_max = 0;
};

// Reads the configuration anew: at the start and at SIGHUP. The error is one
// text for a person.
using ReadPlan = std::function<std::expected<ServerPlan, std::string>()>;

// Runs the server until SIGTERM or SIGINT; returns the exit status. `ready` is
// called once when every role is ready.
[[nodiscard]] int serve(const ReadPlan& read_plan,
                        const std::function<void()>& ready);

}  // namespace postkeep::role
