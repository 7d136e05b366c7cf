// The laws of auth/verifier.h. Each returns true when it holds.
#pragma once

#include <string>
#include <string_view>

#include "auth/verifier.h"
#include "base/octets.h"

namespace postkeep::auth {

// The oracle: the bare rule password_record of grammar/postkeep_records.rl.
bool reference_accepts_password_record(Octets whole);

inline bool law_password_record_agrees_with_grammar(std::string_view text) {
  const auto read = read_password_record(text);
  if (text.size() > password_record_octets_max)
    return !read && read.error() == RecordError::too_long;
  if (reference_accepts_password_record(octets(text)))
    return read || read.error() == RecordError::too_costly;
  return !read && read.error() == RecordError::outside_grammar;
}

inline bool law_password_record_is_written_again(std::string_view text) {
  const auto read = read_password_record(text);
  return !read || write(*read) == text;
}

}  // namespace postkeep::auth
