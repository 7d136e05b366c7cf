// Encoded words: text other than US-ASCII in header fields (RFC 2047, with the
// language of RFC 2231 section 5).
//
// Here:      decode_encoded_words(), encode_words().
// Not here:  parameters of MIME fields, which have a form of their own
// (mime.h). Grammar:   grammar/rfc2047_encoded_word.rl, rule
// tolerated_encoded_word. Laws:      proptests/message/text_laws.h.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/octets.h"

namespace postkeep::message {

// RFC 2047 section 2: an encoded word may have no more than 75 octets. Longer
// ones are common in mail and are read up to this length.
inline constexpr std::size_t encoded_word_octets_max = 75;
inline constexpr std::size_t tolerated_encoded_word_octets_max = 1000;

// An unfolded value as UTF-8, for search and display. White space between two
// encoded words goes (section 6.2); an encoded word that cannot be decoded, or
// whose charset is not known (charset.h), stays as it is (section 6.3). Linear.
[[nodiscard]] std::string decode_encoded_words(std::string_view text);

// `utf8` as words of US-ASCII that may stand in a Subject or a phrase; text
// that needs no encoding is returned as it is.
[[nodiscard]] std::string encode_words(std::string_view utf8);

// Reads one encoded word at the front of a text.
class EncodedWordReader {
 public:
  // False: there is none.
  [[nodiscard]] bool read(std::string_view text);
  [[nodiscard]] std::size_t octets() const { return octets_; }
  [[nodiscard]] const std::string& charset() const { return charset_; }
  [[nodiscard]] bool is_base64() const { return base64_; }
  [[nodiscard]] const std::string& text() const { return text_; }  // Encoded.

 private:
  // message/encoded_word.rl: the machine; its actions are in encoded_word.cc.
  bool run(Octets input);
  void octet();
  void charset_octet(Octet octet);
  void encoding(Octet octet);
  void text_octet(Octet octet);
  void word_end();

  std::string charset_;
  std::string text_;
  std::size_t octets_ = 0;
  bool base64_ = false;
};

}  // namespace postkeep::message
