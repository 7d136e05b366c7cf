// Lines of the log as they are written down: the time, the role and process
// that said it, and what it said, whatever that was, as one printable line.
//
// Here:      write_lines().
// Not here:  where they go (role/log.h), saying them (io/log_client.h).
// Laws:      tests/role/log_lines_test.cc: whatever a role sends, what is
//            written is whole lines of printable ASCII, each with its source.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/octets.h"

namespace postkeep::role {

// What a role is called in the log: "smtp_in.0".
[[nodiscard]] std::string source_name(std::string_view role,
                                      std::uint32_t instance);

// "2026-01-02T03:04:05.678901Z" (RFC 3339).
[[nodiscard]] std::string write_log_time(WallTime time);

// Appends to `out` the lines of one packet. A line that io/log_client.h did not
// write (a failed check prints to standard error) is kept as an error.
void write_lines(std::string& out, WallTime time, std::string_view source,
                 Octets packet);

}  // namespace postkeep::role
