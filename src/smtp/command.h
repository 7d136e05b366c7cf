// SMTP commands: what a client asks in one line (RFC 5321 section 4.1.1; 2033,
// 3030, 3207, 4954, 6531).
//
// Here:      Command and its kinds, CommandReader (octets to Command).
// Not here:  in which order they may come (smtp/server_session.h).
// Grammar:   grammar/rfc5321_command.rl, rule profile_command.
// Laws:      proptests/smtp/command_laws.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/octets.h"
#include "smtp/line.h"
#include "smtp/parameter.h"
#include "smtp/path.h"

namespace postkeep::smtp {

// More than any client has a use for: each known one may come once.
inline constexpr std::size_t parameters_max = 16;

// `client` is a Domain or an address literal with its brackets, as sent.
struct Ehlo {
  std::string client;
  bool operator==(const Ehlo&) const = default;
};
struct Helo {
  std::string client;
  bool operator==(const Helo&) const = default;
};
// What LMTP says in their place (RFC 2033 section 4.1).
struct Lhlo {
  std::string client;
  bool operator==(const Lhlo&) const = default;
};
struct Mail {
  ReversePath reverse_path;
  MailParameters parameters;
  bool operator==(const Mail&) const = default;
};
struct Rcpt {
  Mailbox forward_path = Mailbox::postmaster();
  RcptParameters parameters;
  bool operator==(const Rcpt&) const = default;
};
struct Data {
  bool operator==(const Data&) const = default;
};
// Its octets follow at once. `octets` is saturated at 2^64 - 1.
struct Bdat {
  std::uint64_t octets = 0;
  bool last = false;
  bool operator==(const Bdat&) const = default;
};
struct Rset {
  bool operator==(const Rset&) const = default;
};
struct Vrfy {
  std::string string;  // As sent, quotes and all.
  bool operator==(const Vrfy&) const = default;
};
struct Expn {
  std::string string;
  bool operator==(const Expn&) const = default;
};
struct Help {
  bool operator==(const Help&) const = default;
};
struct Noop {
  bool operator==(const Noop&) const = default;
};
struct Quit {
  bool operator==(const Quit&) const = default;
};
struct StartTls {
  bool operator==(const StartTls&) const = default;
};
// `initial` is decoded; "=" is the empty response (RFC 4954 section 4).
struct Auth {
  std::string mechanism;  // In upper case.
  std::optional<std::vector<Octet>> initial;
  bool operator==(const Auth&) const = default;
};

using Command = std::variant<Ehlo, Helo, Mail, Rcpt, Data, Bdat, Rset, Vrfy,
                             Expn, Help, Noop, Quit, StartTls, Auth, Lhlo>;

[[nodiscard]] Verb verb(const Command& command);

enum class CommandFault : std::uint8_t {
  unknown_command,    // 500
  not_implemented,    // 502: ETRN and what RFC 5321 took away.
  http,               // Drop: no client of ours.
  bad_arguments,      // 501: a known verb, and then not its grammar.
  bad_address,        // 501: the path is in the grammar, but too long.
  unknown_parameter,  // 555
  bad_parameter,      // 501: a value outside its grammar, or given twice.
  line_too_long,      // 500
  // The stream is lost, and errors stick.
  line_endless,
  bare_cr,
  bare_lf,
  nul,
};

[[nodiscard]] std::string_view name(CommandFault fault);
[[nodiscard]] CommandFault fault_of(LineError error);

struct CommandError {
  CommandFault fault = CommandFault::unknown_command;
  Verb verb = Verb::unknown;
  bool operator==(const CommandError&) const = default;
};

[[nodiscard]] bool is_lost(const CommandError& error);

// Reads commands from a stream of octets. Does no I/O, keeps no pointer into
// its input. After an error that is not lost, the next call reads the next
// line.
class CommandReader {
 public:
  // As LineReader::read.
  [[nodiscard]] std::expected<std::optional<Command>, CommandError> read(
      Octets& input);

  // The lines between two commands, for SASL.
  [[nodiscard]] LineReader& lines() { return lines_; }

 private:
  LineReader lines_;
};

// What one whole line, CRLF and all, says.
[[nodiscard]] std::expected<Command, CommandError> read_command(
    const Line& line);

}  // namespace postkeep::smtp
