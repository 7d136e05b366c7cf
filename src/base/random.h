// The port of randomness: the kernel's, or a seed's in the simulator.
#pragma once

#include <span>

#include "base/octets.h"

namespace postkeep {

class Random {
 public:
  // Fills `room` with octets that no one can foretell. Never fails.
  virtual void fill(std::span<Octet> room) = 0;

 protected:
  ~Random() = default;
};

}  // namespace postkeep
