// The record in the DNS that says which key a signature is checked with (RFC
// 6376 section 3.6, RFC 8463 section 4).
//
// Here:      key_record(), record_name(), zone_line().
// Not here:  keys (crypto/), asking the DNS (dns/).
// Grammar:   grammar/rfc6376_dkim.rl, rule written_key_record.
// Laws:      proptests/dkim/signature_laws.h.
#pragma once

#include <string>
#include <string_view>

#include "base/octets.h"
#include "dkim/signature.h"

namespace postkeep::dkim {

// "v=DKIM1; k=rsa; p=...": `public_key` is a SubjectPublicKeyInfo for RSA, the
// key's 32 octets alone for Ed25519.
[[nodiscard]] std::string key_record(Algorithm algorithm, Octets public_key);

// Section 3.6.2.1: "selector._domainkey.domain".
[[nodiscard]] std::string record_name(std::string_view selector,
                                      std::string_view domain);

// The same as a line of a zone file, in strings that are short enough (RFC 1035
// section 3.3: 255 octets; section 3.6.2.2 has them put together).
[[nodiscard]] std::string zone_line(std::string_view selector,
                                    std::string_view domain,
                                    std::string_view record);

}  // namespace postkeep::dkim
