// A loop on the real clock for tests: runs until a condition holds, or fails
// the test after a minute.
#pragma once

#include <functional>

#include "gtest/gtest.h"
#include "io/clock.h"
#include "io/loop.h"

namespace postkeep::io {

struct RealLoop {
  SystemClock clock;
  Loop loop{clock};

  // Runs the loop until `holds`, looked at after each millisecond.
  void run_until(const std::function<bool()>& holds,
                 std::chrono::milliseconds at_most = std::chrono::seconds(60)) {
    const SteadyTime end = clock.steady() + at_most;
    std::function<void()> look = [&] {
      if (holds() || clock.steady() > end) {
        loop.stop();
      } else {
        loop.after(std::chrono::milliseconds(1), look);
      }
    };
    look();
    if (!holds()) loop.run();
    EXPECT_TRUE(holds());
  }

  void run_for(std::chrono::milliseconds time) {
    loop.after(time, [this] { loop.stop(); });
    loop.run();
  }
};

}  // namespace postkeep::io
