// Text search: whether a message's text holds a string, whatever its case,
// charset or encoding (RFC 9051 section 6.4.4, RFC 5051 for case).
//
// Here:      fold_case(), Needle.
// Not here:  charsets and encodings (message/); keys (imap/search_match.h).
// Grammar:   none: any octets are taken.
// Laws:      tests/dialogs/imap/search_reads_what_is_encoded.dialog.
#pragma once

#include <string>
#include <string_view>

namespace postkeep::imap {

// `utf_8` in lower case: ASCII, Latin-1, Greek and Cyrillic letters, those
// that have one form of the same length in each case. Other octets stay, so
// that the length does.
[[nodiscard]] std::string fold_case(std::string_view utf_8);

// What is looked for, folded once.
class Needle {
 public:
  explicit Needle(std::string_view utf_8);
  // Linear in both, whatever they hold. An empty needle is in every text.
  [[nodiscard]] bool is_in(std::string_view utf_8) const;
  // The same in what fold_case() made.
  [[nodiscard]] bool is_in_folded(std::string_view folded) const;

 private:
  std::string folded_;
};

}  // namespace postkeep::imap
