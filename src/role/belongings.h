// What the roles are given: sealed files, listening sockets, directories and
// who they become. Opened by supervisor before any role runs.
//
// Here:      Belongings.
// Not here:  giving it (role/supervisor.h).
// Laws:      tests/role/belongings_test.cc: no role is given what the table of
//            role/topology.cc does not grant.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/channel.h"
#include "io/spool_directory.h"
#include "ipc/supervisor_messages.h"
#include "role/child.h"
#include "role/server_plan.h"

namespace postkeep::role {

class Belongings {
 public:
  // Opens all of it; the error is one text for a person.
  [[nodiscard]] static std::expected<Belongings, std::string> open(
      ServerPlan plan, SharedMemory& memory);

  // The files and texts of `plan` instead of the former ones; where something
  // cannot be read, nothing is changed. Where to listen, who the roles are and
  // how many changes only at a restart.
  [[nodiscard]] std::expected<void, std::string> reload(ServerPlan plan,
                                                        SharedMemory& memory);

  // What a role is given at its start, and at a reload.
  [[nodiscard]] std::expected<Parcel, Trouble> of(ipc::RoleName role) const;
  [[nodiscard]] std::expected<Parcel, Trouble> of_reload(
      ipc::RoleName role) const;
  // The directory of a user's mail; made when it is not there.
  [[nodiscard]] std::expected<Descriptor, Trouble> mailbox_directory(
      const std::string& user) const;
  // Whether there is anything for the role to do.
  [[nodiscard]] bool wants(ipc::RoleName role) const;
  // An empty mbox spool file for a user of this machine. The error is one text
  // for the log.
  [[nodiscard]] std::expected<void, std::string> make_spool_file(
      const std::string& user) const;
  // Where programs of this machine leave messages: everybody may, its role
  // alone may look. Made, given and opened, for whoever `plan` says.
  [[nodiscard]] static std::expected<Descriptor, std::string> drop_directory(
      const ServerPlan& plan);
  [[nodiscard]] ipc::Start start_of(ipc::RoleName role,
                                    std::uint32_t instance) const;
  [[nodiscard]] const ServerPlan& plan() const { return plan_; }

 private:
  struct Socket {
    ListenPlan plan;
    Descriptor descriptor;
  };

  std::expected<void, std::string> open_directories();
  std::expected<void, std::string> open_files(const ServerPlan& plan,
                                              SharedMemory& memory);
  std::expected<void, std::string> open_sockets(const ServerPlan& plan);
  std::expected<void, std::string> open_log(const ServerPlan& plan);
  std::expected<void, std::string> open_mboxes(const MboxPlan& plan);
  [[nodiscard]] io::UserIds ids_of(ipc::RoleName role) const;
  std::expected<void, Trouble> add_files(ipc::RoleName role,
                                         Parcel& parcel) const;
  std::expected<void, Trouble> add_sockets(ipc::RoleName role,
                                           Parcel& parcel) const;

  ServerPlan plan_;
  Descriptor data_;
  Descriptor lock_;
  Descriptor spool_;
  Descriptor drop_;
  Descriptor mail_;
  Descriptor log_;
  std::optional<io::SpoolDirectory> mboxes_;  // Once there is an account.
  std::string mbox_directory_;
  std::string mbox_group_;
  std::uint32_t mbox_gid_ = 0;  // As root.
  Descriptor control_;
  std::map<std::string, Descriptor> files_;  // Sealed memory.
  std::vector<Socket> sockets_;
};

}  // namespace postkeep::role
