// The laws of message/header.h. Said once, here; tried by tests/, proptests/
// and fuzz/. Each law returns true when it holds.
#pragma once

#include <cstddef>
#include <string>

#include "message/address_laws.h"
#include "message/header.h"
#include "message/reference.h"

namespace postkeep::message {

// The block ends where the bare grammar ends: at the first empty line.
inline bool law_header_agrees_with_grammar(Octets input) {
  const Header header = read_header(input);
  if ((header.problems & header_without_end) != 0) {
    return header.octets == input.size() && !reference_accepts_header(input);
  }
  return reference_accepts_header(input.first(header.octets));
}

// A field is a piece of the block, in its order, that starts as the grammar
// says and whose name and value lie in it.
inline bool law_fields_are_pieces_of_the_block(Octets input) {
  const std::string_view whole = as_text(input);
  const Header header = read_header(input);
  std::size_t end = 0;
  for (const Field& field : header.fields) {
    if (field.offset < end) return false;
    end = field.offset + field.octets;
    if (end > header.octets) return false;
    const std::string_view piece = whole.substr(field.offset, field.octets);
    const auto colon =
        static_cast<std::size_t>(field.value.data() - piece.data());
    if (!piece.starts_with(field.name) || colon > piece.size()) return false;
    if (!reference_accepts_field_start(octets(piece.substr(0, colon)))) {
      return false;
    }
  }
  return header.octets <= input.size() &&
         header.fields.size() <= header_fields_max;
}

// An unfolded value has no line end and no NUL, and is no longer.
inline bool law_unfolded_is_one_line(Octets input) {
  const std::string unfolded = unfold(as_text(input));
  return unfolded.size() <= input.size() && !unfolded.contains('\n') &&
         !unfolded.contains('\0');
}

// Whatever the value, exactly one field is written, in lines that are not too
// long, and reading it gives the same text, white space aside.
inline bool law_written_field_is_one_field(const std::string& value) {
  const std::string written = write_field("Subject", value) + "\r\n";
  const Header header = read_header(octets(written));
  if (header.problems != 0 || header.fields.size() != 1) return false;
  if (header.octets != written.size()) return false;
  const auto visible = [](const std::string& text) {
    std::string result;
    for (const char c : text) {
      if (c != ' ' && c != '\t') {
        result += c == '\r' || c == '\n' || c == '\0' ? '?' : c;
      }
    }
    return result;
  };
  return visible(unfold(header.fields.front().value)) == visible(value);
}

}  // namespace postkeep::message
