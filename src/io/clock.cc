#include "io/clock.h"

#include <sys/random.h>

#include <cerrno>
#include <ctime>

#include "base/check.h"

namespace postkeep::io {
namespace {

std::chrono::microseconds now(clockid_t clock) {
  timespec time{};
  PK_CHECK(clock_gettime(clock, &time) == 0);
  return std::chrono::seconds(time.tv_sec) +
         std::chrono::microseconds(time.tv_nsec / 1000);
}

}  // namespace

WallTime SystemClock::wall() const { return WallTime(now(CLOCK_REALTIME)); }

SteadyTime SystemClock::steady() const {
  return SteadyTime(now(CLOCK_MONOTONIC));
}

void SystemRandom::fill(std::span<Octet> room) {
  while (!room.empty()) {
    const ssize_t got = getrandom(room.data(), room.size(), 0);
    if (got < 0) {
      PK_CHECK(errno == EINTR);
      continue;
    }
    room = room.subspan(static_cast<std::size_t>(got));
  }
}

}  // namespace postkeep::io
