// Responses: the octets an IMAP server sends, one writer a syntax element
// (RFC 9051 section 7 and section 9, with RFC 3501's forms).
//
// Here:      writers of strings, numbers, names, flags, status lines.
// Not here:  sets (imap/sequence_set.h), dates (imap/date.h); FETCH data
//            (imap/fetch.h); which response when (imap/session_core.h).
// Grammar:   none is read; tests/imap/response_syntax.h reads it all back.
// Laws:      whatever a value holds, it stays inside its element: no CR, LF
//            or NUL leaves but as what a literal counts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "imap/mailbox_name.h"
#include "store/mailbox.h"

namespace postkeep::imap {

// Strings longer than this go out as literals. RFC 2683 section 3.2.1.5 warns
// of clients that keep lines in buffers of a thousand octets.
inline constexpr std::size_t quoted_octets_max = 512;

// How strings with octets above 127 and names of mailboxes are written.
enum class Dialect : std::uint8_t {
  rev1,       // RFC 3501: quoted is ASCII; names in modified UTF-7.
  rev1_utf8,  // The same with UTF-8 in both: UTF8=ACCEPT (RFC 6855).
  rev2,       // RFC 9051, once enabled: UTF-8 in both.
};
[[nodiscard]] constexpr bool speaks_utf8(Dialect dialect) {
  return dialect != Dialect::rev1;
}

void write_number(std::string& out, std::uint64_t number);

// A string: quoted where it may be, else a literal. A literal of RFC 9051
// holds no NUL: each becomes 0x80, so that the count stays what it was.
void write_string(std::string& out, std::string_view text,
                  Dialect dialect = Dialect::rev1);
// The same, or NIL.
void write_nstring(std::string& out, const std::optional<std::string>& text,
                   Dialect dialect = Dialect::rev1);
// "{n}" CRLF: n octets must follow.
void write_literal_start(std::string& out, std::size_t octets);
// Appends `octets` as a literal may hold them: NUL as 0x80.
void write_literal_octets(std::string& out, Octets octets);

// A mailbox name, UTF-8 inside the server, as an astring.
void write_mailbox(std::string& out, std::string_view name, Dialect dialect,
                   Separator separator);

// "(\Seen $Forwarded \Recent)". `keywords` names the bits of flags.keywords.
void write_flag_list(std::string& out, store::Flags flags,
                     std::span<const std::string> keywords, bool recent);

enum class Condition : std::uint8_t { ok, no, bad };

// tag SP condition SP ["[" code "]" SP] text CRLF. `code` and `text` are our
// own words; octets that resp-text cannot hold become '?'.
void write_tagged(std::string& out, std::string_view tag, Condition condition,
                  std::string_view code, std::string_view text);
// "* OK [code] text".
void write_status(std::string& out, Condition condition, std::string_view code,
                  std::string_view text);
void write_bye(std::string& out, std::string_view text);
// "+ text".
void write_continuation(std::string& out, std::string_view text);
// "* n EXISTS" and its like.
void write_count(std::string& out, std::uint64_t number, std::string_view what);

}  // namespace postkeep::imap
