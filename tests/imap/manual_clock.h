// A clock that goes when a test says so.
#pragma once

#include "base/clock.h"

namespace postkeep::imap {

class ManualClock final : public Clock {
 public:
  WallTime wall() const override {
    // 2026-11-21 22:00:00 UTC, and what has passed since.
    return WallTime(std::chrono::seconds(1795298400)) + passed_;
  }
  SteadyTime steady() const override { return SteadyTime(passed_); }
  void pass(Duration time) { passed_ += time; }

 private:
  Duration passed_{0};
};

}  // namespace postkeep::imap
