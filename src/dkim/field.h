// Header fields as DKIM hashes them, and which of them are signed (RFC 6376
// sections 3.4.1, 3.4.2 and 5.4).
//
// Here:      canonical_field(), fields_to_sign(), hashed_fields().
// Not here:  bodies (dkim/body.h), the signature (dkim/signature.h).
// Grammar:   that of message/header.h, which cut the fields.
// Laws:      proptests/dkim/signature_laws.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dkim/body.h"
#include "message/header.h"

namespace postkeep::dkim {

// One whole field, with its CRLF, in its canonical form.
[[nodiscard]] std::string canonical_field(Form form, std::string_view field);

// What h= names, in small letters: each field of section 5.4.1 as often as it
// stands there, and those that say who wrote what to whom once more than that,
// so that none can be added unnoticed (section 8.15); From always. Nothing:
// one of them stands there more often than is worth a signature.
[[nodiscard]] std::optional<std::vector<std::string>> fields_to_sign(
    const message::Header& header);

// The canonical fields that h= names, one after the other: the last that
// stands there first, then the one above it; nothing for one that is not there
// (section 5.4.2). `message` is what `header` was read from.
[[nodiscard]] std::string hashed_fields(Form form, std::string_view message,
                                        const message::Header& header,
                                        const std::vector<std::string>& names);

}  // namespace postkeep::dkim
