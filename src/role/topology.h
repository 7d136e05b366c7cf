// Who talks to whom: the roles, how many there are, and the channels between
// them, as one table.
//
// Here:      RolePlan, plan_of(), Acquaintance, links.
// Not here:  starting them (role/supervisor.h), what they may do
//            (sandbox/<role>.policy).
// Laws:      tests/role/topology_test.cc: every role talks to log and to no
//            one whom ARCHITECTURE does not name.
#pragma once

#include <cstdint>
#include <span>

#include "ipc/role_name.h"

namespace postkeep::role {

enum class Count : std::uint8_t {
  one,
  per_core,
  per_user,  // Started ahead, bound to a user when one is wanted.
};

struct RolePlan {
  ipc::RoleName role;
  Count count;
  // Roles are ended in the order of these numbers, each stage after the last.
  std::uint8_t drain_stage;
  // What it is given by name, apart from "configuration".
  bool certificates;
  bool keys;
  bool accounts;
  bool resolvers;
  bool authorities;
  // Its own uid: this many above the first of the operator's range.
  std::uint8_t uid_offset;
};

[[nodiscard]] const RolePlan& plan_of(ipc::RoleName role);

// Every instance of `one` has a channel to every instance of `other`, or, when
// `same_instance`, to the one with its own number.
struct Acquaintance {
  ipc::RoleName one;
  ipc::RoleName other;
  bool same_instance;
};

[[nodiscard]] std::span<const Acquaintance> acquaintances();

[[nodiscard]] bool are_linked(ipc::RoleName one, std::uint32_t one_instance,
                              ipc::RoleName other,
                              std::uint32_t other_instance);

inline constexpr std::uint8_t drain_stages = 4;

}  // namespace postkeep::role
