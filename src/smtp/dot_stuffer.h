// Dot stuffing: a message's octets as DATA carries them (RFC 5321 section
// 4.5.2), the other side of smtp/data.h.
//
// Here:      DotStuffer.
// Not here:  whether the octets are lines (smtp/text_check.h): a bare CR or LF
//            must never get here.
// Grammar:   grammar/rfc5321_data.rl, rule profile_data_stream.
// Laws:      proptests/smtp/client_content_laws.h.
#pragma once

#include <string>

#include "base/octets.h"

namespace postkeep::smtp {

class DotStuffer {
 public:
  void start();
  // Appends `octets` to `wire`, with a dot before each that begins a line.
  void append(Octets octets, std::string& wire);
  // Appends the end: CRLF where the last line lacks it, "." and CRLF.
  void end(std::string& wire);

 private:
  bool line_start_ = true;
};

}  // namespace postkeep::smtp
