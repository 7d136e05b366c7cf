// Capabilities: what this server says it can do (RFC 9051 section 6.1.1 and
// appendix B).
//
// Here:      the two lists, before and after login.
// Not here:  what a name obliges to: the session that offers it.
// Grammar:   none is read; rule capability-data is written.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace postkeep::imap {

// What a client that has not logged in may be told; "LOGINDISABLED" and
// "AUTH=…" as the connection allows. Without "CAPABILITY" in front.
[[nodiscard]] std::string capabilities_before_login(
    bool offers_starttls, bool offers_login,
    std::span<const std::string> mechanisms);

// `append_octets_max`: the largest message that APPEND takes (RFC 7889).
// `offers_utf8`: UTF8=ACCEPT (RFC 6855).
[[nodiscard]] std::string capabilities_after_login(
    std::uint64_t append_octets_max, bool offers_utf8);

}  // namespace postkeep::imap
