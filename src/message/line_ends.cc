#include "message/line_ends.h"

#include <algorithm>

namespace postkeep::message {

void LineEnds::read(Octets octets) {
  if (octets.empty()) return;
  Octet before = last_;
  for (auto at = octets.begin();;) {
    const auto feed = std::find(at, octets.end(), Octet{'\n'});
    if (feed == octets.end()) break;
    if (feed != octets.begin()) before = *(feed - 1);
    if (before != '\r') ++added_;
    at = feed + 1;
  }
  last_ = octets.back();
  empty_ = false;
}

std::uint64_t LineEnds::octets_to_add() const {
  if (empty_ || last_ == '\n') return added_;
  // A last CR lacks its LF alone.
  return added_ + (last_ == '\r' ? 1 : 2);
}

std::uint64_t line_end_octets_to_add(Octets text) {
  LineEnds ends;
  ends.read(text);
  return ends.octets_to_add();
}

}  // namespace postkeep::message
