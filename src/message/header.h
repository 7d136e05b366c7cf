// Header blocks: the fields of a message or of a MIME part (RFC 5322 section
// 2.2), as they stand in the octets that were stored.
//
// Here:      Field, Header, read_header(), find(), unfold(), write_field().
// Not here:  what a field's value says (address.h date_time.h mime.h …).
// Grammar:   grammar/rfc5322_header.rl, rules tolerated_header, field_start.
// Laws:      proptests/message/header_laws.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/octets.h"

namespace postkeep::message {

// Limits of our own: RFC 5322 has none on a header block. What is beyond them
// is still passed over in linear time, but is not listed.
inline constexpr std::size_t header_fields_max = 2000;
inline constexpr std::size_t header_octets_max = 256 * 1024;
// RFC 5322 section 2.1.1: a line MUST have no more than 998 octets.
inline constexpr std::size_t line_octets_max = 998;

// One field. Its views point into the octets that were read.
struct Field {
  std::string_view name;   // Without colon and the white space before it.
  std::string_view value;  // After the colon, folds kept, last line end not.
  std::size_t offset = 0;  // Of the whole field, from the header's start.
  std::size_t octets = 0;  // Of the whole field, its last line end included.

  bool operator==(const Field&) const = default;
};

// What Header::problems may hold.
inline constexpr std::uint8_t header_too_many_fields = 1;
inline constexpr std::uint8_t header_too_long = 2;
inline constexpr std::uint8_t header_line_too_long = 4;
inline constexpr std::uint8_t header_line_outside_grammar = 8;
inline constexpr std::uint8_t header_bare_line_end = 16;  // LF without CR, …
inline constexpr std::uint8_t header_has_nul = 32;
inline constexpr std::uint8_t header_without_end = 64;  // No empty line.

struct Header {
  std::vector<Field> fields;  // In the order in which they stand.
  std::size_t octets = 0;     // With the empty line: where the body begins.
  std::uint8_t problems = 0;  // Bits, see above.
};

// Reads the header block at the front of `message`. Never fails, because what
// is stored may be malformed; these are the rules:
//   - a line ends with LF; a CR before it belongs to the line end;
//   - the block ends with the first empty line, or with the octets;
//   - a line that begins with SP or HTAB goes on with the field before it;
//   - any other line without "field-name *WSP :" is passed over, and so are
//     the lines that go on with it.
// Linear in the octets of the block.
[[nodiscard]] Header read_header(Octets message);

// The first field of that name; names compare without case. nullptr: none.
[[nodiscard]] const Field* find(const Header& header, std::string_view name);
// How many fields have that name.
[[nodiscard]] std::size_t count(const Header& header, std::string_view name);
// Whether two names, types or keywords are the same without case (US-ASCII).
[[nodiscard]] bool same_without_case(std::string_view a, std::string_view b);
[[nodiscard]] std::string in_lower_case(std::string_view text);

// A value without its folds: line ends go (RFC 5322 section 2.2.3), white
// space around the value goes. NUL and a CR that ends no line become '?'.
[[nodiscard]] std::string unfold(std::string_view value);

// "name: value" and a CRLF, folded at white space so that lines have at most
// 78 octets where they can, and split anywhere rather than exceed 998. Octets
// that could end the field (CR, LF, NUL) are written as '?'.
[[nodiscard]] std::string write_field(std::string_view name,
                                      std::string_view value);

// Reads how a field starts: "field-name *WSP :".
class FieldStart {
 public:
  // False: `line` does not start a field.
  [[nodiscard]] bool read(std::string_view line);
  // Octets of the name, and of all up to the colon and with it.
  [[nodiscard]] std::size_t name_octets() const { return name_octets_; }
  [[nodiscard]] std::size_t octets() const { return octets_; }

 private:
  // message/header.rl: the machine; its actions are in header.cc.
  bool run(Octets input);
  void name_octet();
  void space_octet();
  void colon();

  std::size_t name_octets_ = 0;
  std::size_t octets_ = 0;
};

}  // namespace postkeep::message
