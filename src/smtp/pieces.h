// The octets of a message while they arrive: pieces that never move.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/octets.h"

namespace postkeep::smtp {

// Room of one piece; a message that is shorter takes no more than it needs.
inline constexpr std::size_t piece_octets_max = 256 * 1024;

class Pieces {
 public:
  void append(Octets octets);
  void clear();
  [[nodiscard]] std::uint64_t size() const { return octets_; }
  // In order; borrowed until the next append().
  [[nodiscard]] std::vector<Octets> views() const;
  // All in one, for tests and short messages.
  [[nodiscard]] std::vector<Octet> joined() const;

  bool operator==(const Pieces& other) const {
    return joined() == other.joined();
  }

 private:
  std::vector<std::vector<Octet>> pieces_;
  std::uint64_t octets_ = 0;
};

}  // namespace postkeep::smtp
