#include "crypto/base64.h"

#include <array>
#include <utility>

#include "base/check.h"

namespace postkeep::crypto {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// The six bits of each base64-char; 0 elsewhere, which the machine never asks.
constexpr std::array<Octet, 256> sextets = [] {
  std::array<Octet, 256> table{};
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    table[static_cast<unsigned char>(alphabet[i])] = static_cast<Octet>(i);
  return table;
}();

}  // namespace

std::expected<std::vector<Octet>, Base64Error> Base64Reader::read(
    Octets text, std::size_t octets_max) {
  // Four characters give three octets, or one or two fewer with padding.
  if (text.size() / 4 > octets_max / 3 + 1)
    return std::unexpected(Base64Error::too_long);
  octets_.reserve(text.size() / 4 * 3);
  if (!run(text)) return std::unexpected(Base64Error::outside_grammar);
  if (octets_.size() > octets_max)
    return std::unexpected(Base64Error::too_long);
  return std::move(octets_);
}

// What is left of a group when it is padded are bits that the grammar wants to
// be zero: they are dropped with the group.
void Base64Reader::octet(Octet octet) {
  if (octet == '=') return;
  bits_ = (bits_ << 6 | sextets[octet]) & 0xffffff;
  bits_held_ += 6;
  if (bits_held_ < 8) return;
  bits_held_ -= 8;
  octets_.push_back(static_cast<Octet>(bits_ >> bits_held_));
}

std::expected<std::vector<Octet>, Base64Error> read_base64(
    Octets text, std::size_t octets_max) {
  return Base64Reader().read(text, octets_max);
}

std::string write_base64(Octets octets) {
  std::string text;
  text.reserve((octets.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < octets.size(); i += 3) {
    const std::size_t here = std::min<std::size_t>(3, octets.size() - i);
    std::uint32_t bits = std::uint32_t{octets[i]} << 16;
    if (here > 1) bits |= std::uint32_t{octets[i + 1]} << 8;
    if (here > 2) bits |= octets[i + 2];
    text += alphabet[bits >> 18];
    text += alphabet[bits >> 12 & 63];
    text += here > 1 ? alphabet[bits >> 6 & 63] : '=';
    text += here > 2 ? alphabet[bits & 63] : '=';
  }
  return text;
}

std::string_view name(Base64Error error) {
  switch (error) {
    case Base64Error::outside_grammar: return "outside_grammar";
    case Base64Error::too_long: return "too_long";
  }
  check_failed("Base64Error holds one of its enumerators", __FILE__, __LINE__);
}

}  // namespace postkeep::crypto
