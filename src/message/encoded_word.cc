#include "message/encoded_word.h"

#include <algorithm>
#include <optional>

#include "message/charset.h"
#include "message/decode.h"

namespace postkeep::message {
namespace {

// RFC 2047 section 4.2: "_" is a space, whatever the charset; the rest is
// quoted-printable of one line.
std::string decode_q(std::string text) {
  std::ranges::replace(text, '_', ' ');
  // A space at the end of a line would be dropped as padding: it is text here.
  std::string coded;
  for (const char c : text) {
    if (c == ' ')
      coded += "=20";
    else
      coded += c;
  }
  return decode_quoted_printable(octets(coded));
}

// Octets that encoded words of one charset, side by side, stand for. They are
// put together first: some writers cut a character in two.
struct Run {
  std::string charset;
  std::string octets;
  std::string written;  // For a charset that is not known.

  void append_to(std::string& result) {
    if (written.empty()) return;
    const auto text = to_utf8(charset, octets);
    result += text ? *text : replace_bad_utf8(written);
    *this = {};
  }
};

bool is_white_space(std::string_view text) {
  return text.find_first_not_of(" \t") == std::string_view::npos;
}

// Where a new word could start without cutting a UTF-8 character.
bool is_character_start(char c) { return (c & 0xC0) != 0x80; }

std::string encoded(std::string_view utf8) {
  return "=?UTF-8?B?" + encode_base64(octets(utf8)) + "?=";
}

}  // namespace

bool EncodedWordReader::read(std::string_view text) {
  charset_.clear();
  text_.clear();
  octets_ = 0;
  base64_ = false;
  return run(
      postkeep::octets(text.substr(0, tolerated_encoded_word_octets_max)));
}

void EncodedWordReader::octet() { ++octets_; }

void EncodedWordReader::charset_octet(Octet octet) {
  charset_.push_back(static_cast<char>(octet));
}

void EncodedWordReader::encoding(Octet octet) {
  base64_ = octet == 'B' || octet == 'b';
}

void EncodedWordReader::text_octet(Octet octet) {
  text_.push_back(static_cast<char>(octet));
}

// The machine stops here; octet() has counted the last octet before.
void EncodedWordReader::word_end() {}

std::string decode_encoded_words(std::string_view text) {
  std::string result;
  Run run;
  EncodedWordReader reader;
  std::size_t plain = 0;  // What was not yet taken into `result` begins here.
  std::size_t at = 0;
  while ((at = text.find("=?", at)) != std::string_view::npos) {
    if (!reader.read(text.substr(at))) {
      ++at;
      continue;
    }
    const std::string_view between = text.substr(plain, at - plain);
    const bool joins = !run.written.empty() && is_white_space(between) &&
                       run.charset == reader.charset();
    if (!joins) {
      const bool adjacent = !run.written.empty() && is_white_space(between);
      run.append_to(result);
      if (!adjacent) result += replace_bad_utf8(between);
    }
    run.charset = reader.charset();
    run.octets += reader.is_base64() ? decode_base64(octets(reader.text()))
                                     : decode_q(reader.text());
    if (joins) run.written += between;
    run.written += text.substr(at, reader.octets());
    at += reader.octets();
    plain = at;
  }
  run.append_to(result);
  return result + replace_bad_utf8(text.substr(plain));
}

std::string encode_words(std::string_view utf8) {
  constexpr std::size_t word_octets = 45;  // 60 of base64, 72 in all.
  const bool plain = std::ranges::all_of(
      utf8, [](char c) { return c == '\t' || (c >= ' ' && c <= '~'); });
  if (plain && !utf8.contains("=?")) return std::string{utf8};
  const std::string text = replace_bad_utf8(utf8);
  std::string_view rest = text;
  std::string words;
  while (!rest.empty()) {
    std::size_t octets = std::min(rest.size(), word_octets);
    while (octets < rest.size() && !is_character_start(rest[octets])) --octets;
    if (!words.empty()) words += ' ';
    words += encoded(rest.substr(0, octets));
    rest.remove_prefix(octets);
  }
  return words;
}

}  // namespace postkeep::message
