// The laws of auth/plain.h. Each returns true when it holds.
#pragma once

#include <string>

#include "auth/plain.h"
#include "base/octets.h"

namespace postkeep::auth {

// The oracle: the bare rule profile_message of grammar/rfc4616_plain.rl
// (proptests/auth/plain_reference.rl).
bool reference_accepts_plain(Octets whole);

inline bool law_plain_agrees_with_grammar(Octets message) {
  return read_plain(message).has_value() == reference_accepts_plain(message);
}

// The three parts, with the two NULs between, are the message.
inline bool law_plain_loses_nothing(Octets message) {
  const auto read = read_plain(message);
  if (!read) return true;
  const Octets password = read->password.octets();
  std::string again = read->authzid + '\0' + read->authcid + '\0';
  again.append(password.begin(), password.end());
  return again == std::string(message.begin(), message.end());
}

// Names and passwords of a message are what LOGIN would take alone.
inline bool law_plain_parts_are_prepared(Octets message) {
  const auto read = read_plain(message);
  return !read ||
         (is_prepared(octets(read->authcid)) &&
          is_prepared(read->password.octets()) &&
          (read->authzid.empty() || is_prepared(octets(read->authzid))));
}

}  // namespace postkeep::auth
