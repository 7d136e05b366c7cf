// Sequence sets: message numbers or UIDs as a command names them (RFC 9051
// section 9, sequence-set).
//
// Here:      the SequenceSet value, read_sequence_set(), resolve(), has().
// Not here:  which messages those are in a mailbox (the session knows).
// Grammar:   grammar/rfc9051_sequence_set.rl, rule sequence_set.
// Laws:      proptests/imap/sequence_set_laws.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/octets.h"

namespace postkeep::imap {

// RFC 9051 section 9 sets no bound. A line of 1 MiB, the longest that an
// operator may allow, cannot hold more than this many either.
inline constexpr std::size_t sequence_ranges_max = 512UL * 1024;

// "*", the largest number in use. No nz-number is 0.
inline constexpr std::uint32_t sequence_star = 0;

// One seq-number (first == last) or seq-range, either end may be "*".
struct SequenceRange {
  std::uint32_t first = 1;
  std::uint32_t last = 1;
  bool operator==(const SequenceRange&) const = default;
};

// Invariant: either saved_result, or at least one range.
struct SequenceSet {
  std::vector<SequenceRange> ranges;  // As written: any order, may overlap.
  bool saved_result = false;          // "$": what SEARCH RETURN (SAVE) kept.
  bool operator==(const SequenceSet&) const = default;
};

enum class SequenceSetError : std::uint8_t {
  outside_grammar,
  number_too_large,  // Not an unsigned 32-bit integer.
  too_many_ranges,
};

[[nodiscard]] std::string_view name(SequenceSetError error);

// `whole` is a sequence-set and nothing else.
[[nodiscard]] std::expected<SequenceSet, SequenceSetError> read_sequence_set(
    Octets whole);

// One set; used once.
class SequenceSetReader {
 public:
  [[nodiscard]] std::expected<SequenceSet, SequenceSetError> read(Octets whole);

 private:
  // imap/sequence_set.rl: the machine. Whether `whole` is in the grammar.
  bool run(Octets whole);

  // Its actions, in imap/sequence_set.cc. False stops the machine.
  bool range_start();
  void last_start();
  bool digit(Octet octet);
  void saved_result();

  SequenceSet set_;
  bool in_last_ = false;
  std::optional<SequenceSetError> error_;
};

// Ascending, disjoint, not adjacent ranges, each with 1 <= first <= last.
// `largest` is what "*" means: the largest number or UID in use, which also
// belongs to "n:*" when n is above it. With `largest` 0 (an empty mailbox)
// ranges that name "*" are left out. Numbers above `largest` are kept.
[[nodiscard]] std::vector<SequenceRange> resolve(const SequenceSet& set,
                                                 std::uint32_t largest);

// The same form for numbers that are there already: ascending, no duplicates.
[[nodiscard]] std::vector<SequenceRange> ranges_of(
    std::span<const std::uint32_t> ascending);

// Whether a resolved set holds `number`; logarithmic.
[[nodiscard]] bool has(std::span<const SequenceRange> resolved,
                       std::uint32_t number);

// The octets of a set that is not saved_result; "2,4:7,12:*".
[[nodiscard]] std::string write(std::span<const SequenceRange> ranges);

}  // namespace postkeep::imap
