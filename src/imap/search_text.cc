#include "imap/search_text.h"

#include <cstdint>

#include "base/octets.h"

namespace postkeep::imap {
namespace {

// Two octets of UTF-8 are one code point from U+0080 to U+07FF.
constexpr std::uint32_t code_point(Octet first, Octet second) {
  return (first & 0x1FU) << 6 | (second & 0x3FU);
}

constexpr std::uint32_t lower(std::uint32_t c) {
  // Unicode's simple case folding, for the blocks where it is a distance.
  if (c >= 0xC0 && c <= 0xDE && c != 0xD7) return c + 0x20;
  if (c >= 0x100 && c <= 0x137 && c != 0x130 && c % 2 == 0) return c + 1;
  if (c >= 0x139 && c <= 0x147 && c % 2 == 1) return c + 1;
  if (c >= 0x14A && c <= 0x177 && c % 2 == 0) return c + 1;
  if (c >= 0x391 && c <= 0x3AB && c != 0x3A2) return c + 0x20;
  if (c >= 0x400 && c <= 0x40F) return c + 0x50;
  if (c >= 0x410 && c <= 0x42F) return c + 0x20;
  return c;
}

}  // namespace

std::string fold_case(std::string_view utf_8) {
  std::string text(utf_8);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto first = static_cast<Octet>(text[i]);
    if (first >= 'A' && first <= 'Z') {
      text[i] = static_cast<char>(first + 32);
    } else if (first >= 0xC3 && first <= 0xDF && i + 1 < text.size()) {
      const auto second = static_cast<Octet>(text[i + 1]);
      if ((second & 0xC0U) != 0x80) continue;
      const std::uint32_t folded = lower(code_point(first, second));
      text[i] = static_cast<char>(0xC0U | folded >> 6);
      text[i + 1] = static_cast<char>(0x80U | (folded & 0x3FU));
      ++i;
    }
  }
  return text;
}

// Knuth, Morris and Pratt: borders_[n] is how much of the needle still matches
// when its first n octets did and the next does not.
Needle::Needle(std::string_view utf_8) : folded_(fold_case(utf_8)) {
  borders_.resize(folded_.size() + 1);
  for (std::size_t n = 1, border = 0; n < folded_.size(); ++n) {
    while (border > 0 && folded_[n] != folded_[border]) {
      border = borders_[border];
    }
    if (folded_[n] == folded_[border]) ++border;
    borders_[n + 1] = border;
  }
}

bool Needle::is_in(std::string_view utf_8) const {
  return is_in_folded(fold_case(utf_8));
}

bool Needle::is_in_folded(std::string_view text) const {
  std::size_t matched = 0;
  for (const char c : text) {
    if (matched == folded_.size()) return true;
    while (matched > 0 && c != folded_[matched]) matched = borders_[matched];
    if (c == folded_[matched]) ++matched;
  }
  return matched == folded_.size();
}

}  // namespace postkeep::imap
