// What supervisor has to know of the configuration: what to listen at, which
// files to hand over, where the directories are, who the roles become.
//
// Here:      ServerPlan.
// Not here:  the operator's file (config/), making one of it (cli/serve.cc).
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace postkeep::role {

// One listening socket: "mx", "submission", "submissions", "imap", "imaps",
// "pop3", "pop3s" or "lmtp".
struct ListenPlan {
  std::string service;
  std::string address;  // An IP address.
  std::uint16_t port = 0;
  // Of a local socket, instead of an address.
  std::string path = {};
  unsigned mode = 0;
  std::string user = {};   // Whose it is: name or number; empty: our own.
  std::string group = {};  // Empty: the user's.
  bool operator==(const ListenPlan&) const = default;
};

// A file that is handed over as sealed memory under a name.
struct FilePlan {
  std::string name;  // "certificate:main", "key:main", "accounts".
  std::string path;
};

// Mail that goes into mbox spool files instead of mailboxes.
struct MboxPlan {
  std::string directory;
  std::string group;               // Name or number; as root alone.
  std::vector<std::string> users;  // Whose files there may be; none: no role.
  // For whom: lines of the account table, without passwords.
  std::string accounts;
};

struct ServerPlan {
  std::string configuration;  // The text, passed on to every role.
  std::string data_directory;
  std::vector<ListenPlan> listen;
  std::vector<FilePlan> files;
  // Where DNS questions go: "ADDRESS:PORT" lines for the role, and the ports
  // that it may connect to.
  std::string resolvers;
  std::vector<std::uint16_t> resolver_ports;
  // Where other hosts take mail, and who vouches for them, in PEM.
  std::uint16_t outbound_port = 25;
  std::string authorities;
  MboxPlan mbox;
  std::string control_path;     // Of the command line's local socket.
  std::string log_path;         // Empty: standard output.
  std::uint32_t instances = 0;  // Of roles that are per core; 0: the cores.
  // As root: users of this prefix ("postkeep-spool") are the roles, or uids
  // from this one on where there are none such.
  std::string user_prefix;
  std::uint32_t first_uid = 0;
  std::uint32_t mailboxes_max = 1000;  // Processes.
  std::uint32_t mailboxes_ahead = 2;   // Started before they are wanted.
  std::chrono::seconds drain_seconds_max{30};
  std::vector<std::string> sandbox_require;
  std::uint32_t landlock_abi_max = 99;
};

}  // namespace postkeep::role
