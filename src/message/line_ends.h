// Line ends: what becomes of a text's length when each of its lines ends with
// CRLF (RFC 1939 section 11). Files that other programs wrote end theirs with
// LF alone.
//
// Here:      LineEnds, which counts.
// Not here:  writing that form (pop3/message_writer.h).
// Grammar:   none.
// Laws:      proptests/pop3/message_writer_laws.h.
#pragma once

#include <cstdint>

#include "base/octets.h"

namespace postkeep::message {

// LF that follows no CR becomes CRLF; a last line without its end gets one. A
// CR by itself ends no line and stays as it is.
class LineEnds {
 public:
  // The next octets of the text, cut anywhere.
  void read(Octets octets);

  // Of the text so far: how many octets are to be added.
  [[nodiscard]] std::uint64_t octets_to_add() const;

 private:
  std::uint64_t added_ = 0;
  bool empty_ = true;
  Octet last_ = 0;
};

[[nodiscard]] std::uint64_t line_end_octets_to_add(Octets text);

}  // namespace postkeep::message
