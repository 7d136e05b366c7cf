// Closing the door: a process gives up what its role's policy does not grant.
//
// Here:      confine() and close_door(), the two steps, and what they claim.
// Not here:  the policies (sandbox/policy.h), looking at it from outside
//            (sandbox/report.h).
// Laws:      tests/sandbox/escape_test.cc: under each role's real policy no
//            forbidden action succeeds, and each succeeds without it.
//
// Two steps, because threads of a role start between them: namespaces and
// Landlock bind only the thread that asks, the filter binds all.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/descriptor.h"
#include "sandbox/policy.h"

namespace postkeep::sandbox {

struct Options {
  // As root: who to become. Else they must be who we are.
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  // Landlock as if the kernel had no newer version; 0: as if it had none.
  std::uint32_t landlock_abi_max = 99;
  // Claims that must hold, or have a stand-in: else there is an error. One that
  // is not named here may be missing, and says so.
  std::vector<std::string> require;
  // Of a policy that connects: the TCP ports, wherever they are.
  std::vector<std::uint16_t> connect_ports;
};

// What can be claimed.
inline constexpr std::array claim_names{
    std::string_view("separate_uids"), std::string_view("empty_root"),
    std::string_view("empty_network"), std::string_view("landlock"),
    std::string_view("no_new_privs"),  std::string_view("limits"),
    std::string_view("seccomp")};

// One thing that holds from now on. `how` is "held", or what stands in for it,
// or "missing: " and why.
struct Claim {
  std::string name;
  std::string how;
};

struct Confined {
  // The root directory of a role that has one: opened below its new root.
  Descriptor directory;
  std::vector<Claim> claims;
};

// Identity, root, network, Landlock, limits. To be called while the process
// has one thread. `directory` is the one to be the root, or holds nothing.
[[nodiscard]] std::expected<Confined, std::string> confine(
    const Policy& policy, const Options& options, Descriptor directory);

// The filter of system calls, for all threads; and no new process.
[[nodiscard]] std::expected<std::vector<Claim>, std::string> close_door(
    const Policy& policy);

}  // namespace postkeep::sandbox
