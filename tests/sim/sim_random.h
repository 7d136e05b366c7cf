// SimRandom: the port of randomness from a seed.
//
// Here:      SimRandom.
// Not here:  what chance does to a run (choices.h).
// Grammar:   none.
// Laws:      one seed, one stream.
#pragma once

#include <cstdint>
#include <span>

#include "base/random.h"
#include "sim/choices.h"

namespace postkeep::sim {

class SimRandom final : public Random {
 public:
  explicit SimRandom(std::uint64_t seed) : chance_(seed) {}
  void fill(std::span<Octet> room) override {
    for (Octet& octet : room) octet = static_cast<Octet>(chance_.bits());
  }

 private:
  Chance chance_;
};

}  // namespace postkeep::sim
