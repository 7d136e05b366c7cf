// ENVELOPE, BODY and BODYSTRUCTURE of a message (RFC 9051 section 7.5.2).
//
// Here:      write_envelope(), write_structure().
// Not here:  how a message is read (message/summary.h).
// Grammar:   rules envelope and body are written.
// Laws:      tests/imap/response_syntax.h reads every one back.
#pragma once

#include <cstdint>
#include <string>

#include "imap/responses.h"
#include "message/summary.h"

namespace postkeep::imap {

void write_envelope(std::string& out, const message::Envelope& envelope,
                    Dialect dialect);

// The whole message's. `extensible`: BODYSTRUCTURE, else BODY.
void write_structure(std::string& out, const message::Summary& summary,
                     bool extensible, Dialect dialect);

}  // namespace postkeep::imap
