// The laws of auth/fair_queue.h, over a list of what is done to a queue.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "auth/fair_queue.h"

namespace postkeep::auth {

// A push by an address of that number, or a pop for none.
using QueueMove = std::pair<bool, int>;

// Order is kept within one address; bounds hold; and between two jobs of one
// address that are served, each other address that waited all the while was.
inline bool law_queue_is_fair(const std::vector<QueueMove>& moves,
                              std::size_t jobs_max,
                              std::size_t jobs_of_one_max) {
  FairQueue<std::pair<int, int>> queue(jobs_max, jobs_of_one_max);
  std::map<int, std::vector<int>> waiting;  // The model.
  std::map<int, int> served_since_waiting;
  std::size_t size = 0;
  int number = 0;
  for (const auto& [is_push, address] : moves) {
    if (is_push) {
      number += 1;
      const bool has_room =
          size < jobs_max && waiting[address].size() < jobs_of_one_max;
      if (queue.push(std::to_string(address), {address, number}) != has_room)
        return false;
      if (has_room) {
        waiting[address].push_back(number);
        size += 1;
      }
    } else {
      const auto job = queue.pop();
      if (job.has_value() != (size > 0)) return false;
      if (!job) continue;
      auto& own = waiting[job->first];
      if (own.empty() || own.front() != job->second) return false;
      own.erase(own.begin());
      size -= 1;
      served_since_waiting[job->first] = 0;
      for (const auto& [other, jobs] : waiting) {
        if (other == job->first || jobs.empty()) continue;
        // Nobody is passed over more often than there are others.
        if (++served_since_waiting[other] > static_cast<int>(waiting.size()))
          return false;
      }
    }
    for (const auto& [other, jobs] : waiting)
      if (jobs.empty()) served_since_waiting[other] = 0;
    if (queue.size() != size) return false;
  }
  return true;
}

}  // namespace postkeep::auth
