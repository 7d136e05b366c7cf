#include "message/charset.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "message/charset_tables.h"
#include "message/header.h"

namespace postkeep::message {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

void append_utf8(std::string& text, char16_t code) {
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code < 0x800) {
    text += static_cast<char>(0xC0 | code >> 6);
    text += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    text += static_cast<char>(0xE0 | code >> 12);
    text += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    text += static_cast<char>(0x80 | (code & 0x3F));
  }
}

// What octets 0x80 to 0x9F of windows-1252 stand for; 0: nothing.
constexpr std::array<char16_t, 32> windows_1252 = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
    0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
    0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
    0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

char16_t from_us_ascii(unsigned char octet) {
  return octet < 0x80 ? octet : char16_t{0xFFFD};
}

char16_t from_iso_8859_1(unsigned char octet) { return octet; }

char16_t from_iso_8859_15(unsigned char octet) {
  switch (octet) {
    case 0xA4: return 0x20AC;
    case 0xA6: return 0x0160;
    case 0xA8: return 0x0161;
    case 0xB4: return 0x017D;
    case 0xB8: return 0x017E;
    case 0xBC: return 0x0152;
    case 0xBD: return 0x0153;
    case 0xBE: return 0x0178;
    default: return octet;
  }
}

char16_t from_windows_1252(unsigned char octet) {
  if (octet < 0x80 || octet > 0x9F) return octet;
  const char16_t code = windows_1252[octet - 0x80U];
  return code == 0 ? char16_t{0xFFFD} : code;
}

template <const UpperHalf& table>
char16_t from_table(unsigned char octet) {
  return octet < 0x80 ? octet : table[octet - 0x80U];
}

using FromOctet = char16_t (*)(unsigned char);

struct Charset {
  std::string_view name;
  FromOctet from_octet;  // nullptr: UTF-8.
};

constexpr std::array charsets{
    Charset{"utf-8", nullptr},
    Charset{"utf8", nullptr},
    Charset{"us-ascii", from_us_ascii},
    Charset{"ascii", from_us_ascii},
    Charset{"ansi_x3.4-1968", from_us_ascii},
    Charset{"iso646-us", from_us_ascii},
    Charset{"iso-8859-1", from_iso_8859_1},
    Charset{"iso_8859-1", from_iso_8859_1},
    Charset{"latin1", from_iso_8859_1},
    Charset{"l1", from_iso_8859_1},
    Charset{"ibm819", from_iso_8859_1},
    Charset{"cp819", from_iso_8859_1},
    Charset{"iso-8859-15", from_iso_8859_15},
    Charset{"iso_8859-15", from_iso_8859_15},
    Charset{"latin-9", from_iso_8859_15},
    Charset{"iso-8859-2", from_table<iso_8859_2>},
    Charset{"iso_8859-2", from_table<iso_8859_2>},
    Charset{"latin2", from_table<iso_8859_2>},
    Charset{"l2", from_table<iso_8859_2>},
    Charset{"iso-8859-5", from_table<iso_8859_5>},
    Charset{"iso_8859-5", from_table<iso_8859_5>},
    Charset{"cyrillic", from_table<iso_8859_5>},
    Charset{"iso-8859-7", from_table<iso_8859_7>},
    Charset{"iso_8859-7", from_table<iso_8859_7>},
    Charset{"greek", from_table<iso_8859_7>},
    Charset{"iso-8859-9", from_table<iso_8859_9>},
    Charset{"iso_8859-9", from_table<iso_8859_9>},
    Charset{"latin5", from_table<iso_8859_9>},
    Charset{"l5", from_table<iso_8859_9>},
    Charset{"windows-1250", from_table<windows_1250>},
    Charset{"cp1250", from_table<windows_1250>},
    Charset{"windows-1251", from_table<windows_1251>},
    Charset{"cp1251", from_table<windows_1251>},
    Charset{"windows-1253", from_table<windows_1253>},
    Charset{"cp1253", from_table<windows_1253>},
    Charset{"windows-1254", from_table<windows_1254>},
    Charset{"cp1254", from_table<windows_1254>},
    Charset{"windows-1257", from_table<windows_1257>},
    Charset{"cp1257", from_table<windows_1257>},
    Charset{"iso-8859-3", from_table<iso_8859_3>},
    Charset{"latin3", from_table<iso_8859_3>},
    Charset{"iso-8859-4", from_table<iso_8859_4>},
    Charset{"latin4", from_table<iso_8859_4>},
    Charset{"iso-8859-6", from_table<iso_8859_6>},
    Charset{"iso-8859-6-i", from_table<iso_8859_6>},
    Charset{"arabic", from_table<iso_8859_6>},
    Charset{"iso-8859-8", from_table<iso_8859_8>},
    Charset{"iso-8859-8-i", from_table<iso_8859_8>},
    Charset{"hebrew", from_table<iso_8859_8>},
    Charset{"iso-8859-10", from_table<iso_8859_10>},
    Charset{"latin6", from_table<iso_8859_10>},
    Charset{"iso-8859-13", from_table<iso_8859_13>},
    Charset{"iso-8859-14", from_table<iso_8859_14>},
    Charset{"latin8", from_table<iso_8859_14>},
    Charset{"iso-8859-16", from_table<iso_8859_16>},
    Charset{"latin10", from_table<iso_8859_16>},
    Charset{"windows-874", from_table<windows_874>},
    Charset{"tis-620", from_table<windows_874>},
    Charset{"windows-1255", from_table<windows_1255>},
    Charset{"cp1255", from_table<windows_1255>},
    Charset{"windows-1256", from_table<windows_1256>},
    Charset{"cp1256", from_table<windows_1256>},
    Charset{"windows-1258", from_table<windows_1258>},
    Charset{"cp1258", from_table<windows_1258>},
    Charset{"koi8-r", from_table<koi8_r>},
    Charset{"cskoi8r", from_table<koi8_r>},
    Charset{"koi8-u", from_table<koi8_u>},
    Charset{"koi8u", from_table<koi8_u>},
    Charset{"windows-1252", from_windows_1252},
    Charset{"cp1252", from_windows_1252},
};

// How many octets at its beginning are ASCII.
std::size_t ascii_octets(std::string_view text) {
  constexpr std::uint64_t high_bits = 0x8080808080808080;
  std::size_t count = 0;
  std::uint64_t word = 0;
  while (text.size() - count >= sizeof word) {
    std::memcpy(&word, text.data() + count, sizeof word);
    if ((word & high_bits) != 0) break;
    count += sizeof word;
  }
  while (count < text.size() && static_cast<Octet>(text[count]) < 0x80) {
    ++count;
  }
  return count;
}

}  // namespace

// Most text is ASCII, which is looked at in words; the machine reads the runs
// of other octets. No character begins in the one and ends in the other.
std::size_t Utf8Reader::read(std::string_view text) {
  std::size_t good = 0;
  while (good < text.size()) {
    good += ascii_octets(text.substr(good));
    const std::string_view rest = text.substr(good);
    const auto end = std::ranges::find_if(
        rest, [](char c) { return static_cast<Octet>(c) < 0x80; });
    const auto others =
        rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
    octets_ = character_octets_ = 0;
    if (!run(octets(others))) return good + character_octets_;
    good += others.size();
  }
  return good;
}

void Utf8Reader::octet() { ++octets_; }

// The machine calls this at the last octet of a character.
void Utf8Reader::character() { character_octets_ = octets_; }

bool is_utf8(std::string_view text) {
  return Utf8Reader{}.read(text) == text.size();
}

std::string replace_bad_utf8(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  Utf8Reader reader;
  while (!text.empty()) {
    const std::size_t good = reader.read(text);
    result += text.substr(0, good);
    text.remove_prefix(good);
    if (text.empty()) break;
    result += replacement;
    text.remove_prefix(1);
  }
  return result;
}

std::string_view charset_names() {
  return "US-ASCII UTF-8 ISO-8859-1 ISO-8859-2 ISO-8859-3 ISO-8859-4 "
         "ISO-8859-5 ISO-8859-6 ISO-8859-7 ISO-8859-8 ISO-8859-9 ISO-8859-10 "
         "ISO-8859-13 ISO-8859-14 ISO-8859-15 ISO-8859-16 windows-874 "
         "windows-1250 windows-1251 windows-1252 windows-1253 windows-1254 "
         "windows-1255 windows-1256 windows-1257 windows-1258 KOI8-R KOI8-U";
}

std::optional<std::string> to_utf8(std::string_view charset,
                                   std::string_view text) {
  const auto known = std::ranges::find_if(charsets, [&](const Charset& c) {
    return same_without_case(c.name, charset);
  });
  if (known == charsets.end()) return std::nullopt;
  if (known->from_octet == nullptr) return replace_bad_utf8(text);
  // In all of these, ASCII is itself.
  std::string result(text.substr(0, ascii_octets(text)));
  result.reserve(text.size());
  for (const char c : text.substr(result.size())) {
    append_utf8(result, known->from_octet(static_cast<unsigned char>(c)));
  }
  return result;
}

}  // namespace postkeep::message
