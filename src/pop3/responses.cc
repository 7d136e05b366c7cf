#include "pop3/responses.h"

#include "base/check.h"

namespace postkeep::pop3 {
namespace {

std::string_view write(ResponseCode code) {
  switch (code) {
    case ResponseCode::none: return "";
    case ResponseCode::in_use: return "[IN-USE] ";
    case ResponseCode::auth: return "[AUTH] ";
    case ResponseCode::temporary: return "[SYS/TEMP] ";
  }
  check_failed("ResponseCode holds one of its enumerators", __FILE__, __LINE__);
}

// A "[" at the start would be a code (RFC 2449 section 6.4).
void write_line(std::string& out, std::string_view status, ResponseCode code,
                std::string_view text) {
  std::string line{status};
  line += ' ';
  line += write(code);
  bool is_first = code == ResponseCode::none;
  for (const char c : text) {
    const bool is_printable = c >= ' ' && c <= '~';
    line += is_printable && !(is_first && c == '[') ? c : '?';
    is_first = false;
  }
  constexpr std::size_t line_end_octets = 2;
  if (line.size() > response_octets_max - line_end_octets) {
    line.resize(response_octets_max - line_end_octets);
  }
  if (line.ends_with(' ')) line.pop_back();
  out += line;
  out += "\r\n";
}

}  // namespace

void write_ok(std::string& out, std::string_view text) {
  write_line(out, "+OK", ResponseCode::none, text);
}

void write_error(std::string& out, ResponseCode code, std::string_view text) {
  write_line(out, "-ERR", code, text);
}

void write_end(std::string& out) { out += ".\r\n"; }

}  // namespace postkeep::pop3
