// What someone who has taken over a role would try, and how each attempt ends.
//
// Here:      Action, actions(), Outcome, attempt().
// Not here:  which role may do what (sandbox/*.policy).
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace postkeep::sandbox {

// How a child ended that tried one thing.
struct Outcome {
  int signal = 0;  // That killed it; 0: none did.
  int error = 0;   // errno of the attempt; 0: it succeeded.
  bool operator==(const Outcome&) const = default;
};

[[nodiscard]] std::string text_of(const Outcome& outcome);

struct Action {
  std::string_view name;
  // The system call whose policy decides.
  std::string_view call;
  // Tries it; the errno, or 0 when it succeeded. Runs in a child of its own.
  std::function<int()> attempt;
  // Where the call is not for the role: killed, or refused with ENOSYS.
  bool deadly = true;
};

[[nodiscard]] const std::vector<Action>& actions();

// Runs `prepare` (false: the child gives up, outcome.error 255) and then
// `attempt` in a child, and says how that ended.
[[nodiscard]] Outcome attempt_in_child(const std::function<bool()>& prepare,
                                       const std::function<int()>& attempt);

}  // namespace postkeep::sandbox
