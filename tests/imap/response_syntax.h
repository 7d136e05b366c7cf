// A second opinion on what a server may send: the formal syntax of responses
// (RFC 9051 section 9, with RFC 3501's forms), written for tests alone and
// knowing nothing of the writers.
//
// Here:      syntax_fault(), responses().
// Not here:  whether a response is right at that moment (the tests).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postkeep::imap {

// Whether IMAP4rev2 or UTF8=ACCEPT was enabled at some time.
[[nodiscard]] bool speaks_utf8(std::string_view stream);

// What is wrong first with a stream of whole responses; nullopt: nothing.
// `rev2`: UTF-8 may stand in quoted strings.
[[nodiscard]] std::optional<std::string> syntax_fault(std::string_view stream,
                                                      bool rev2 = false);

// The stream cut into responses, each with its literals and last CRLF.
[[nodiscard]] std::vector<std::string> responses(std::string_view stream);

}  // namespace postkeep::imap
