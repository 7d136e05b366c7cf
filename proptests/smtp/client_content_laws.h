// The laws of smtp/dot_stuffer.h and smtp/content_facts.h. Each returns true
// when it holds.
#pragma once

#include <algorithm>
#include <string>

#include "base/octets.h"
#include "smtp/content_facts.h"
#include "smtp/data_laws.h"
#include "smtp/dot_stuffer.h"

namespace postkeep::smtp {

inline std::string stuffed(Octets content, std::size_t piece) {
  DotStuffer stuffer;
  std::string wire;
  while (!content.empty()) {
    const Octets head = content.first(std::min(piece, content.size()));
    stuffer.append(head, wire);
    content = content.subspan(head.size());
  }
  stuffer.end(wire);
  return wire;
}

inline ContentFacts facts_of(Octets content, std::size_t piece) {
  ContentScan scan;
  while (!content.empty()) {
    const Octets head = content.first(std::min(piece, content.size()));
    scan.read(head);
    content = content.subspan(head.size());
  }
  return scan.facts();
}

// Whoever reads what was stuffed has what was given, with the line end that
// SMTP cannot do without, and nothing is left over.
inline bool law_stuffed_then_read_is_identity(Octets content) {
  const ContentFacts facts = facts_of(content, content.size() + 1);
  if (!facts.is_text) return true;  // It is never sent.
  const std::string wire = stuffed(content, content.size() + 1);
  const DataOutcome read = read_data(octets(wire), wire.size());
  std::string wanted{content.begin(), content.end()};
  if (!facts.ends_with_crlf) wanted += "\r\n";
  return read.complete && read.octets_left == 0 && read.text == wanted;
}

inline bool law_stuffing_cuts_do_not_matter(Octets content) {
  return stuffed(content, 1) == stuffed(content, content.size() + 1);
}

inline bool law_scan_cuts_do_not_matter(Octets content) {
  return facts_of(content, 1) == facts_of(content, content.size() + 1);
}

// Said once more, octet by octet and slowly.
inline bool law_scan_is_what_it_says(Octets content) {
  ContentFacts slow;
  std::uint64_t line = 0;
  for (std::size_t i = 0; i < content.size(); ++i) {
    const bool cr_before = i > 0 && content[i - 1] == '\r';
    slow.octets += 1;
    line += 1;
    slow.line_octets_max = std::max(slow.line_octets_max, line);
    if (content[i] == '\n') line = 0;
    if (content[i] > 127) slow.is_eight_bit = true;
    if (content[i] == '\0') slow.is_text = false;
    if ((content[i] == '\n') != cr_before) slow.is_text = false;
    slow.ends_with_crlf = cr_before && content[i] == '\n';
  }
  if (!content.empty() && content.back() == '\r') slow.is_text = false;
  return slow == facts_of(content, content.size() + 1);
}

inline bool law_content(Octets content) {
  return law_stuffed_then_read_is_identity(content) &&
         law_stuffing_cuts_do_not_matter(content) &&
         law_scan_cuts_do_not_matter(content) &&
         law_scan_is_what_it_says(content);
}

}  // namespace postkeep::smtp
