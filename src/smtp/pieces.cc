#include "smtp/pieces.h"

#include <algorithm>

namespace postkeep::smtp {

void Pieces::append(Octets octets) {
  octets_ += octets.size();
  while (!octets.empty()) {
    if (pieces_.empty() || pieces_.back().size() == piece_octets_max) {
      // The first grows with its message; the others are filled for sure.
      pieces_.emplace_back();
      if (pieces_.size() > 1) pieces_.back().reserve(piece_octets_max);
    }
    std::vector<Octet>& piece = pieces_.back();
    const std::size_t count =
        std::min(octets.size(), piece_octets_max - piece.size());
    piece.insert(piece.end(), octets.begin(),
                 octets.begin() + static_cast<std::ptrdiff_t>(count));
    octets = octets.subspan(count);
  }
}

void Pieces::clear() {
  pieces_.clear();
  octets_ = 0;
}

std::vector<Octets> Pieces::views() const {
  return {pieces_.begin(), pieces_.end()};
}

std::vector<Octet> Pieces::joined() const {
  std::vector<Octet> all;
  all.reserve(octets_);
  for (const auto& piece : pieces_) {
    all.insert(all.end(), piece.begin(), piece.end());
  }
  return all;
}

}  // namespace postkeep::smtp
