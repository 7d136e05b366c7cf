// The laws of message/charset.h, encoded_word.h and decode.h: octets to text.
// Each returns true when it holds.
#pragma once

#include <string>

#include "message/address_laws.h"
#include "message/charset.h"
#include "message/decode.h"
#include "message/encoded_word.h"
#include "message/reference.h"

namespace postkeep::message {

inline bool law_utf8_agrees_with_grammar(Octets input) {
  return is_utf8(as_text(input)) == reference_accepts_utf8(input);
}

// What is replaced is UTF-8, and UTF-8 is left alone.
inline bool law_replaced_text_is_utf8(Octets input) {
  const std::string_view text = as_text(input);
  const std::string replaced = replace_bad_utf8(text);
  return reference_accepts_utf8(octets(replaced)) &&
         (!is_utf8(text) || replaced == text) &&
         replaced.size() <= 3 * text.size();
}

inline bool law_every_charset_gives_utf8(Octets input) {
  for (const char* const charset :
       {"utf-8", "US-ASCII", "iso-8859-1", "ISO-8859-15", "windows-1252"}) {
    const auto text = to_utf8(charset, as_text(input));
    if (!text || !reference_accepts_utf8(octets(*text))) return false;
    if (text->size() > 3 * input.size()) return false;
  }
  return true;
}

inline bool law_encoded_word_agrees_with_grammar(Octets input) {
  EncodedWordReader reader;
  if (reader.read(as_text(input))) {
    return reference_accepts_encoded_word(input.first(reader.octets()));
  }
  return input.size() > tolerated_encoded_word_octets_max ||
         !reference_accepts_encoded_word(input);
}

inline bool law_decoded_words_are_utf8(Octets input) {
  const std::string decoded = decode_encoded_words(as_text(input));
  return reference_accepts_utf8(octets(decoded)) &&
         decoded.size() <= 3 * input.size();
}

// Any text comes back from its encoded words, which are printable US-ASCII.
inline bool law_encoded_words_decode_to_the_text(const std::string& utf8) {
  const std::string words = encode_words(utf8);
  for (const char c : words) {
    if ((c < ' ' && c != '\t') || c > '~') return false;
  }
  return decode_encoded_words(words) == replace_bad_utf8(utf8);
}

inline bool law_decoders_do_not_grow(Octets input) {
  return decode_base64(input).size() <= input.size() / 4 * 3 + 3 &&
         decode_quoted_printable(input).size() <= input.size();
}

inline bool law_base64_decodes_to_the_octets(Octets input) {
  return decode_base64(octets(encode_base64(input))) == as_text(input);
}

}  // namespace postkeep::message
