// A bounded queue that serves each address in its turn, so that one which asks
// a thousand times does not keep the others waiting.
//
// Here:      FairQueue.
// Not here:  what is queued; the workers (role/auth).
// Laws:      proptests/auth/fair_queue_laws.h: order is kept within one
//            address; between two pops of one address each other that waits
//            is served; bounds hold.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace postkeep::auth {

template <class Job>
class FairQueue {
 public:
  FairQueue(std::size_t jobs_max, std::size_t jobs_of_one_max)
      : jobs_max_(jobs_max), jobs_of_one_max_(jobs_of_one_max) {}

  // False, and nothing is queued, when there is no room.
  [[nodiscard]] bool push(const std::string& address, Job job) {
    if (jobs_ >= jobs_max_) return false;
    const auto found = waiting_.find(address);
    if (found == waiting_.end()) {
      if (jobs_of_one_max_ == 0) return false;
      waiting_[address].push_back(std::move(job));
      turns_.push_back(address);
    } else {
      if (found->second.size() >= jobs_of_one_max_) return false;
      found->second.push_back(std::move(job));
    }
    jobs_ += 1;
    return true;
  }

  [[nodiscard]] std::optional<Job> pop() {
    if (turns_.empty()) return std::nullopt;
    const std::string address = std::move(turns_.front());
    turns_.pop_front();
    const auto found = waiting_.find(address);
    Job job = std::move(found->second.front());
    found->second.pop_front();
    if (found->second.empty()) {
      waiting_.erase(found);
    } else {
      turns_.push_back(address);
    }
    jobs_ -= 1;
    return job;
  }

  [[nodiscard]] std::size_t size() const { return jobs_; }

 private:
  std::size_t jobs_max_;
  std::size_t jobs_of_one_max_;
  std::size_t jobs_ = 0;
  std::map<std::string, std::deque<Job>> waiting_;
  std::deque<std::string> turns_;  // Each address of waiting_ once.
};

}  // namespace postkeep::auth
