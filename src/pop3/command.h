// POP3 commands as values (RFC 1939 sections 4 to 7; RFC 2449, 2595, 5034 and
// 6856).
//
// Here:      the commands, read_command().
// Not here:  lines (pop3/line.h); who may say what when (pop3/login_session.h,
//            pop3/session.h).
// Grammar:   grammar/rfc1939_command.rl, rule command.
// Laws:      proptests/pop3/command_laws.h.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace postkeep::pop3 {

// The number of a message; what does not fit is this, which no message has.
inline constexpr std::uint32_t number_max = 0xFFFF'FFFF;

struct Capa {
  bool operator==(const Capa&) const = default;
};
struct Stls {
  bool operator==(const Stls&) const = default;
};
struct User {
  std::string name;
  bool operator==(const User&) const = default;
};
struct Pass {
  std::string password;
  bool operator==(const Pass&) const = default;
};
struct Auth {
  std::string mechanism;
  std::optional<std::string> initial;  // In base64; empty for "=".
  bool operator==(const Auth&) const = default;
};
struct Utf8 {
  bool operator==(const Utf8&) const = default;
};
struct Lang {
  std::string range;  // Empty: which languages are there?
  bool operator==(const Lang&) const = default;
};
struct Quit {
  bool operator==(const Quit&) const = default;
};
struct Stat {
  bool operator==(const Stat&) const = default;
};
struct List {
  std::optional<std::uint32_t> message;
  bool operator==(const List&) const = default;
};
struct Retr {
  std::uint32_t message = 0;
  bool operator==(const Retr&) const = default;
};
struct Dele {
  std::uint32_t message = 0;
  bool operator==(const Dele&) const = default;
};
struct Noop {
  bool operator==(const Noop&) const = default;
};
struct Rset {
  bool operator==(const Rset&) const = default;
};
struct Top {
  std::uint32_t message = 0;
  std::uint32_t lines = 0;
  bool operator==(const Top&) const = default;
};
struct Uidl {
  std::optional<std::uint32_t> message;
  bool operator==(const Uidl&) const = default;
};
using Command = std::variant<Capa, Stls, User, Pass, Auth, Utf8, Lang, Quit,
                             Stat, List, Retr, Dele, Noop, Rset, Top, Uidl>;

enum class CommandError : std::uint8_t {
  unknown_command,
  bad_arguments,  // The keyword is known.
  http,           // A browser that was tricked into speaking to us.
};

// Reads the whole of `line`, which has no CRLF.
[[nodiscard]] std::expected<Command, CommandError> read_command(
    std::string_view line);

}  // namespace postkeep::pop3
