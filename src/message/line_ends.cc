#include "message/line_ends.h"

#include <cstring>

namespace postkeep::message {

void LineEnds::read(Octets octets) {
  if (octets.empty()) return;
  Octet before = last_;
  const Octet* const end = octets.data() + octets.size();
  for (const Octet* at = octets.data(); at < end;) {
    const auto left = static_cast<std::size_t>(end - at);
    const auto* const feed =
        static_cast<const Octet*>(std::memchr(at, '\n', left));
    if (feed == nullptr) break;
    if (feed != octets.data()) before = *(feed - 1);
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
