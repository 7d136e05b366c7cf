#include "sim/choices.h"

#include "base/check.h"

namespace postkeep::sim {

std::size_t Enumeration::pick(std::size_t options) {
  PK_CHECK(options > 0);
  if (asked_ == answers_.size()) answers_.push_back({0, options});
  PK_CHECK(answers_[asked_].options == options);
  return answers_[asked_++].given;
}

bool Enumeration::next() {
  asked_ = 0;
  while (!answers_.empty()) {
    if (++answers_.back().given < answers_.back().options) return true;
    answers_.pop_back();
  }
  return false;
}

Chance::Chance(std::uint64_t seed) : state_(seed), eagerness_(128) {
  eagerness_ = bits() % 257;
}

// splitmix64: full period, and good enough to choose faults by.
std::uint64_t Chance::bits() {
  state_ += 0x9e3779b97f4a7c15U;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

std::size_t Chance::pick(std::size_t options) {
  PK_CHECK(options > 0);
  if (options == 2) return bits() % 256 < eagerness_ ? 1 : 0;
  return static_cast<std::size_t>(bits() % options);
}

}  // namespace postkeep::sim
