// Charsets: octets to UTF-8 (RFC 3629), for search and display.
//
// Here:      is_utf8(), to_utf8(), replace_bad_utf8(), charset_names().
// Not here:  which charset a text claims to have (encoded_word.h, mime.h).
// Grammar:   grammar/rfc3629_utf8.rl, rule UTF8_octets.
// Laws:      proptests/message/text_laws.h.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/octets.h"

namespace postkeep::message {

// Whether `text` is UTF-8: no overlong forms, no surrogates, nothing above
// U+10FFFF, nothing cut off.
[[nodiscard]] bool is_utf8(std::string_view text);

// `text` with each octet that is not part of UTF-8 replaced by U+FFFD.
[[nodiscard]] std::string replace_bad_utf8(std::string_view text);

// The charsets that are known, by their preferred names, with SP between.
[[nodiscard]] std::string_view charset_names();

// `text` of `charset` (names compare without case) as UTF-8. Known are those of
// charset_names(), under their names and aliases of IANA's registry; nullopt
// for any other. What the charset does not define becomes U+FFFD. The tables
// are built in: iconv would load modules, which a role without files cannot.
[[nodiscard]] std::optional<std::string> to_utf8(std::string_view charset,
                                                 std::string_view text);

// Reads UTF-8 as far as it is UTF-8.
class Utf8Reader {
 public:
  // How many octets at the front of `text` are whole characters.
  [[nodiscard]] std::size_t read(std::string_view text);

 private:
  // message/utf8.rl: the machine; its actions are in charset.cc.
  bool run(Octets input);
  void octet();
  void character();

  std::size_t octets_ = 0;
  std::size_t character_octets_ = 0;  // Up to the last whole character.
};

}  // namespace postkeep::message
