// The laws of smtp/capability.h and smtp/enhanced_code.h. Each returns true
// when it holds.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "base/octets.h"
#include "smtp/capability.h"
#include "smtp/enhanced_code.h"

namespace postkeep::smtp {

// The oracles: the bare rules of grammar/rfc5321_ehlo.rl and
// grammar/rfc3463_status_code.rl (proptests/smtp/capability_reference.rl).
bool reference_accepts_ehlo_line(Octets whole);
bool reference_accepts_status_text(Octets whole);

inline std::string_view line_of(Octets octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

inline bool law_ehlo_reader_agrees_with_grammar(Octets line) {
  EhloLineReader reader;
  return reader.read(line_of(line)) == reference_accepts_ehlo_line(line);
}

// The words, put together again with one space between them, say the same; no
// octet is lost and none comes from elsewhere.
inline bool law_ehlo_line_is_its_words(Octets line) {
  EhloLineReader reader;
  if (!reader.read(line_of(line))) return true;
  std::string again = reader.keyword();
  std::size_t octets_count = again.size();
  for (const std::string& each : reader.parameters()) {
    again += ' ' + each;
    octets_count += each.size();
  }
  const auto spaces = static_cast<std::size_t>(
      std::ranges::count(line, static_cast<Octet>(' ')));
  EhloLineReader second;
  return octets_count + spaces == line.size() && second.read(again) &&
         second.keyword() == reader.keyword() &&
         second.parameters() == reader.parameters();
}

// Lines that offer nothing change nothing, wherever they stand.
inline bool law_unknown_lines_offer_nothing(const Reply& reply) {
  Reply more = reply;
  more.lines.insert(more.lines.begin() + 1, "X-UNKNOWN 8BITMIME");
  more.lines.insert(more.lines.begin() + 1, "\t");
  more.lines.emplace_back("");
  return read_capabilities(more) == read_capabilities(reply);
}

inline bool law_status_reader_agrees_with_grammar(Octets text) {
  EnhancedCodeReader reader;
  return reader.read(line_of(text)).has_value() ==
         reference_accepts_status_text(text);
}

inline bool law_status_written_then_read_is_identity(Octets text) {
  EnhancedCodeReader reader;
  const auto code = reader.read(line_of(text));
  if (!code) return true;
  EnhancedCodeReader second;
  return second.read(write(*code)) == code;
}

}  // namespace postkeep::smtp
