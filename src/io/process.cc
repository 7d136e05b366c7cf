#include "io/process.h"

#include <fcntl.h>
#include <grp.h>
#include <malloc.h>
#include <pwd.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <memory>

#include "io/errno.h"

namespace postkeep::io {
namespace {

constexpr int status_not_started = 127;

// In the child, between fork and exec: system calls alone, no memory.
[[noreturn]] void become(int binary, int nothing, int channel, int errors,
                         char* const* arguments) {
  // First out of the way of 0 to 3, then into place without close-on-exec.
  const int channel_copy = fcntl(channel, F_DUPFD_CLOEXEC, 10);
  const int errors_copy = fcntl(errors, F_DUPFD_CLOEXEC, 10);
  const int binary_copy = fcntl(binary, F_DUPFD_CLOEXEC, 10);
  const int nothing_copy = fcntl(nothing, F_DUPFD_CLOEXEC, 10);
  if (channel_copy < 0 || errors_copy < 0 || binary_copy < 0 ||
      dup2(nothing_copy, STDIN_FILENO) < 0 ||
      dup2(nothing_copy, STDOUT_FILENO) < 0 ||
      dup2(errors_copy, STDERR_FILENO) < 0 ||
      dup2(channel_copy, channel_of_start) < 0) {
    _exit(status_not_started);
  }
  close_range(channel_of_start + 1, ~0U, CLOSE_RANGE_CLOEXEC);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  // Ctrl-C at a terminal is for supervisor: roles are drained by it.
  setpgid(0, 0);
  char* const environment[] = {nullptr};
  execveat(binary_copy, "", arguments, environment, AT_EMPTY_PATH);
  _exit(status_not_started);
}

// Frames that are there already keep the old canary: none of them may return.
[[gnu::noinline, gnu::no_stack_protector]] void renew_canary() {
#if defined(__x86_64__)
  std::uint64_t canary = 0;
  if (getrandom(&canary, sizeof canary, 0) != sizeof canary) _exit(1);
  canary &= ~std::uint64_t{0xFF};  // As in the C library: it ends a string.
  asm volatile("movq %0, %%fs:0x28" : : "r"(canary) : "memory");
#endif
}

// Where the C library keeps the number of this thread, for the kernel to write
// that of the new process there; null when the kernel does not say.
int* place_of_thread_id() {
  int* place = nullptr;
  return prctl(PR_GET_TID_ADDRESS, &place) == 0 ? place : nullptr;
}

// In a process that was just forked.
[[noreturn]] void be_born(int channel, int errors, void (*live)()) {
  const int channel_copy = fcntl(channel, F_DUPFD_CLOEXEC, 10);
  const int errors_copy = fcntl(errors, F_DUPFD_CLOEXEC, 10);
  if (channel_copy < 0 || errors_copy < 0 ||
      dup3(errors_copy, STDERR_FILENO, 0) < 0 ||
      dup3(channel_copy, channel_of_start, O_CLOEXEC) < 0 ||
      close_range(channel_of_start + 1, ~0U, 0) != 0 ||
      // For /proc/self, until its own door is closed.
      prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) != 0) {
    _exit(status_not_started);
  }
  renew_canary();
  live();
  _exit(status_not_started);
}

}  // namespace

std::expected<ThisProgram, Trouble> ThisProgram::open() {
  ThisProgram program;
  program.binary_ = own(::open("/proc/self/exe", O_PATH | O_CLOEXEC));
  program.nothing_ = own(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!program.binary_.holds() || !program.nothing_.holds()) {
    return std::unexpected(trouble_of(errno));
  }
  return program;
}

std::expected<ProcessId, Trouble> ThisProgram::start(
    const std::vector<std::string>& arguments, const Descriptor& channel,
    const Descriptor& errors) const {
  std::vector<std::string> texts = arguments;
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  const pid_t child = fork();
  if (child < 0) return std::unexpected(trouble_of(errno));
  if (child == 0) {
    become(binary_.number(), nothing_.number(), channel.number(),
           errors.number(), pointers.data());
  }
  return ProcessId{child};
}

std::expected<ProcessId, Trouble> fork_sibling(const Descriptor& channel,
                                               const Descriptor& errors,
                                               void (*live)()) {
  // By hand: the C library's fork() makes no siblings.
  int* const place = place_of_thread_id();
  long flags = CLONE_PARENT | SIGCHLD;
  if (place != nullptr) flags |= CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID;
  const long child = syscall(SYS_clone, flags, nullptr, nullptr, place, 0);
  if (child < 0) return std::unexpected(trouble_of(errno));
  if (child == 0) be_born(channel.number(), errors.number(), live);
  return ProcessId{static_cast<std::int32_t>(child)};
}

void rename_process(const std::vector<std::string>& from,
                    const std::vector<std::string>& to) {
  const auto packed = [](const std::vector<std::string>& arguments) {
    std::string all;
    for (const std::string& one : arguments) all += one + '\0';
    return all;
  };
  const std::string before = packed(from);
  std::string after = packed(to);
  // The kernel has laid them one after the other.
  char* const place = program_invocation_name;
  if (after.size() > before.size() ||
      std::string_view(place, before.size()) != before) {
    return;
  }
  after.resize(before.size());
  std::ranges::copy(after, place);
}

std::vector<Ended> reap() {
  std::vector<Ended> all;
  for (;;) {
    int status = 0;
    const pid_t child = waitpid(-1, &status, WNOHANG);
    if (child <= 0) return all;
    Ended ended{ProcessId{child}, 0, std::nullopt};
    if (WIFSIGNALED(status)) ended.by_signal = WTERMSIG(status);
    if (WIFEXITED(status)) ended.status = WEXITSTATUS(status);
    all.push_back(ended);
  }
}

std::string name_of_signal(int signal) {
  const char* const name = sigabbrev_np(signal);
  return name != nullptr ? std::string("SIG") + name
                         : "signal " + std::to_string(signal);
}

void send_signal(ProcessId process, Ask what) {
  if (process == ProcessId::none) return;
  kill(static_cast<pid_t>(process), what == Ask::kill ? SIGKILL : SIGTERM);
}

void exit_now(int status) { _exit(status); }

void give_back_memory() { malloc_trim(0); }

unsigned core_count() {
  cpu_set_t cores;
  if (sched_getaffinity(0, sizeof cores, &cores) != 0) return 1;
  return static_cast<unsigned>(CPU_COUNT(&cores));
}

std::uint32_t own_uid() { return geteuid(); }
std::uint32_t own_gid() { return getegid(); }
std::int32_t own_process() { return getpid(); }

std::optional<UserName> name_of_user(std::uint32_t uid) {
  const std::unique_ptr<FILE, int (*)(FILE*)> file(fopen("/etc/passwd", "re"),
                                                   fclose);
  if (file == nullptr) return std::nullopt;
  while (const passwd* const user = fgetpwent(file.get())) {
    if (user->pw_uid != uid) continue;
    const std::string person(user->pw_gecos);
    return UserName{user->pw_name, person.substr(0, person.find(','))};
  }
  return std::nullopt;
}

std::optional<UserIds> ids_of_user(const std::string& name) {
  const std::unique_ptr<FILE, int (*)(FILE*)> file(fopen("/etc/passwd", "re"),
                                                   fclose);
  if (file == nullptr) return std::nullopt;
  while (const passwd* const user = fgetpwent(file.get())) {
    if (name == user->pw_name) return UserIds{user->pw_uid, user->pw_gid};
  }
  return std::nullopt;
}

std::optional<std::uint32_t> id_of_group(const std::string& name) {
  const std::unique_ptr<FILE, int (*)(FILE*)> file(fopen("/etc/group", "re"),
                                                   fclose);
  if (file == nullptr) return std::nullopt;
  while (const group* const one = fgetgrent(file.get())) {
    if (name == one->gr_name) return one->gr_gid;
  }
  return std::nullopt;
}

std::optional<std::uint32_t> group_of(const std::string& text) {
  std::uint32_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc{} && last == end) return number;
  return id_of_group(text);
}

void raise_open_files() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace postkeep::io
