// SASL in SMTP: base64 lines between AUTH and its last reply (RFC 4954 section
// 4).
//
// Here:      SaslResponse, read_sasl_line(), write_base64().
// Not here:  what the octets mean (auth/); lines (smtp/line.h).
// Grammar:   grammar/rfc5321_command.rl, rule auth_response.
// Laws:      proptests/smtp/sasl_line_laws.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/octets.h"

namespace postkeep::smtp {

struct SaslResponse {
  bool cancelled = false;  // "*".
  std::vector<Octet> octets;

  bool operator==(const SaslResponse&) const = default;
};

// Reads the whole of `text`, CRLF and all; nothing when it is no response.
[[nodiscard]] std::optional<SaslResponse> read_sasl_line(std::string_view text);

// RFC 4648 section 4, with padding and without line breaks.
[[nodiscard]] std::string write_base64(Octets octets);

}  // namespace postkeep::smtp
