// Lines: what a client sends until CRLF (RFC 1939 section 3).
//
// Here:      LineReader (octets to a line's text).
// Not here:  what a line says (pop3/command.h).
// Grammar:   grammar/rfc1939_command.rl, rule line.
// Laws:      proptests/pop3/command_laws.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "base/octets.h"

namespace postkeep::pop3 {

// RFC 2449 section 4 asks for 255 octets with CRLF; clients that put a long
// password into AUTH's initial response need more, and may have it.
inline constexpr std::size_t command_line_octets_max = 1024;
// RFC 5034 section 4 sets no limit on SASL lines; RFC 4954 section 4 has this.
inline constexpr std::size_t sasl_line_octets_max = 12288;
// A line that is too long is passed over up to its end, but not for ever.
inline constexpr std::size_t passed_over_octets_max = 256 * 1024;

enum class LineError : std::uint8_t {
  too_long,  // The line is passed over: the next call reads the next line.
  // The stream is lost: every later call returns the same error.
  endless,
  bare_cr,
  bare_lf,
  nul,
};
[[nodiscard]] std::string_view name(LineError error);
[[nodiscard]] constexpr bool is_lost(LineError error) {
  return error != LineError::too_long;
}

// Reads lines from a stream of octets, however the network cut it up. Does no
// I/O. Keeps no pointer into its input.
class LineReader {
 public:
  LineReader();

  // Takes octets from the front of `input` and moves `input` past them.
  //   a text     the line without its CRLF; what follows is not touched
  //   nullopt    `input` is used up and the line goes on: call again
  //   an error   see LineError
  // `octets_max`: of this line, its CRLF included.
  [[nodiscard]] std::expected<std::optional<std::string>, LineError> read(
      Octets& input, std::size_t octets_max = command_line_octets_max);

 private:
  // pop3/line.rl: the machine. run() returns how many octets it used.
  void start_line();
  std::size_t run(Octets input);

  // pop3/line.cc: its actions.
  void line_octet(Octet octet);
  void line_end();
  void refuse(Octet octet);  // Not an action: the machine's error.

  int machine_state_ = 0;
  std::string text_;
  std::size_t octets_max_ = command_line_octets_max;
  std::size_t octets_ = 0;  // Of this line, kept or passed over.
  bool complete_ = false;
  std::optional<LineError> lost_;
};

}  // namespace postkeep::pop3
