// Command lines: what a client sends until CRLF (RFC 5321 section 2.3.8).
//
// Here:      LineReader (octets to Line), Verb.
// Not here:  what a line says (smtp/command.h, smtp/sasl_line.h).
// Grammar:   grammar/rfc5321_command.rl, rule profile_command_line.
// Laws:      proptests/smtp/line_laws.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "base/octets.h"

namespace postkeep::smtp {

// RFC 5321 section 4.5.3.1.4 asks for 512 octets with CRLF; extensions add to
// that (RFC 3461 section 4.2 alone 500 for each parameter).
inline constexpr std::size_t command_line_octets_max = 4096;
// RFC 4954 section 4: 12288 octets, for AUTH and for what answers a challenge.
inline constexpr std::size_t auth_line_octets_max = 12288;
// A line that is too long is passed over up to its end, but not for ever.
inline constexpr std::size_t passed_over_octets_max = 1024 * 1024;

enum class Verb : std::uint8_t {
  unknown,
  ehlo,
  helo,
  lhlo,  // RFC 2033.
  mail,
  rcpt,
  data,
  bdat,
  rset,
  vrfy,
  expn,
  help,
  noop,
  quit,
  starttls,
  auth,
  // Known so that the answer is 502: not implemented, on purpose.
  etrn,
  turn,
  send,
  soml,
  saml,
  // A browser that was tricked into speaking to us (GET, POST, HTTP/1.1 ...).
  http,
};

[[nodiscard]] std::string_view name(Verb verb);

struct Line {
  Verb verb = Verb::unknown;
  std::string text;  // With its CRLF.

  bool operator==(const Line&) const = default;
};

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
  //   a Line     what follows it in `input` is not touched
  //   nullopt    `input` is used up and the line goes on: call again
  //   an error   see LineError
  // `long_lines`: the client answers a SASL challenge, so the line may be as
  // long as AUTH's, whatever it begins with.
  [[nodiscard]] std::expected<std::optional<Line>, LineError> read(
      Octets& input, bool long_lines = false);

  // True between lines: nothing has been read of the next.
  [[nodiscard]] bool at_line_start() const { return line_octets_ == 0; }

 private:
  // smtp/line.rl: the machine. run() returns how many octets it used.
  void start_line();
  std::size_t run(Octets input);

  // smtp/line.cc: its actions, in the order in which a line meets them.
  void line_octet(Octet octet);
  void verb_ehlo();
  void verb_helo();
  void verb_lhlo();
  void verb_mail();
  void verb_rcpt();
  void verb_data();
  void verb_bdat();
  void verb_rset();
  void verb_vrfy();
  void verb_expn();
  void verb_help();
  void verb_noop();
  void verb_quit();
  void verb_starttls();
  void verb_auth();
  void verb_etrn();
  void verb_turn();
  void verb_send();
  void verb_soml();
  void verb_saml();
  void verb_http();
  void line_end();
  void refuse(Octet octet);

  [[nodiscard]] std::size_t room() const;

  int machine_state_ = 0;
  Line line_;
  bool long_lines_ = false;
  std::size_t line_octets_ = 0;  // Of this line, kept or passed over.
  bool complete_ = false;
  std::optional<LineError> lost_;
};

}  // namespace postkeep::smtp
