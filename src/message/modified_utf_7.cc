#include "message/modified_utf_7.h"

#include <array>
#include <utility>

#include "base/check.h"

namespace postkeep::message {
namespace {

// RFC 3501 section 5.1.3: as base64, with "," instead of "/".
constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

constexpr std::array<Octet, 256> sextets = [] {
  std::array<Octet, 256> table{};
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    table[static_cast<unsigned char>(alphabet[i])] = static_cast<Octet>(i);
  return table;
}();

constexpr std::uint32_t replacement_character = 0xFFFD;

bool is_high_surrogate(std::uint32_t unit) {
  return unit >= 0xD800 && unit <= 0xDBFF;
}

bool is_low_surrogate(std::uint32_t unit) {
  return unit >= 0xDC00 && unit <= 0xDFFF;
}

// Whether it stands for itself, or as "&-" and "." do.
bool is_direct(std::uint32_t code_point, NameLevels levels) {
  return code_point >= 0x20 && code_point <= 0x7E &&
         (code_point != '.' || levels != NameLevels::dots);
}

void append_utf_8(std::string& text, std::uint32_t code_point) {
  const auto put = [&](std::uint32_t octet) {
    text += static_cast<char>(static_cast<Octet>(octet));
  };
  if (code_point < 0x80) {
    put(code_point);
    return;
  }
  if (code_point < 0x800) {
    put(0xC0 | code_point >> 6);
  } else if (code_point < 0x10000) {
    put(0xE0 | code_point >> 12);
    put(0x80 | (code_point >> 6 & 0x3F));
  } else {
    put(0xF0 | code_point >> 18);
    put(0x80 | (code_point >> 12 & 0x3F));
    put(0x80 | (code_point >> 6 & 0x3F));
  }
  put(0x80 | (code_point & 0x3F));
}

}  // namespace

std::expected<std::string, ModifiedUtf7Error> ModifiedUtf7Reader::read(
    Octets whole) {
  const bool in_grammar = run(whole);
  if (error_) return std::unexpected(*error_);
  if (!in_grammar) return std::unexpected(ModifiedUtf7Error::outside_grammar);
  return std::move(utf_8_);
}

bool ModifiedUtf7Reader::fail(ModifiedUtf7Error error) {
  error_ = error;
  return false;
}

bool ModifiedUtf7Reader::direct_octet(Octet octet) {
  if (levels_ == NameLevels::dots) {
    if (octet == '/') return fail(ModifiedUtf7Error::not_canonical);
    if (octet == '.') octet = '/';
  }
  utf_8_ += static_cast<char>(octet);
  return true;
}

void ModifiedUtf7Reader::ampersand() { utf_8_ += '&'; }

bool ModifiedUtf7Reader::sextet(Octet octet) {
  bits_ = (bits_ << 6 | sextets[octet]) & 0x3FFFFF;
  bits_held_ += 6;
  if (bits_held_ < 16) return true;
  bits_held_ -= 16;
  return take_unit(bits_ >> bits_held_ & 0xFFFF);
}

bool ModifiedUtf7Reader::take_unit(std::uint32_t unit) {
  if (high_surrogate_ != 0) {
    if (!is_low_surrogate(unit)) return fail(ModifiedUtf7Error::surrogate);
    append_utf_8(
        utf_8_, 0x10000 + ((high_surrogate_ - 0xD800) << 10) + (unit - 0xDC00));
    high_surrogate_ = 0;
    return true;
  }
  if (is_low_surrogate(unit)) return fail(ModifiedUtf7Error::surrogate);
  if (is_high_surrogate(unit)) {
    high_surrogate_ = unit;
    return true;
  }
  // RFC 3501 section 5.1.3: "Modified BASE64 MUST NOT be used to represent
  // any printing US-ASCII character which can represent itself."
  if (is_direct(unit, levels_)) return fail(ModifiedUtf7Error::not_canonical);
  append_utf_8(utf_8_, unit);
  return true;
}

// The bits that are left over are zero: the grammar has no others.
bool ModifiedUtf7Reader::shift_end() {
  bits_ = 0;
  bits_held_ = 0;
  return high_surrogate_ == 0 || fail(ModifiedUtf7Error::surrogate);
}

std::string ModifiedUtf7Writer::write(Octets utf_8) {
  while (true) {
    const std::size_t used = run(utf_8);
    if (used == utf_8.size() && !in_character_) break;
    // What the sequence began with is lost; the octet that broke it may begin
    // another.
    put(replacement_character);
    utf_8 = utf_8.subspan(used + (in_character_ ? 0 : 1));
    in_character_ = false;
    if (utf_8.empty()) break;
  }
  end_shift();
  return std::move(wire_);
}

void ModifiedUtf7Writer::character_start() {
  code_point_ = 0;
  in_character_ = true;
}

void ModifiedUtf7Writer::character_octet(Octet octet) {
  if (octet >= 0xF0) {
    code_point_ = octet & 0x07U;
  } else if (octet >= 0xE0) {
    code_point_ = octet & 0x0FU;
  } else if (octet >= 0xC0) {
    code_point_ = octet & 0x1FU;
  } else {
    code_point_ = code_point_ << 6 | (octet & (octet >= 0x80 ? 0x3FU : 0x7FU));
  }
}

void ModifiedUtf7Writer::character_end() {
  in_character_ = false;
  put(code_point_);
}

void ModifiedUtf7Writer::put(std::uint32_t code_point) {
  if (is_direct(code_point, levels_)) {
    end_shift();
    const bool is_level = levels_ == NameLevels::dots && code_point == '/';
    wire_ += is_level ? '.' : static_cast<char>(code_point);
    if (code_point == '&') wire_ += '-';
    return;
  }
  if (!shifted_) wire_ += '&';
  shifted_ = true;
  if (code_point < 0x10000) {
    put_unit(code_point);
    return;
  }
  put_unit(0xD800 + ((code_point - 0x10000) >> 10));
  put_unit(0xDC00 + ((code_point - 0x10000) & 0x3FF));
}

void ModifiedUtf7Writer::put_unit(std::uint32_t unit) {
  bits_ = (bits_ << 16 | unit) & 0x3FFFFF;
  bits_held_ += 16;
  while (bits_held_ >= 6) {
    bits_held_ -= 6;
    wire_ += alphabet[bits_ >> bits_held_ & 0x3F];
  }
}

void ModifiedUtf7Writer::end_shift() {
  if (!shifted_) return;
  if (bits_held_ > 0) wire_ += alphabet[bits_ << (6 - bits_held_) & 0x3F];
  wire_ += '-';
  shifted_ = false;
  bits_ = 0;
  bits_held_ = 0;
}

std::expected<std::string, ModifiedUtf7Error> read_modified_utf_7(
    Octets whole, NameLevels levels) {
  return ModifiedUtf7Reader(levels).read(whole);
}

std::string write_modified_utf_7(Octets utf_8, NameLevels levels) {
  return ModifiedUtf7Writer(levels).write(utf_8);
}

std::string_view name(ModifiedUtf7Error error) {
  switch (error) {
    case ModifiedUtf7Error::outside_grammar: return "outside_grammar";
    case ModifiedUtf7Error::not_canonical: return "not_canonical";
    case ModifiedUtf7Error::surrogate: return "surrogate";
  }
  check_failed("ModifiedUtf7Error holds one of its enumerators", __FILE__,
               __LINE__);
}

}  // namespace postkeep::message
