// How many sessions each client address has, so that none takes them all. An
// IPv6 client counts by its /64: who has one address of that has them all.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "auth/throttle.h"

namespace postkeep::role {

class SessionsOfAddresses {
 public:
  explicit SessionsOfAddresses(std::size_t max) : max_(max) {}
  void set_max(std::size_t max) { max_ = max; }

  // False when the address has as many as it may have.
  [[nodiscard]] bool begin(const std::string& address) {
    std::size_t& count = counts_[auth::network_of(address)];
    if (count >= max_) return false;
    count += 1;
    return true;
  }
  void end(const std::string& address) {
    const auto at = counts_.find(auth::network_of(address));
    if (at != counts_.end() && --at->second == 0) counts_.erase(at);
  }

 private:
  std::size_t max_;
  std::map<std::string, std::size_t> counts_;
};

}  // namespace postkeep::role
