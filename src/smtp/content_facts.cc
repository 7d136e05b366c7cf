#include "smtp/content_facts.h"

#include <algorithm>
#include <cstring>

namespace postkeep::smtp {

void ContentScan::read(Octets octets) {
  if (octets.empty()) return;
  text_check_.read(octets);
  facts_.octets += octets.size();
  Octet bits = 0;
  for (const Octet octet : octets) bits |= octet;
  if (bits > 127) facts_.is_eight_bit = true;

  const Octet last = octets.back();
  const bool cr_before =
      octets.size() > 1 ? octets[octets.size() - 2] == '\r' : last_was_cr_;
  last_was_crlf_ = last == '\n' && cr_before;
  last_was_cr_ = last == '\r';

  while (!octets.empty()) {
    const void* lf = std::memchr(octets.data(), '\n', octets.size());
    const std::size_t count =
        lf == nullptr ? octets.size()
                      : static_cast<std::size_t>(static_cast<const Octet*>(lf) -
                                                 octets.data() + 1);
    line_octets_ += count;
    facts_.line_octets_max = std::max(facts_.line_octets_max, line_octets_);
    if (lf != nullptr) line_octets_ = 0;
    octets = octets.subspan(count);
  }
}

ContentFacts ContentScan::facts() const {
  ContentFacts facts = facts_;
  facts.is_text = text_check_.holds_at_end();
  facts.ends_with_crlf = last_was_crlf_;
  return facts;
}

}  // namespace postkeep::smtp
