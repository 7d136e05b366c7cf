// The laws of imap/sequence_set.h. Said once, here; tried on examples by
// tests/, on generated values by proptests/, on mutated octets by fuzz/ and on
// every file of corpus/imap_sequence_set. Each returns true when it holds.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "base/automaton_cover.h"
#include "base/octets.h"
#include "imap/sequence_set.h"

namespace postkeep::imap {

// The oracle: proptests/imap/sequence_set_reference.rl.
bool reference_accepts_sequence_set(Octets whole);
Automaton sequence_set_automaton();

// Only numbers above 32 bits and too many ranges are refused beside what the
// grammar refuses.
inline bool law_set_reader_agrees_with_grammar(Octets whole) {
  const auto set = read_sequence_set(whole);
  const bool outside = !set && set.error() == SequenceSetError::outside_grammar;
  // An error of value is found first; the rest of the text is not read then.
  if (!set && !outside) return true;
  return reference_accepts_sequence_set(whole) == set.has_value();
}

// A set that was read is written and read again without change.
inline bool law_set_write_then_read_is_identity(const SequenceSet& set) {
  if (set.saved_result) return set.ranges.empty();
  const auto again = read_sequence_set(octets(write(set.ranges)));
  return again && *again == set;
}

// Ascending, disjoint, not adjacent.
inline bool law_resolved_is_normal(const SequenceSet& set,
                                   std::uint32_t largest) {
  const auto ranges = resolve(set, largest);
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    if (ranges[i].first == 0 || ranges[i].first > ranges[i].last) return false;
    if (i > 0 && std::uint64_t{ranges[i - 1].last} + 1 >= ranges[i].first)
      return false;
  }
  return true;
}

// RFC 9051 section 9, word for word: whether `number` belongs to `set`.
inline bool belongs(const SequenceSet& set, std::uint32_t largest,
                    std::uint32_t number) {
  return std::ranges::any_of(set.ranges, [&](const SequenceRange& range) {
    const bool star =
        range.first == sequence_star || range.last == sequence_star;
    if (star && largest == 0) return false;
    const std::uint32_t a = range.first == 0 ? largest : range.first;
    const std::uint32_t b = range.last == 0 ? largest : range.last;
    return std::min(a, b) <= number && number <= std::max(a, b);
  });
}

// Resolving changes the form, not what belongs to the set.
inline bool law_resolved_has_the_same(const SequenceSet& set,
                                      std::uint32_t largest,
                                      std::uint32_t number) {
  return has(resolve(set, largest), number) == belongs(set, largest, number);
}

}  // namespace postkeep::imap
