// The laws of smtp/trace.h. Each returns true when it holds.
#pragma once

#include <string>
#include <string_view>

#include "base/octets.h"
#include "smtp/trace.h"

namespace postkeep::smtp {

// The oracles: the bare rules of grammar/rfc5321_trace.rl, compiled without any
// action (proptests/smtp/trace_reference.rl).
bool reference_accepts_received(Octets whole);
bool reference_accepts_return_path(Octets whole);

// Whatever a client called itself, one field is written, in the grammar that is
// proved to be inside RFC 5321's.
inline bool law_received_is_one_field(const Envelope& envelope,
                                      std::string_view hostname,
                                      std::string_view id, WallTime when) {
  return reference_accepts_received(
      octets(received_field(envelope, hostname, id, when)));
}

inline bool law_return_path_is_one_field(std::string_view reverse_path) {
  return reference_accepts_return_path(octets(return_path_field(reverse_path)));
}

}  // namespace postkeep::smtp
