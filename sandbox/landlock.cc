#include "sandbox/landlock.h"

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace postkeep::sandbox {
namespace {

// The kernel's own header may be older than the kernel: written down here, as
// linux/landlock.h and landlock(7) have them.
constexpr long call_create_ruleset = 444;
constexpr long call_add_rule = 445;
constexpr long call_restrict_self = 446;
constexpr unsigned flag_version = 1;
constexpr int rule_path_beneath = 1;
constexpr int rule_net_port = 2;

constexpr std::uint64_t access_write_file = 1U << 1;
constexpr std::uint64_t access_read_file = 1U << 2;
constexpr std::uint64_t access_read_dir = 1U << 3;
constexpr std::uint64_t access_remove_dir = 1U << 4;
constexpr std::uint64_t access_remove_file = 1U << 5;
constexpr std::uint64_t access_make_dir = 1U << 7;
constexpr std::uint64_t access_make_reg = 1U << 8;
constexpr std::uint64_t access_refer = 1U << 13;     // ABI 2.
constexpr std::uint64_t access_truncate = 1U << 14;  // ABI 3.

constexpr std::uint64_t all_of_abi_1 = (1U << 13) - 1;
constexpr std::uint64_t access_ioctl_device = 1U << 15;  // ABI 5.
constexpr std::uint64_t net_bind_and_connect = 3;        // ABI 4.
constexpr std::uint64_t net_connect = 2;
constexpr std::uint64_t scope_sockets_and_signals = 3;  // ABI 6.

constexpr std::uint32_t abi_with_network = 4;
constexpr std::uint32_t abi_with_scopes = 6;

struct RulesetAttributes {
  std::uint64_t files = 0;
  std::uint64_t network = 0;
  std::uint64_t scopes = 0;
};

struct [[gnu::packed]] PathBeneath {
  std::uint64_t allowed = 0;
  std::int32_t directory = -1;
};

struct NetPort {
  std::uint64_t allowed = 0;
  std::uint64_t port = 0;
};

std::uint64_t files_of(std::uint32_t abi) {
  return all_of_abi_1 | (abi >= 2 ? access_refer : 0) |
         (abi >= 3 ? access_truncate : 0) |
         (abi >= 5 ? access_ioctl_device : 0);
}

std::unexpected<std::string> failed(std::string_view what) {
  return std::unexpected(std::string(what) + ": " + std::strerror(errno));
}

}  // namespace

std::uint32_t landlock_abi(std::uint32_t abi_max) {
  const long abi = syscall(call_create_ruleset, nullptr, 0, flag_version);
  if (abi <= 0) return 0;
  const auto newest = static_cast<std::uint32_t>(abi);
  return std::min(newest, abi_max);
}

bool landlock_knows_ports(std::uint32_t abi) { return abi >= abi_with_network; }

std::expected<void, std::string> restrict_by_landlock(
    std::uint32_t abi, const Descriptor& tree,
    std::span<const std::uint16_t> connect_ports) {
  RulesetAttributes attributes;
  attributes.files = files_of(abi);
  std::size_t size = sizeof attributes.files;
  if (abi >= abi_with_network) {
    attributes.network = net_bind_and_connect;
    size = 2 * sizeof(std::uint64_t);
  }
  if (abi >= abi_with_scopes) {
    attributes.scopes = scope_sockets_and_signals;
    size = sizeof attributes;
  }
  const Descriptor rules(
      static_cast<int>(syscall(call_create_ruleset, &attributes, size, 0)),
      [](int n) { ::close(n); });
  if (!rules.holds()) return failed("landlock_create_ruleset");
  if (tree.holds()) {
    const PathBeneath beneath{
        files_of(abi) &
            (access_write_file | access_read_file | access_read_dir |
             access_remove_dir | access_remove_file | access_make_dir |
             access_make_reg | access_refer | access_truncate),
        tree.number()};
    if (syscall(call_add_rule, rules.number(), rule_path_beneath, &beneath,
                0) != 0) {
      return failed("landlock_add_rule");
    }
  }
  for (const std::uint16_t port : connect_ports) {
    const NetPort allowed{net_connect, port};
    if (landlock_knows_ports(abi) && syscall(call_add_rule, rules.number(),
                                             rule_net_port, &allowed, 0) != 0) {
      return failed("landlock_add_rule");
    }
  }
  if (syscall(call_restrict_self, rules.number(), 0) != 0) {
    return failed("landlock_restrict_self");
  }
  return {};
}

}  // namespace postkeep::sandbox
