// The port of heavy computing: jobs in threads of their own, so that a loop
// goes on meanwhile (a password costs 54 ms).
#pragma once

#include <cstddef>
#include <functional>

namespace postkeep {

class Workers {
 public:
  // Runs `job` in a thread and then `done` from the loop. `job` touches nothing
  // that the loop touches meanwhile. The queue is unbounded here: the caller
  // counts waiting().
  virtual void run(std::function<void()> job, std::function<void()> done) = 0;
  // Jobs that have not begun yet.
  [[nodiscard]] virtual std::size_t waiting() const = 0;
  [[nodiscard]] virtual std::size_t threads() const = 0;

 protected:
  ~Workers() = default;
};

}  // namespace postkeep
