// Processes as supervisor needs them: started from this very binary, told to
// end, and noticed when they have ended.
//
// Here:      ThisProgram, fork_sibling(), Ended, reap(), send_signal().
// Not here:  what the process may do (sandbox/enter.h), when it is started
//            (role/supervisor.h).
// Laws:      tests/io/process_test.cc: a child has descriptors 0 to 3 and no
//            other of ours.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "base/descriptor.h"
#include "base/trouble.h"

namespace postkeep::io {

enum class ProcessId : std::int32_t { none = 0 };

// Where a started process finds the channel to who started it.
inline constexpr int channel_of_start = 3;

// The binary that runs now, whatever stands at its path later.
class ThisProgram {
 public:
  [[nodiscard]] static std::expected<ThisProgram, Trouble> open();

  // Starts it with `arguments`; `channel` becomes descriptor 3 and `errors`
  // descriptor 2 there. 0 and 1 are /dev/null. The environment is empty.
  [[nodiscard]] std::expected<ProcessId, Trouble> start(
      const std::vector<std::string>& arguments, const Descriptor& channel,
      const Descriptor& errors) const;

 private:
  Descriptor binary_;
  Descriptor nothing_;
};

// Forks this process. The new one is a child of our parent, with `channel` as
// descriptor 3, `errors` as 2, what we have as 0 and 1, and no other descriptor
// of ours. It calls `live`, which must not return. It has a stack canary of its
// own; what memory holds it shares until either writes to it. To be called
// while there is one thread.
[[nodiscard]] std::expected<ProcessId, Trouble> fork_sibling(
    const Descriptor& channel, const Descriptor& errors, void (*live)());

// What others see as the arguments of this process, which were `from` and are
// not longer now.
void rename_process(const std::vector<std::string>& from,
                    const std::vector<std::string>& to);

struct Ended {
  ProcessId process = ProcessId::none;
  int status = 0;                // Of exit().
  std::optional<int> by_signal;  // "SIGSEGV" is name_of_signal(11).
};

// Children that have ended since the last call.
[[nodiscard]] std::vector<Ended> reap();

[[nodiscard]] std::string name_of_signal(int signal);

enum class Ask : std::uint8_t { end, kill };
void send_signal(ProcessId process, Ask what);

// Ends this process at once: for a role whose supervisor has gone.
[[noreturn]] void exit_now(int status);
// Gives memory that was freed back to the system: after work that needs much of
// it once.
void give_back_memory();

[[nodiscard]] unsigned core_count();
[[nodiscard]] std::uint32_t own_uid();
[[nodiscard]] std::uint32_t own_gid();
[[nodiscard]] std::int32_t own_process();

// Who `name` is in /etc/passwd, read without the name service that a static
// program does not have.
struct UserIds {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
};
[[nodiscard]] std::optional<UserIds> ids_of_user(const std::string& name);
// The name of a uid, and the person's, as /etc/passwd has them.
struct UserName {
  std::string name;
  std::string person;
};
[[nodiscard]] std::optional<UserName> name_of_user(std::uint32_t uid);
// The same for a group and /etc/group.
[[nodiscard]] std::optional<std::uint32_t> id_of_group(const std::string& name);
// The same, or a number.
[[nodiscard]] std::optional<std::uint32_t> group_of(const std::string& text);

// Raises the number of open files to what the system allows.
void raise_open_files();

}  // namespace postkeep::io
