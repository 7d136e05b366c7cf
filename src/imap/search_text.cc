#include "imap/search_text.h"

#include <cstdint>
#include <cstring>

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
  Octet all = 0;
  for (char& c : text) {
    const auto octet = static_cast<Octet>(c);
    all |= octet;
    const bool is_capital = octet >= 'A' && octet <= 'Z';
    c = static_cast<char>(octet + (is_capital ? 32 : 0));
  }
  if (all < 0x80) return text;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto first = static_cast<Octet>(text[i]);
    if (first >= 0xC3 && first <= 0xDF && i + 1 < text.size()) {
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

Needle::Needle(std::string_view utf_8) : folded_(fold_case(utf_8)) {}

bool Needle::is_in(std::string_view utf_8) const {
  return is_in_folded(fold_case(utf_8));
}

// memmem() takes time in proportion to the text, whatever is looked for.
bool Needle::is_in_folded(std::string_view text) const {
  return memmem(text.data(), text.size(), folded_.data(), folded_.size()) !=
         nullptr;
}

}  // namespace postkeep::imap
