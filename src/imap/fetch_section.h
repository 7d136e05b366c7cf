// Sections: the piece of a message that BODY[…] and BINARY[…] name (RFC 9051
// section 6.4.5).
//
// Here:      find_section(), write_section_name(), clip().
// Not here:  the tree of parts (message/structure.h).
// Grammar:   rule section is written.
// Laws:      what is found lies within the message's octets, or was made of
//            lines of its header.
#pragma once

#include <optional>
#include <string>

#include "base/octets.h"
#include "imap/fetch_item.h"
#include "message/summary.h"

namespace postkeep::imap {

// Octets of the message, or `made` where there are no such octets in one
// piece (chosen header fields, decoded bodies).
struct SectionOctets {
  Octets view;
  std::optional<std::string> made;
  [[nodiscard]] Octets octets() const {
    return made ? postkeep::octets(*made) : view;
  }
};

// Whether find_section needs to know the structure.
[[nodiscard]] bool needs_structure(const FetchItem& item);

// nullopt: the message has no such section, which is NIL. `summary` may be
// nullptr when needs_structure() is false.
[[nodiscard]] std::optional<SectionOctets> find_section(
    const Section& section, Octets message, const message::Summary* summary);

// BINARY's: the part's body without its transfer encoding (RFC 3516 section
// 4.2). `is_unknown`: in an encoding that cannot be undone.
struct BinarySection {
  std::optional<SectionOctets> octets;
  bool is_unknown = false;
};
[[nodiscard]] BinarySection find_binary(const Section& section, Octets message,
                                        const message::Summary* summary);

// "BODY[1.2.HEADER.FIELDS (TO)]<0>", as the response names it.
void write_section_name(std::string& out, const FetchItem& item);

// What `partial` leaves of `octets`.
[[nodiscard]] Octets clip(Octets octets, const std::optional<Partial>& partial);

}  // namespace postkeep::imap
