// Fetch items: what FETCH asks of each message (RFC 9051 section 6.4.5, RFC
// 3501 section 6.4.5).
//
// Here:      FetchItem, Section, Partial.
// Not here:  the answers (imap/fetch, of the session).
// Grammar:   grammar/rfc9051_fetch.rl, rules fetch_att and section.
// Laws:      proptests/imap/command_laws.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace postkeep::imap {

// RFC 9051 sets no bounds; real clients stay far below these.
inline constexpr std::size_t fetch_items_max = 64;
inline constexpr std::size_t section_levels_max = 64;
inline constexpr std::size_t header_fields_max = 256;

enum class SectionText : std::uint8_t {
  all,  // BODY[] and BODY[1.2]: the whole message, the body of the part.
  header,
  header_fields,
  header_fields_not,
  text,
  mime,  // Only with a part.
};

struct Section {
  std::vector<std::uint32_t> part;  // BODY[4.2.HEADER]: 4, 2. None is 0.
  SectionText text = SectionText::all;
  // For header_fields and header_fields_not, as written, at least one.
  std::vector<std::string> fields;
  bool operator==(const Section&) const = default;
};

// "<offset.octets>": offset from 0, octets from 1; 63 bits each.
struct Partial {
  std::uint64_t offset = 0;
  std::uint64_t octets = 1;
  bool operator==(const Partial&) const = default;
};

enum class FetchKind : std::uint8_t {
  envelope,
  flags,
  internal_date,
  uid,
  rfc822_size,
  rfc822,         // As BODY[], but answered as RFC822; sets \Seen.
  rfc822_header,  // As BODY.PEEK[HEADER]; does not set \Seen.
  rfc822_text,    // As BODY[TEXT]; sets \Seen.
  body,           // BODY without section: the structure, not extensible.
  body_structure,
  body_section,           // BODY[…]<…> and BODY.PEEK[…]<…>.
  binary,                 // BINARY[…]<…> and BINARY.PEEK[…]<…> (RFC 3516).
  binary_size,            // BINARY.SIZE[…].
  modification_sequence,  // MODSEQ (RFC 7162).
};

struct FetchItem {
  FetchKind kind = FetchKind::flags;
  bool peek = false;  // body_section and binary only.
  Section section;    // body_section, binary, binary_size (part only).
  std::optional<Partial> partial;  // body_section and binary only.
  bool operator==(const FetchItem&) const = default;
};

}  // namespace postkeep::imap
