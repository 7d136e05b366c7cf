// Text from strangers, made fit for a line of ours.
//
// Here:      is_clean(), clean(), clean_ascii(), folded(), date().
// Not here:  what the lines say (notification.cc, delivery_status.cc).
// Grammar:   none; what comes out are octets of rule text_octet in
//            grammar/rfc3464_delivery_status.rl.
// Laws:      proptests/dsn/notification_laws.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace postkeep::dsn {

// Nothing in it can end a line; it begins and ends with no space.
[[nodiscard]] bool is_clean(std::string_view text);
[[nodiscard]] bool is_ascii(std::string_view text);
// The same with '?' for each octet that could do harm, without spaces at its
// ends.
[[nodiscard]] std::string clean(std::string_view text);
// And for each that is not ASCII.
[[nodiscard]] std::string clean_ascii(std::string_view text);
// One field, folded at its spaces (RFC 5322 section 2.2.3), with its CRLF.
// `text` is clean.
[[nodiscard]] std::string folded(std::string_view name, std::string_view text);
// "Sat, 21 Nov 2026 21:54:30 +0000"
[[nodiscard]] std::string date(std::int64_t seconds);

}  // namespace postkeep::dsn
