#include "smtp/hop_count.h"

namespace postkeep::smtp {

HopCount::HopCount() { start(); }

void HopCount::start() {
  start_machine();
  count_ = 0;
  ended_ = false;
}

void HopCount::read(Octets octets) {
  if (!ended_) run(octets);
}

void HopCount::received_field_end() { count_ += 1; }

void HopCount::header_end() { ended_ = true; }

}  // namespace postkeep::smtp
