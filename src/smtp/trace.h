// Trace fields: what a server writes before a message that it takes over (RFC
// 5321 section 4.4).
//
// Here:      received_field(), local_received_field(), return_path_field().
// Not here:  counting them (smtp/hop_count.h).
// Grammar:   grammar/rfc5321_trace.rl.
// Laws:      proptests/smtp/trace_laws.h: whatever the client said, one field
//            of printable lines is written.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "smtp/envelope.h"

namespace postkeep::smtp {

// "Received: from ...", folded, with its CRLF. `id` is an Atom: the queue's or
// the session's name of the message. The recipient is named only when there is
// exactly one (RFC 5321 section 7.6).
[[nodiscard]] std::string received_field(const Envelope& envelope,
                                         std::string_view hostname,
                                         std::string_view id, WallTime when);

// The same of a message that a program of this machine left: who ran it is all
// that is known (RFC 5322 section 3.6.7).
[[nodiscard]] std::string local_received_field(std::string_view hostname,
                                               std::uint32_t uid,
                                               std::string_view id,
                                               WallTime when);

// "Return-Path: <...>", with its CRLF: for the last hop, at delivery.
[[nodiscard]] std::string return_path_field(std::string_view reverse_path);

}  // namespace postkeep::smtp
