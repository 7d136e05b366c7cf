// Structure: a message as a tree of MIME parts (RFC 2046 section 5), each with
// the place of its header and body in the octets.
//
// Here:      Part, Structure, read_structure(), find_part().
// Not here:  ENVELOPE (summary.h); decoding of bodies (decode.h).
// Grammar:   header blocks: header.h; fields: mime.h. Delimiter lines are made
//            of the boundary, so they are compared, not read by a machine.
// Laws:      proptests/message/summary_laws.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/octets.h"
#include "message/header.h"
#include "message/mime.h"

namespace postkeep::message {

// A multipart or message that is deeper, or that has no part left to itself, is
// a leaf of type application/octet-stream; parts past parts_max of a multipart
// are left out, as if they belonged to its epilogue.
inline constexpr std::size_t part_depth_max = 64;
inline constexpr std::size_t parts_max = 1000;

enum class PartKind : std::uint8_t {
  leaf,
  multipart,  // Children are its parts.
  message,    // message/rfc822 or message/global: one child, the message.
};

// Bits of Part::problems. The first six make the part an opaque leaf, shown
// as application/octet-stream without parameters, whatever its fields say.
// Two Content-Type, or one with NUL or with a CR that ends no line.
inline constexpr std::uint16_t part_ambiguous_type = 1;
inline constexpr std::uint16_t part_ambiguous_boundary = 2;
inline constexpr std::uint16_t part_without_boundary = 4;  // Or with a bad one.
inline constexpr std::uint16_t part_too_deep = 8;
inline constexpr std::uint16_t part_too_many = 16;
inline constexpr std::uint16_t part_encoded_composite = 32;  // RFC 2045 6.4.
// RFC 2045 section 5.2 recommends text/plain for a Content-Type that cannot
// be read; an encoding that cannot be read is unknown.
inline constexpr std::uint16_t part_type_outside_grammar = 64;
inline constexpr std::uint16_t part_encoding_outside_grammar = 128;
inline constexpr std::uint16_t part_not_closed = 256;      // No last delimiter.
inline constexpr std::uint16_t part_header_problem = 512;  // header.h says.

inline constexpr std::uint16_t part_parts_left_out = 1024;  // Past parts_max.

inline constexpr std::uint32_t no_part = 0xFFFF'FFFF;

// The header is [header_begin, body_begin), with its empty line; the body is
// [body_begin, body_end), without the line end that belongs to a delimiter
// (RFC 2046 section 5.1.1).
struct Part {
  PartKind kind = PartKind::leaf;
  std::uint16_t problems = 0;
  std::uint32_t parent = no_part;
  std::uint32_t first_child = no_part;
  std::uint32_t next_sibling = no_part;

  std::uint32_t header_begin = 0;
  std::uint32_t body_begin = 0;
  std::uint32_t body_end = 0;
  std::uint32_t body_lines = 0;  // A last line without line end counts.

  ContentType content_type;
  TransferEncoding encoding = TransferEncoding::seven_bit;
  std::string encoding_name = "7bit";  // In lower case, as the field has it.
  // Values of fields, unfolded; nullopt where there is no such field.
  std::optional<std::string> id;           // Content-ID
  std::optional<std::string> description;  // Content-Description
  std::optional<std::string> md5;          // Content-MD5
  std::optional<std::string> location;     // Content-Location
  std::optional<Disposition> disposition;  // Content-Disposition
  std::vector<std::string> languages;      // Content-Language

  bool operator==(const Part&) const = default;
};

// parts[0] is the message itself; a part stands before its children and they
// before its next sibling (depth first).
struct Structure {
  std::vector<Part> parts;
  bool operator==(const Structure&) const = default;
};

// Reads any octets, by these rules:
//   - lines and header blocks are those of header.h; a header block also ends
//     before a delimiter line of a multipart that is open;
//   - a message with Content-Type is MIME whether or not it has MIME-Version;
//   - a delimiter line begins with "--" and the boundary of an open multipart,
//     and with "--" after it, if it is the last (RFC 2046 section 5.1.1: no
//     match of the whole line is required); if it begins with several, it is
//     that of the longest boundary; it closes all that is open inside;
//   - a multipart that is not closed ends with what it is in;
//   - of two fields Content-Transfer-Encoding or Content-Disposition, and of
//     one with NUL or with a CR that ends no line, nothing is believed.
// Octets past 4 GiB - 1 are not looked at. Linear in the octets.
[[nodiscard]] Structure read_structure(Octets message);

// The part that a section of IMAP names (RFC 9051 section 6.4.5.1), counted
// from 1; the empty path is the message itself. nullopt: there is none. HEADER
// and TEXT of a part of kind message are those of its first_child; MIME is the
// part's own header.
[[nodiscard]] std::optional<std::uint32_t> find_part(
    const Structure& structure, std::span<const std::uint32_t> path);

// Views of the message that `part` is of; empty where it ends too early.
[[nodiscard]] Octets header_of(Octets message, const Part& part);
[[nodiscard]] Octets body_of(Octets message, const Part& part);

// The body of a part of type text as UTF-8, for search: transfer encoding and
// charset decoded; a charset that is not known is taken for ISO-8859-1.
[[nodiscard]] std::string text_of(Octets message, const Part& part);

}  // namespace postkeep::message
