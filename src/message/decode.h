// Bodies without their transfer encoding (RFC 2045 section 6), for search.
//
// Here:      decode_base64(), decode_quoted_printable(), decode_body().
// Not here:  which encoding a part has (mime.h, structure.h).
// Grammar:   none: RFC 2045 section 6.7 (5) and 6.8 say what to make of octets
//            that do not belong; both decoders take any octets.
// Laws:      proptests/message/text_laws.h.
#pragma once

#include <string>

#include "base/octets.h"
#include "message/mime.h"

namespace postkeep::message {

// Octets outside the alphabet are passed over (RFC 2045 section 6.8); decoding
// stops at padding. The result has at most 3/4 of the input's octets.
[[nodiscard]] std::string decode_base64(Octets body);

// "=" without two hexadecimal digits stays as it is; white space before a line
// end goes (RFC 2045 section 6.7). The result is no longer than the input.
[[nodiscard]] std::string decode_quoted_printable(Octets body);

[[nodiscard]] std::string decode_body(Octets body, TransferEncoding encoding);

// Base64 in lines of 76 characters with CRLF, for what we write.
[[nodiscard]] std::string encode_base64(Octets octets);

}  // namespace postkeep::message
