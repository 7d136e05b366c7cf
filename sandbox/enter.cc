#include "sandbox/enter.h"

#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "sandbox/landlock.h"
#include "sandbox/root.h"

namespace postkeep::sandbox {
namespace {

std::unexpected<std::string> failed(std::string_view what) {
  return std::unexpected(std::string(what) + ": " + std::strerror(errno));
}

bool limit(__rlimit_resource what, std::optional<std::uint64_t> to) {
  if (!to) return true;
  rlimit now{};
  if (getrlimit(what, &now) != 0) return false;
  // Where the system allows less, less it is.
  const rlim_t most = std::min<rlim_t>(*to, now.rlim_max);
  const rlimit wanted{most, most};
  return setrlimit(what, &wanted) == 0;
}

std::expected<void, std::string> set_limits(const Policy& policy) {
  // A write beyond the limit fails as if the disk were full.
  std::signal(SIGXFSZ, SIG_IGN);
  std::signal(SIGPIPE, SIG_IGN);
  if (!limit(RLIMIT_NOFILE, policy.limits.open_files) ||
      !limit(RLIMIT_CORE, policy.limits.core_octets)) {
    return failed("limits");
  }
  // Shadow memory and counters need more than any role.
  if (policy.instrumented) return {};
  if (!limit(RLIMIT_FSIZE, policy.limits.file_octets) ||
      !limit(RLIMIT_AS, policy.limits.memory_octets)) {
    return failed("limits");
  }
  return {};
}

// Gives up every capability but those, for good.
std::expected<void, std::string> drop_capabilities(std::uint64_t kept) {
  for (unsigned long one = 0; prctl(PR_CAPBSET_READ, one) >= 0; ++one) {
    if ((kept >> one & 1U) != 0) continue;
    if (prctl(PR_CAPBSET_DROP, one) != 0 && errno != EPERM) {
      return failed("capability bounds");
    }
  }
  // Not an error for who has no right to: he has no capability either.
  prctl(PR_SET_SECUREBITS,
        SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP |
            SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED |
            SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED);
  return {};
}

// As far as there are any: none comes by this.
std::expected<void, std::string> clear_capabilities(std::uint64_t kept) {
  __user_cap_header_struct head{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> all{};
  if (kept != 0) {
    if (syscall(SYS_capget, &head, all.data()) != 0) return failed("capget");
    for (__user_cap_data_struct& half : all) {
      half.permitted &= static_cast<std::uint32_t>(kept);
      half.effective = half.permitted;
      half.inheritable = 0;
      kept >>= 32;
    }
  }
  if (syscall(SYS_capset, &head, all.data()) != 0) return failed("capset");
  return {};
}

// Of one that keeps it for its children.
Claim claim_of_children(const char* what) {
  return {what, "stand-in: nothing from outside is read, each child has it"};
}

std::expected<Claim, std::string> become(const Policy& policy,
                                         const Options& options,
                                         bool user_namespace) {
  if (policy.capabilities != 0 && geteuid() == 0) {
    return claim_of_children("separate_uids");
  }
  if (geteuid() == 0 && !user_namespace && options.uid != 0) {
    // Raw calls: there is one thread yet, and the wrappers look for more.
    if (syscall(SYS_setgroups, 0, nullptr) != 0 ||
        syscall(SYS_setresgid, options.gid, options.gid, options.gid) != 0 ||
        syscall(SYS_setresuid, options.uid, options.uid, options.uid) != 0) {
      return failed("becoming uid " + std::to_string(options.uid));
    }
    return Claim{"separate_uids", "held"};
  }
  // The uid of whoever started the server, as every other role has it.
  return Claim{"separate_uids", "missing: not started as root"};
}

Claim claim_of_root(const Policy& policy, const Isolation& isolation,
                    std::uint32_t abi) {
  if (policy.capabilities != 0) return claim_of_children("empty_root");
  if (policy.root == Root::kept || isolation.root)
    return {"empty_root", "held"};
  if (abi != 0)
    return {"empty_root", "stand-in: landlock, " + isolation.why_not};
  return {"empty_root", "missing: " + isolation.why_not};
}

Claim claim_of_network(const Policy& policy, const Isolation& isolation) {
  if (policy.connects) return {"empty_network", "given up: it connects"};
  if (!policy.no_network || isolation.network) return {"empty_network", "held"};
  return {"empty_network", "stand-in: no system call makes a socket"};
}

std::expected<Claim, std::string> landlock(const Policy& policy,
                                           const Options& options,
                                           const Isolation& isolation,
                                           std::uint32_t abi) {
  if (policy.capabilities != 0) return claim_of_children("landlock");
  if (!policy.landlock) return Claim{"landlock", "held"};
  if (abi == 0) {
    if (isolation.root) {
      return Claim{"landlock", "stand-in: the root, and the filter"};
    }
    return Claim{"landlock", "missing: the kernel has none"};
  }
  const auto done = restrict_by_landlock(
      abi, isolation.directory,
      policy.connects ? options.connect_ports : std::vector<std::uint16_t>());
  if (!done) return std::unexpected(done.error());
  if (policy.connects && !landlock_knows_ports(abi)) {
    return Claim{"landlock", "stand-in: the filter; TCP to any port"};
  }
  return Claim{"landlock", "held"};
}

}  // namespace

std::expected<Confined, std::string> confine(const Policy& policy,
                                             const Options& options,
                                             Descriptor directory) {
  if ((policy.root == Root::directory) != directory.holds()) {
    return std::unexpected("a directory is given exactly to who has one");
  }
  // Instrumented programs open files of their own: their root stays.
  Policy wanted = policy;
  if (policy.instrumented) {
    wanted.root = Root::kept;
    wanted.landlock = false;
    wanted.no_network = false;
  }
  if (const auto set = set_limits(policy); !set) {
    return std::unexpected(set.error());
  }
  auto isolation = isolate(wanted, std::move(directory));
  if (!isolation) return std::unexpected(isolation.error());
  if (const auto dropped = drop_capabilities(policy.capabilities); !dropped) {
    return std::unexpected(dropped.error());
  }
  const auto identity = become(policy, options, isolation->user_namespace);
  if (!identity) return std::unexpected(identity.error());
  if (const auto cleared = clear_capabilities(policy.capabilities); !cleared) {
    return std::unexpected(cleared.error());
  }
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    return failed("no_new_privs");
  }
  const std::uint32_t abi = landlock_abi(options.landlock_abi_max);
  const auto locked = landlock(wanted, options, *isolation, abi);
  if (!locked) return std::unexpected(locked.error());
  // No debugger, no core, no /proc/PID of ours for others of this uid; and no
  // life after supervisor.
  if (prctl(PR_SET_DUMPABLE, policy.instrumented ? 1 : 0, 0, 0, 0) != 0 ||
      prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) {
    return failed("prctl");
  }
  Confined confined;
  confined.directory = std::move(isolation->directory);
  confined.claims = {*identity,
                     claim_of_root(wanted, *isolation, abi),
                     claim_of_network(wanted, *isolation),
                     *locked,
                     {"no_new_privs", "held"},
                     {"limits", "held"}};
  for (const Claim& claim : confined.claims) {
    const auto& all = options.require;
    if (claim.how.starts_with("missing") &&
        std::find(all.begin(), all.end(), claim.name) != all.end()) {
      return std::unexpected(claim.name + " is " + claim.how);
    }
  }
  return confined;
}

}  // namespace postkeep::sandbox
