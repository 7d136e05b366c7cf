// How many sessions each client address has, so that none takes them all.
#pragma once

#include <cstddef>
#include <map>
#include <string>

namespace postkeep::role {

class SessionsOfAddresses {
 public:
  explicit SessionsOfAddresses(std::size_t max) : max_(max) {}
  void set_max(std::size_t max) { max_ = max; }

  // False when the address has as many as it may have.
  [[nodiscard]] bool begin(const std::string& address) {
    std::size_t& count = counts_[address];
    if (count >= max_) return false;
    count += 1;
    return true;
  }
  void end(const std::string& address) {
    const auto at = counts_.find(address);
    if (at != counts_.end() && --at->second == 0) counts_.erase(at);
  }

 private:
  std::size_t max_;
  std::map<std::string, std::size_t> counts_;
};

}  // namespace postkeep::role
