// The laws of imap/list_pattern.h. Said once, here; tried by tests/ and
// proptests/. Each returns true when it holds.
#pragma once

#include <string_view>

#include "imap/list_pattern.h"

namespace postkeep::imap {

// RFC 9051 section 6.3.9 as it is written, in exponential time: for short
// strings only. INBOX has no special case here.
inline bool matches_by_definition(std::string_view pattern,
                                  std::string_view name) {
  if (pattern.empty()) return name.empty();
  const char c = pattern.front();
  const std::string_view rest = pattern.substr(1);
  if (c != '*' && c != '%') {
    return !name.empty() && name.front() == c &&
           matches_by_definition(rest, name.substr(1));
  }
  if (matches_by_definition(rest, name)) return true;
  if (name.empty() || (c == '%' && name.front() == hierarchy_separator))
    return false;
  return matches_by_definition(pattern, name.substr(1));
}

inline bool law_pattern_matches_by_definition(std::string_view pattern,
                                              std::string_view name) {
  return ListPattern("", pattern).matches(name) ==
         matches_by_definition(pattern, name);
}

// A parent is a level above that the pattern matches, the highest of them.
inline bool law_matching_parent_is_one(std::string_view pattern,
                                       std::string_view name) {
  const std::string_view parent =
      ListPattern("", pattern).matching_parent(name);
  if (!parent.empty() &&
      (!name.starts_with(parent) || name[parent.size()] != hierarchy_separator))
    return false;
  for (std::size_t i = 1; i < name.size(); ++i) {
    if (name[i] != hierarchy_separator) continue;
    if (matches_by_definition(pattern, name.substr(0, i)))
      return parent == name.substr(0, i);
  }
  return parent.empty();
}

}  // namespace postkeep::imap
