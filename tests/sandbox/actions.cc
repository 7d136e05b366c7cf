#include "sandbox/actions.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace postkeep::sandbox {
namespace {

constexpr int gave_up = 255;
constexpr const char* file_outside = "/etc/passwd";

// A system call by its number, without the C library in between.
template <typename... Arguments>
int raw(long number, Arguments... arguments) {
  errno = 0;
  return syscall(number, arguments...) < 0 ? errno : 0;
}

int clone_a_child(long number) {
  const long child = number == SYS_clone ? syscall(number, SIGCHLD, 0, 0, 0, 0)
                                         : syscall(number);
  if (child == 0) _exit(0);
  return child < 0 ? errno : 0;
}

int clone3_a_child() {
  std::array<std::uint64_t, 11> arguments{};
  arguments[4] = SIGCHLD;
  const long child = syscall(SYS_clone3, arguments.data(), sizeof arguments);
  if (child == 0) _exit(0);
  return child < 0 ? errno : 0;
}

int execute_shell(long number) {
  std::array<char*, 1> none{nullptr};
  if (number == SYS_execve) {
    return raw(number, "/bin/true", none.data(), none.data());
  }
  return raw(number, AT_FDCWD, "/bin/true", none.data(), none.data(), 0);
}

int make_memory_executable(bool by_mprotect) {
  const int at_first = by_mprotect ? PROT_READ : PROT_READ | PROT_EXEC;
  void* const memory =
      mmap(nullptr, 4096, at_first, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return errno;
  if (!by_mprotect) return 0;
  return raw(SYS_mprotect, memory, 4096, PROT_READ | PROT_EXEC);
}

int read_other_memory() {
  char octet = 0;
  iovec here{&octet, 1};
  iovec there{&octet, 1};
  return raw(SYS_process_vm_readv, getpid(), &here, 1, &there, 1, 0);
}

int local_address(long number) {
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  return raw(number, -1, &to, sizeof to);
}

int open_with(int flags) {
  return raw(SYS_openat, AT_FDCWD, file_outside, flags, 0);
}

int open_by_how() {
  std::array<std::uint64_t, 3> how{};
  return raw(SYS_openat2, AT_FDCWD, file_outside, how.data(), sizeof how);
}

int old_system_calls() {
#if defined(__x86_64__)
  long result = 20;  // getpid() of the 32-bit kernel interface.
  asm volatile("int $0x80" : "+a"(result) : : "memory");
  return result < 0 ? static_cast<int>(-result) : 0;
#else
  return ENOSYS;
#endif
}

int raise_limit() {
  const rlimit more{1000000, 1000000};
  return raw(SYS_prlimit64, 0, RLIMIT_NOFILE, &more, nullptr);
}

// A system call with these arguments, by its number.
template <typename... Arguments>
std::function<int()> call(long number, Arguments... arguments) {
  return [=] { return raw(number, arguments...); };
}

constexpr void* nothing = nullptr;

// Where doing it would harm the machine that runs the test, an argument is
// wrong: without the policy the kernel says so, with it it is never asked.

std::vector<Action> file_actions() {
  return {
      {"open a file", "open", call(SYS_open, file_outside, O_RDONLY, 0)},
      {"open a file, links followed", "openat",
       [] { return open_with(O_RDONLY); }},
      {"open a file by openat2", "openat2", open_by_how},
      {"make a file", "creat", call(SYS_creat, "/tmp/postkeep_escape", 0600)},
      {"open by handle", "open_by_handle_at",
       call(SYS_open_by_handle_at, -1, nothing, 0)},
  };
}

std::vector<Action> network_actions() {
  return {
      {"make a TCP socket", "socket",
       call(SYS_socket, AF_INET, SOCK_STREAM, 0)},
      {"make a local socket", "socket",
       call(SYS_socket, AF_UNIX, SOCK_STREAM, 0)},
      {"make a raw socket", "socket", call(SYS_socket, AF_INET, SOCK_RAW, 1)},
      {"connect", "connect", [] { return local_address(SYS_connect); }},
      {"bind", "bind", [] { return local_address(SYS_bind); }},
      {"listen", "listen", call(SYS_listen, -1, 1)},
      {"accept", "accept", call(SYS_accept, -1, nothing, nothing)},
      {"accept without its flags", "accept4",
       call(SYS_accept4, -1, nothing, nothing, 0)},
  };
}

std::vector<Action> process_actions() {
  return {
      {"execute a program", "execve", [] { return execute_shell(SYS_execve); }},
      {"execute by descriptor", "execveat",
       [] { return execute_shell(SYS_execveat); }},
      {"fork", "fork", [] { return clone_a_child(SYS_fork); }},
      {"clone", "clone", [] { return clone_a_child(SYS_clone); }},
      {"clone3", "clone3", clone3_a_child},
      {"be traced", "ptrace", call(SYS_ptrace, PTRACE_TRACEME, 0, 0, 0)},
      {"trace the parent", "ptrace",
       [] { return raw(SYS_ptrace, PTRACE_SEIZE, getppid(), 0, 0); }},
      {"signal the parent", "kill", [] { return raw(SYS_kill, getppid(), 0); }},
      {"signal the parent's thread", "tgkill",
       [] { return raw(SYS_tgkill, getppid(), getppid(), 0); }, false},
      {"signal a thread", "tkill", [] { return raw(SYS_tkill, getpid(), 0); }},
      {"open a process", "pidfd_open",
       [] { return raw(SYS_pidfd_open, getpid(), 0); }},
      {"take a descriptor", "pidfd_getfd", call(SYS_pidfd_getfd, -1, 0, 0)},
      {"read other memory", "process_vm_readv", read_other_memory},
      {"write other memory", "process_vm_writev",
       call(SYS_process_vm_writev, 1, nothing, 0, nothing, 0, 0)},
  };
}

std::vector<Action> kernel_actions() {
  return {
      {"executable memory", "mmap",
       [] { return make_memory_executable(false); }},
      {"memory made executable", "mprotect",
       [] { return make_memory_executable(true); }},
      {"memory keys", "pkey_mprotect",
       call(SYS_pkey_mprotect, nothing, 0, 0, -1)},
      {"io_uring", "io_uring_setup", call(SYS_io_uring_setup, 1, nothing)},
      {"bpf", "bpf", call(SYS_bpf, 0, nothing, 0)},
      {"userfaultfd", "userfaultfd", call(SYS_userfaultfd, 0)},
      {"perf events", "perf_event_open",
       call(SYS_perf_event_open, nothing, 0, -1, -1, 0)},
      {"keys of the kernel", "keyctl", call(SYS_keyctl, 0, -3, 0, 0, 0)},
      {"add a key", "add_key",
       call(SYS_add_key, "user", "postkeep", nothing, 0, -3)},
      {"ask for a key", "request_key",
       call(SYS_request_key, "user", "postkeep", nothing, 0)},
      {"own segments", "modify_ldt", call(SYS_modify_ldt, 0, nothing, 0)},
      {"System V memory", "shmget", call(SYS_shmget, 0, 4096, 0600)},
      {"message queues", "mq_open", call(SYS_mq_open, nothing, 0, 0, nothing)},
  };
}

std::vector<Action> rights_actions() {
  return {
      {"mount", "mount",
       call(SYS_mount, nothing, nothing, nothing, 0, nothing)},
      {"unmount", "umount2", call(SYS_umount2, "/postkeep_nowhere", 0)},
      {"new mount interface", "fsopen", call(SYS_fsopen, nothing, 0)},
      {"new namespaces", "unshare",
       call(SYS_unshare, CLONE_NEWNS | CLONE_NEWUSER)},
      {"enter a namespace", "setns", call(SYS_setns, -1, 0)},
      {"change the root", "chroot", call(SYS_chroot, "/")},
      {"pivot the root", "pivot_root", call(SYS_pivot_root, nothing, nothing)},
      {"change directory", "chdir", call(SYS_chdir, "/")},
      {"become root", "setuid", call(SYS_setuid, 0)},
      {"become root for good", "setresuid", call(SYS_setresuid, 0, 0, 0)},
      {"change groups", "setgroups", call(SYS_setgroups, 0, nothing)},
      {"capabilities", "capset", call(SYS_capset, nothing, nothing)},
      {"personality", "personality", call(SYS_personality, 0xFFFFFFFFUL)},
      {"sealed memory", "memfd_create", call(SYS_memfd_create, "x", 0)},
      {"secret memory", "memfd_secret", call(SYS_memfd_secret, 0x4000)},
      {"local socket pair", "socketpair",
       call(SYS_socketpair, AF_UNIX, SOCK_DGRAM, 0, nothing)},
  };
}

std::vector<Action> name_actions() {
  return {
      {"link", "link",
       call(SYS_link, "/postkeep_nowhere", "/tmp/postkeep_escape")},
      {"symbolic link", "symlinkat", call(SYS_symlinkat, "x", -1, "x")},
      {"rename", "rename", call(SYS_rename, "/postkeep_nowhere", "/tmp/x")},
      {"remove", "unlink", call(SYS_unlink, "/postkeep_nowhere")},
      {"make a directory", "mkdir", call(SYS_mkdir, "/postkeep/nowhere", 0700)},
      {"make a device", "mknodat",
       call(SYS_mknodat, AT_FDCWD, "/postkeep/nowhere", S_IFCHR, 0)},
      {"change a mode", "chmod", call(SYS_chmod, "/postkeep_nowhere", 0777)},
      {"change a mode by descriptor", "fchmod", call(SYS_fchmod, -1, 0777)},
      {"change an owner", "fchownat", call(SYS_fchownat, -1, "x", 0, 0, 0)},
      {"attributes", "setxattr",
       call(SYS_setxattr, "/postkeep_nowhere", "user.x", nothing, 0, 0)},
      {"watch files", "inotify_init1", call(SYS_inotify_init1, 0)},
      {"watch all files", "fanotify_init", call(SYS_fanotify_init, 0, 0)},
  };
}

std::vector<Action> machine_actions() {
  return {
      {"load a module", "finit_module", call(SYS_finit_module, -1, "", 0)},
      {"another kernel", "kexec_load",
       call(SYS_kexec_load, 0, 1000, nothing, 0)},
      {"reboot", "reboot", call(SYS_reboot, 0, 0, 0, nothing)},
      {"set the clock", "settimeofday",
       call(SYS_settimeofday, reinterpret_cast<void*>(8), nothing)},
      {"set a clock", "clock_settime", call(SYS_clock_settime, 9999, nothing)},
      {"name the host", "sethostname", call(SYS_sethostname, nothing, 100)},
      {"ports of the machine", "ioperm", call(SYS_ioperm, 0x10000UL, 1, 1)},
      {"swap", "swapoff", call(SYS_swapoff, "/postkeep_nowhere")},
      {"kernel log", "syslog", call(SYS_syslog, 999, nothing, 0)},
      {"32-bit system calls", "", old_system_calls},
      {"x32 system calls", "", call(0x40000000L | SYS_getpid)},
      {"process control", "prctl", call(SYS_prctl, 3, 0, 0, 0, 0), false},
      {"device control", "ioctl", call(SYS_ioctl, 0, 0x5412, ""), false},
      {"raise a limit", "prlimit64", raise_limit, false},
      {"own a descriptor's signals", "fcntl", call(SYS_fcntl, 0, F_SETOWN, 1),
       false},
      {"copy a descriptor over another", "dup2", call(SYS_dup2, 0, 0), false},
      {"another filter", "seccomp", call(SYS_seccomp, 2, 0, nothing), false},
  };
}

std::vector<Action> all_actions() {
  std::vector<Action> all;
  for (const auto& part :
       {file_actions(), network_actions(), process_actions(), kernel_actions(),
        rights_actions(), name_actions(), machine_actions()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

}  // namespace

const std::vector<Action>& actions() {
  static const std::vector<Action> all = all_actions();
  return all;
}

std::string text_of(const Outcome& outcome) {
  if (outcome.signal != 0) {
    return std::string("SIG") + sigabbrev_np(outcome.signal);
  }
  if (outcome.error == gave_up) return "could not be prepared";
  if (outcome.error == 0) return "success";
  return strerrorname_np(outcome.error);
}

Outcome attempt_in_child(const std::function<bool()>& prepare,
                         const std::function<int()>& attempt) {
  const pid_t child = fork();
  if (child == 0) {
    if (!prepare()) _exit(gave_up);
    _exit(attempt());
  }
  int status = 0;
  while (waitpid(child, &status, __WALL) < 0 && errno == EINTR) {
  }
  // One that asked to be traced stops at its end.
  while (WIFSTOPPED(status)) {
    ptrace(PTRACE_CONT, child, 0, 0);
    waitpid(child, &status, __WALL);
  }
  if (WIFSIGNALED(status)) return {WTERMSIG(status), 0};
  return {0, WEXITSTATUS(status)};
}

}  // namespace postkeep::sandbox
