// Choices: what chance decides in a simulation, one question at a time.
//
// Here:      Choices, Enumeration (every answer in turn), Chance (from a seed).
// Not here:  what is asked (sim_disk.h: what survives a power cut).
// Grammar:   none.
// Laws:      the same answers make the same run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace postkeep::sim {

class Choices {
 public:
  // One of 0 .. options-1. `options` is at least 1.
  [[nodiscard]] virtual std::size_t pick(std::size_t options) = 0;

 protected:
  ~Choices() = default;
};

// Goes through every sequence of answers: ask as often as you like, then call
// next(), until it says false.
class Enumeration final : public Choices {
 public:
  std::size_t pick(std::size_t options) override;
  // Starts the next sequence of answers; false when all have been given.
  [[nodiscard]] bool next();

 private:
  struct Answer {
    std::size_t given = 0;
    std::size_t options = 1;
  };
  std::vector<Answer> answers_;
  std::size_t asked_ = 0;
};

// A seed's answers. Each instance of one seed gives the same ones. With
// `eagerness` e, pick(2) says 1 in e of 256 cases: a run in which nearly
// everything was written differs from one in which nearly nothing was.
class Chance final : public Choices {
 public:
  explicit Chance(std::uint64_t seed);
  std::size_t pick(std::size_t options) override;
  std::uint64_t bits();

 private:
  std::uint64_t state_;
  std::uint64_t eagerness_;
};

}  // namespace postkeep::sim
