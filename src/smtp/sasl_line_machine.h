// The machine that decodes a SASL line: part of smtp/sasl_line.cc.
//
// Here:      SaslLineMachine.
// Not here:  what others use (smtp/sasl_line.h).
// Grammar:   grammar/rfc5321_command.rl, rule auth_response.
#pragma once

#include <cstdint>
#include <string_view>

#include "smtp/sasl_line.h"

namespace postkeep::smtp {

class SaslLineMachine {
 public:
  [[nodiscard]] bool run(std::string_view text);
  [[nodiscard]] SaslResponse& response() { return response_; }

 private:
  void cancel();
  void upper_case(Octet octet);
  void lower_case(Octet octet);
  void digit(Octet octet);
  void plus();
  void slash();

  void sextet(unsigned value);

  SaslResponse response_;
  std::uint32_t bits_ = 0;
  unsigned bits_count_ = 0;
};

}  // namespace postkeep::smtp
