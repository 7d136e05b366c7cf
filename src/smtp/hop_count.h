// Hops: counts the Received fields of a message while its octets pass (RFC
// 5321 section 6.3, loop detection).
//
// Here:      HopCount.
// Not here:  what the fields say (message/).
// Grammar:   grammar/rfc5321_data.rl, rule header_scan.
// Laws:      proptests/smtp/data_laws.h.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/octets.h"

namespace postkeep::smtp {

class HopCount {
 public:
  HopCount();
  void start();

  // Reads on until the header section ends; then octets cost nothing.
  void read(Octets octets);
  [[nodiscard]] std::uint32_t received_fields() const { return count_; }
  [[nodiscard]] bool header_ended() const { return ended_; }

 private:
  // smtp/hop_count.rl
  void start_machine();
  void run(Octets octets);

  // smtp/hop_count.cc
  void received_field_end();
  void header_end();

  int machine_state_ = 0;
  std::uint32_t count_ = 0;
  bool ended_ = false;
};

}  // namespace postkeep::smtp
