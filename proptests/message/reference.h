// The oracles of this room: whether a bare rule of a grammar accepts octets,
// whole (proptests/message/reference.rl).
#pragma once

#include "base/octets.h"

namespace postkeep::message {

bool reference_accepts_address(Octets whole);
bool reference_accepts_address_elements(Octets whole);
bool reference_accepts_date_time(Octets whole);
bool reference_accepts_message_ids(Octets whole);
bool reference_accepts_received(Octets whole);
bool reference_accepts_content_type(Octets whole);
bool reference_accepts_disposition(Octets whole);
bool reference_accepts_tokens(Octets whole);
bool reference_accepts_encoded_word(Octets whole);
bool reference_accepts_utf8(Octets whole);
bool reference_accepts_header(Octets whole);
bool reference_accepts_field_start(Octets whole);

}  // namespace postkeep::message
