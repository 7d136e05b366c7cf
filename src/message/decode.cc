#include "message/decode.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

namespace postkeep::message {
namespace {

constexpr std::string_view base64_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// The six bits of each octet of the alphabet, -1 for any other octet.
constexpr std::array<std::int16_t, 256> base64_values = [] {
  std::array<std::int16_t, 256> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < base64_alphabet.size(); ++i) {
    values[static_cast<unsigned char>(base64_alphabet[i])] =
        static_cast<std::int16_t>(i);
  }
  return values;
}();

// RFC 2045 section 6.7 (1) has upper case; lower case is what a robust
// implementation accepts, says its note.
int hexadecimal_value(Octet octet) {
  if (octet >= '0' && octet <= '9') return octet - '0';
  if (octet >= 'A' && octet <= 'F') return octet - 'A' + 10;
  if (octet >= 'a' && octet <= 'f') return octet - 'a' + 10;
  return -1;
}

// The octets of `line` without SP and HTAB at its end.
Octets without_trailing_space(Octets line) {
  while (!line.empty() && (line.back() == ' ' || line.back() == '\t')) {
    line = line.first(line.size() - 1);
  }
  return line;
}

void append(std::string& text, Octets octets) {
  text.append(octets.begin(), octets.end());
}

// Appends one line, whose line end is off, decoded. False: a soft line break.
bool decode_quoted_printable_line(Octets line, std::string& text) {
  line = without_trailing_space(line);
  while (!line.empty()) {
    const auto sign = std::find(line.begin(), line.end(), Octet{'='});
    const auto before = static_cast<std::size_t>(sign - line.begin());
    append(text, line.first(before));
    line = line.subspan(before);
    if (line.size() == 1) return false;
    if (line.size() >= 3 && hexadecimal_value(line[1]) >= 0 &&
        hexadecimal_value(line[2]) >= 0) {
      text.push_back(static_cast<char>(hexadecimal_value(line[1]) * 16 +
                                       hexadecimal_value(line[2])));
      line = line.subspan(3);
    } else if (!line.empty()) {
      text.push_back('=');
      line = line.subspan(1);
    }
  }
  return true;
}

}  // namespace

std::string decode_base64(Octets body) {
  std::string text;
  text.reserve(body.size() / 4 * 3 + 3);
  unsigned bits = 0;
  int bits_held = 0;
  for (const Octet octet : body) {
    if (octet == '=') break;
    const int value = base64_values[octet];
    if (value < 0) continue;
    bits = (bits << 6 | static_cast<unsigned>(value)) & 0xFFFF;
    bits_held += 6;
    if (bits_held >= 8) {
      bits_held -= 8;
      text.push_back(static_cast<char>(bits >> bits_held & 0xFF));
    }
  }
  return text;
}

std::string decode_quoted_printable(Octets body) {
  std::string text;
  text.reserve(body.size());
  while (!body.empty()) {
    const void* const found = std::memchr(body.data(), '\n', body.size());
    const bool ended = found != nullptr;
    const std::size_t octets =
        ended ? static_cast<std::size_t>(static_cast<const Octet*>(found) -
                                         body.data())
              : body.size();
    Octets line = body.first(octets);
    const bool carriage_return = ended && !line.empty() && line.back() == '\r';
    if (carriage_return) line = line.first(line.size() - 1);
    const bool hard = decode_quoted_printable_line(line, text);
    if (hard && carriage_return) text.push_back('\r');
    if (hard && ended) text.push_back('\n');
    body = body.subspan(octets + (ended ? 1 : 0));
  }
  return text;
}

std::string decode_body(Octets body, TransferEncoding encoding) {
  switch (encoding) {
    case TransferEncoding::base64: return decode_base64(body);
    case TransferEncoding::quoted_printable:
      return decode_quoted_printable(body);
    case TransferEncoding::seven_bit:
    case TransferEncoding::eight_bit:
    case TransferEncoding::binary:
    case TransferEncoding::unknown: break;
  }
  return {body.begin(), body.end()};
}

std::string encode_base64(Octets octets) {
  constexpr std::size_t line_octets = 57;  // 76 characters.
  std::string text;
  text.reserve(octets.size() / 3 * 4 + octets.size() / line_octets * 2 + 8);
  for (std::size_t i = 0; i < octets.size(); i += 3) {
    if (i > 0 && i % line_octets == 0) text += "\r\n";
    const std::size_t left = octets.size() - i;
    const unsigned bits = static_cast<unsigned>(octets[i]) << 16 |
                          (left > 1 ? octets[i + 1] * 256U : 0U) |
                          (left > 2 ? octets[i + 2] : 0U);
    text += base64_alphabet[bits >> 18 & 63];
    text += base64_alphabet[bits >> 12 & 63];
    text += left > 1 ? base64_alphabet[bits >> 6 & 63] : '=';
    text += left > 2 ? base64_alphabet[bits & 63] : '=';
  }
  return text;
}

}  // namespace postkeep::message
