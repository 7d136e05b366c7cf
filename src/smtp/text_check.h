// Whether a message's octets are lines (RFC 5321 section 2.3.8): CR and LF
// only as CRLF, and no NUL.
//
// Here:      TextCheck.
// Not here:  how long a line may be; what the lines say (message/).
// Grammar:   grammar/rfc5321_data.rl, rule profile_text.
// Laws:      proptests/smtp/data_laws.h.
#pragma once

#include <cstddef>

#include "base/octets.h"

namespace postkeep::smtp {

// A bare CR or LF that is passed on is how one message becomes two ("SMTP
// smuggling"), so a message with one is refused, never mended.
class TextCheck {
 public:
  TextCheck();
  void start();

  void read(Octets octets);
  // True as long as the octets so far can be the beginning of such lines.
  [[nodiscard]] bool holds() const;
  // True when they can also end here.
  [[nodiscard]] bool holds_at_end() const;

 private:
  // smtp/text_check.rl
  void start_machine();
  std::size_t run(Octets octets);

  // smtp/text_check.cc
  void text();

  int machine_state_ = 0;
  bool in_text_ = false;
};

}  // namespace postkeep::smtp
