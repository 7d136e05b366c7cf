// Which lines of a message look like From_ lines: mboxrd's quoting.
#pragma once

#include <string_view>

#include "base/octets.h"

namespace postkeep::mbox {

// Whether the line is "From " after any number of '>': it is written with one
// more. The number is the line's own: no bound is needed.
[[nodiscard]] inline bool is_quoted_or_from(Octets line) {
  constexpr std::string_view from = "From ";
  while (!line.empty() && line[0] == '>') line = line.subspan(1);
  return line.size() >= from.size() &&
         std::string_view{reinterpret_cast<const char*>(line.data()),
                          from.size()} == from;
}

}  // namespace postkeep::mbox
