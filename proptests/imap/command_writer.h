// Commands as a client would write them: for tests and properties.
//
// Here:      write_command(): a Frame that reads as the command given.
// Not here:  anything the server needs: it never writes commands.
// Grammar:   grammar/rfc9051_command.rl, rule command.
// Laws:      law_command_write_then_read_is_identity in command_laws.h.
#pragma once

#include <string>

#include "imap/command.h"
#include "imap/framer.h"

namespace postkeep::imap {

// Strings as they come: atoms where they can be, else quoted, else literals.
// `mailbox` names are written in modified UTF-7.
[[nodiscard]] Frame write_command(const Command& command);

// What goes over the wire: literals with their heads, "{5}" or "{5+}".
[[nodiscard]] std::string write_frame(const Frame& frame, bool synchronises);

// The octets of a search program.
[[nodiscard]] std::string write_search_keys(const std::vector<SearchKey>& keys);

}  // namespace postkeep::imap
