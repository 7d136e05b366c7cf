// The kernel's clocks and randomness as ports.
#pragma once

#include "base/clock.h"
#include "base/random.h"

namespace postkeep::io {

class SystemClock final : public Clock {
 public:
  [[nodiscard]] WallTime wall() const override;
  [[nodiscard]] SteadyTime steady() const override;
};

// getrandom(2): no descriptor, and it cannot fail once the kernel has booted.
class SystemRandom final : public Random {
 public:
  void fill(std::span<Octet> room) override;
};

}  // namespace postkeep::io
