// A line of the log: an event and its fields as printable ASCII.
//
// Here:      write_log_line() and the escaping that keeps one event one line.
// Not here:  where the line goes (io/log_client.h, role/log.h).
// Laws:      whatever the values hold, the line is 0x20..0x7E only, has at most
//            log_line_octets_max octets, and its values can be read back.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/log.h"

namespace postkeep {

// A line longer than this is cut, and ends in " cut=yes".
inline constexpr std::size_t log_line_octets_max = 4096;

[[nodiscard]] constexpr std::string_view name(Severity severity) {
  switch (severity) {
    case Severity::debug: return "debug";
    case Severity::info: return "info";
    case Severity::notice: return "notice";
    case Severity::warning: return "warning";
    case Severity::error: break;
  }
  return "error";
}

// Appends `value` as a field holds it: as it is when it has only octets that
// need no quotes, else in '"' with \" \\ and \xNN.
inline void append_log_value(std::string& line, std::string_view value) {
  constexpr std::string_view digits = "0123456789abcdef";
  bool plain = !value.empty();
  for (const char c : value) {
    plain = plain && c > ' ' && c <= '~' && c != '"' && c != '\\' && c != '=';
  }
  if (plain) {
    line += value;
    return;
  }
  line += '"';
  for (const char c : value) {
    const auto octet = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      line += '\\';
      line += c;
    } else if (octet >= ' ' && octet <= '~') {
      line += c;
    } else {
      line += "\\x";
      line += digits[octet >> 4];
      line += digits[octet & 15];
    }
  }
  line += '"';
}

// "event=message_accepted session=… octets=512", without a line end.
[[nodiscard]] inline std::string write_log_line(
    std::string_view event, std::initializer_list<Field> fields) {
  std::string line = "event=";
  append_log_value(line, event);
  for (const Field& field : fields) {
    std::string one(1, ' ');
    append_log_value(one, field.key);
    one += '=';
    append_log_value(one, field.value);
    constexpr std::string_view cut = " cut=yes";
    if (line.size() + one.size() + cut.size() > log_line_octets_max) {
      line += cut;
      return line;
    }
    line += one;
  }
  return line;
}

}  // namespace postkeep
