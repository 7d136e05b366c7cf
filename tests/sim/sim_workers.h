// SimWorkers: heavy computing that happens when the simulator says so, in the
// order in which it was asked for.
#pragma once

#include <deque>
#include <functional>
#include <utility>

#include "base/workers.h"

namespace postkeep::sim {

class SimWorkers final : public Workers {
 public:
  explicit SimWorkers(std::size_t threads) : threads_(threads) {}

  void run(std::function<void()> job, std::function<void()> done) override {
    jobs_.emplace_back(std::move(job), std::move(done));
  }
  [[nodiscard]] std::size_t waiting() const override { return jobs_.size(); }
  [[nodiscard]] std::size_t threads() const override { return threads_; }

  // Does the oldest job. False when there is none.
  bool work() {
    if (jobs_.empty()) return false;
    auto [job, done] = std::move(jobs_.front());
    jobs_.pop_front();
    job();
    done();
    return true;
  }

 private:
  std::size_t threads_;
  std::deque<std::pair<std::function<void()>, std::function<void()>>> jobs_;
};

}  // namespace postkeep::sim
