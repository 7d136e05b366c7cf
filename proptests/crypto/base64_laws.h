// The laws of crypto/base64.h. Each returns true when it holds.
#pragma once

#include <string>

#include "base/octets.h"
#include "crypto/base64.h"

namespace postkeep::crypto {

// The oracles: bare rules of grammar/rfc4648_base64.rl
// (proptests/crypto/base64_reference.rl).
bool reference_accepts_canonical_base64(Octets whole);

// The reader takes what the grammar takes, nothing else.
inline bool law_reader_agrees_with_grammar(Octets text) {
  const auto read = read_base64(text, text.size());
  return read.has_value() == reference_accepts_canonical_base64(text) &&
         (read || read.error() == Base64Error::outside_grammar);
}

// One text for one value: what was read is written as it stood.
inline bool law_read_then_write_is_identity(Octets text) {
  const auto read = read_base64(text, text.size());
  if (!read) return true;
  const std::string again = write_base64(*read);
  return again == std::string(text.begin(), text.end());
}

inline bool law_write_then_read_is_identity(Octets value) {
  const std::string text = write_base64(value);
  const auto read = read_base64(octets(text), value.size());
  return read &&
         std::equal(read->begin(), read->end(), value.begin(), value.end());
}

// The bound is exact: one less room refuses.
inline bool law_bound_is_exact(Octets value) {
  if (value.empty()) return true;
  const std::string text = write_base64(value);
  const auto read = read_base64(octets(text), value.size() - 1);
  return !read && read.error() == Base64Error::too_long;
}

}  // namespace postkeep::crypto
