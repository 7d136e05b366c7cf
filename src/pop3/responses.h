// Responses: what the server says in one line (RFC 1939 section 3), with the
// codes of RFC 2449 section 8 and RFC 3206.
//
// Here:      write_ok(), write_error(), ResponseCode.
// Not here:  messages as multi-line responses (pop3/message_writer.h).
// Grammar:   grammar/rfc2449_response.rl, rule single_line.
// Laws:      proptests/pop3/responses_laws.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace postkeep::pop3 {

// RFC 2449 section 4, with CRLF.
inline constexpr std::size_t response_octets_max = 512;

enum class ResponseCode : std::uint8_t {
  none,
  in_use,     // RFC 2449 section 8.1.2: another session has the lock.
  auth,       // RFC 3206 section 5: the credentials are wrong.
  temporary,  // RFC 3206 section 4: SYS/TEMP.
};

// `text` is our own; what cannot stand in a response becomes "?", what is too
// long is cut.
void write_ok(std::string& out, std::string_view text);
void write_error(std::string& out, ResponseCode code, std::string_view text);
// The end of a multi-line response.
void write_end(std::string& out);

}  // namespace postkeep::pop3
