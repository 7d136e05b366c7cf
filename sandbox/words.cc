#include "sandbox/words.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <csignal>
#include <string>

namespace postkeep::sandbox {
namespace {

struct Word {
  std::string_view name;
  std::uint64_t value;
};

constexpr std::array words{
    Word{"PROT_EXEC", PROT_EXEC},
    Word{"F_GETFL", F_GETFL},
    Word{"F_GETFD", F_GETFD},
    Word{"F_GET_SEALS", F_GET_SEALS},
    Word{"F_ADD_SEALS", F_ADD_SEALS},
    Word{"F_DUPFD_CLOEXEC", F_DUPFD_CLOEXEC},
    Word{"F_OFD_SETLK", F_OFD_SETLK},
    Word{"O_NOFOLLOW", O_NOFOLLOW},
    Word{"O_CLOEXEC", O_CLOEXEC},
    Word{"O_PATH", O_PATH},
    Word{"O_NOCTTY", O_NOCTTY},
    Word{"O_NONBLOCK", O_NONBLOCK},
    Word{"AT_EMPTY_PATH", AT_EMPTY_PATH},
    Word{"AF_UNIX", AF_UNIX},
    Word{"AF_INET", AF_INET},
    Word{"AF_INET6", AF_INET6},
    Word{"SOCK_DGRAM", SOCK_DGRAM},
    Word{"SOCK_STREAM", SOCK_STREAM},
    Word{"SOCK_NONBLOCK", SOCK_NONBLOCK},
    Word{"SOCK_CLOEXEC", SOCK_CLOEXEC},
    Word{"SOL_SOCKET", SOL_SOCKET},
    Word{"SO_PEERCRED", SO_PEERCRED},
    Word{"SO_ERROR", SO_ERROR},
    Word{"IPPROTO_TCP", IPPROTO_TCP},
    Word{"TCP_NODELAY", TCP_NODELAY},
    Word{"CLONE_PARENT", CLONE_PARENT},
    Word{"CLONE_CHILD_SETTID", CLONE_CHILD_SETTID},
    Word{"CLONE_CHILD_CLEARTID", CLONE_CHILD_CLEARTID},
    Word{"CLONE_VM", CLONE_VM},
    Word{"CLONE_SIGHAND", CLONE_SIGHAND},
    Word{"CLONE_THREAD", CLONE_THREAD},
    Word{"SIGCHLD", SIGCHLD},
    Word{"CAP_DAC_READ_SEARCH", CAP_DAC_READ_SEARCH},
    Word{"CAP_SETGID", CAP_SETGID},
    Word{"CAP_SETUID", CAP_SETUID},
    Word{"CAP_SETPCAP", CAP_SETPCAP},
    Word{"CAP_SYS_ADMIN", CAP_SYS_ADMIN},
    Word{"MFD_CLOEXEC", MFD_CLOEXEC},
    Word{"MFD_ALLOW_SEALING", MFD_ALLOW_SEALING},
};

}  // namespace

std::optional<std::uint64_t> word_value(std::string_view word) {
  if (word == "self") return static_cast<std::uint64_t>(getpid());
  for (const Word& known : words) {
    if (known.name == word) return known.value;
  }
  std::uint64_t number = 0;
  const char* const end = word.data() + word.size();
  const auto read = std::from_chars(word.data(), end, number);
  if (word.empty() || read.ec != std::errc() || read.ptr != end) {
    return std::nullopt;
  }
  return number;
}

std::optional<int> call_number(std::string_view call) {
  const int number = seccomp_syscall_resolve_name(std::string(call).c_str());
  if (number < 0) return std::nullopt;
  return number;
}

}  // namespace postkeep::sandbox
