// What the kernel says that a process may do: read back, not remembered.
//
// Here:      Report, report().
// Not here:  what should hold (sandbox/policy.h).
// Laws:      tests/sandbox/escape_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postkeep::sandbox {

// Of one process, as /proc/PID shows it. Texts are as the kernel writes them.
struct Report {
  bool no_new_privs = false;
  bool filtered = false;  // Seccomp: 2.
  std::uint32_t filters = 0;
  std::uint32_t uid = 0;
  std::uint32_t threads = 0;
  std::string capabilities;       // CapEff, hexadecimal.
  std::string capability_bounds;  // CapBnd.
  std::string open_files;         // Limits, "soft hard".
  std::string file_octets;
  std::string processes;
  std::string core_octets;
  // These can be seen by root alone: empty otherwise.
  std::string root;
  std::optional<bool> own_mounts;  // Another mount namespace than ours.
  std::optional<bool> own_network;
};

// Nullopt when there is no such process.
[[nodiscard]] std::optional<Report> report(std::int32_t process);

// The lines of `/proc/PID/status` and `limits` into a Report.
[[nodiscard]] Report read_report(std::string_view status,
                                 std::string_view limits);

}  // namespace postkeep::sandbox
