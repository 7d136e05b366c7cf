// Mailbox names: modified UTF-7 (RFC 3501 section 5.1.3) and UTF-8.
//
// Here:      names as a session's client writes them; INBOX.
// Not here:  modified UTF-7 itself (message/modified_utf_7.h); which names the
//            store takes (store/); wildcards (list_pattern.h).
// Grammar:   grammar/rfc3501_mailbox_name.rl, rule modified_UTF_7.
// Laws:      proptests/imap/mailbox_name_laws.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "base/octets.h"

namespace postkeep::imap {

// RFC 3501 sets no bound; a name of this many octets of UTF-8 is longer than
// any path component of a Maildir can be.
inline constexpr std::size_t mailbox_name_octets_max = 1'024;

enum class MailboxNameError : std::uint8_t {
  outside_grammar,  // "&", "&-&", stray bits, "&Jjo-&Jjs-" for "&Jjomfw-".
  not_canonical,    // "&AGE-" for "a".
  surrogate,        // Half a pair, or a pair the wrong way round.
  control,          // Not in UTF-8-name: U+0000 to U+001F, U+007F to U+009F,
                    // U+2028, U+2029; in the UTF-8 form also what is no UTF-8.
  too_long,
};

[[nodiscard]] std::string_view name(MailboxNameError error);

// How the client writes mailbox names: as RFC 3501 has it until ENABLE
// IMAP4rev2 or UTF8=ACCEPT, as RFC 9051 section 5.1 has it from then on.
enum class MailboxNameForm : std::uint8_t { modified_utf_7, utf_8 };

// What stands between levels on the wire, at the operator's choice. Inside it
// is "/", whatever it is there.
enum class Separator : char { slash = '/', dot = '.' };

// The name with "/" and "." in each other's place where the separator is the
// dot: to a client's "Lists.c/x" belongs the level "c.x" of the store, and the
// other way round. Every name has one, and nothing is refused for it.
[[nodiscard]] std::string with_separator(std::string_view name,
                                         Separator separator);

// The name in UTF-8; "INBOX" whatever its case, also as the first level of a
// longer name ("inbox/a" is "INBOX/a"). One name, one form: no two spellings
// read as the same name but for INBOX. List wildcards pass through.
[[nodiscard]] std::expected<std::string, MailboxNameError> read_mailbox_name(
    Octets whole, MailboxNameForm form, Separator separator = Separator::slash);

// `utf_8` was read by read_mailbox_name or comes from the store, which keeps
// no other names. Octets that are not UTF-8 are written as U+FFFD.
[[nodiscard]] std::string write_mailbox_name(
    std::string_view utf_8, MailboxNameForm form,
    Separator separator = Separator::slash);

}  // namespace postkeep::imap
