// The oracles for what a POP3 server says: the bare rules of
// grammar/rfc2449_response.rl (proptests/pop3/command_reference.rl).
#pragma once

#include "base/octets.h"

namespace postkeep::pop3 {

bool reference_accepts_single_line(Octets whole);
bool reference_accepts_multi_line(Octets whole);
// Any number of responses of any kind.
bool reference_accepts_heard(Octets whole);

}  // namespace postkeep::pop3
