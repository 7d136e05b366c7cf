#include "imap/sequence_set.h"

#include <algorithm>
#include <limits>

#include "base/check.h"

namespace postkeep::imap {
namespace {

constexpr std::uint32_t number_max = std::numeric_limits<std::uint32_t>::max();

// Ascending by first; those that touch become one.
std::vector<SequenceRange> joined(std::vector<SequenceRange> ranges) {
  std::ranges::sort(ranges, {}, &SequenceRange::first);
  std::vector<SequenceRange> result;
  for (const SequenceRange& range : ranges) {
    if (!result.empty() && (result.back().last == number_max ||
                            range.first <= result.back().last + 1)) {
      result.back().last = std::max(result.back().last, range.last);
    } else {
      result.push_back(range);
    }
  }
  return result;
}

}  // namespace

std::expected<SequenceSet, SequenceSetError> read_sequence_set(Octets whole) {
  return SequenceSetReader().read(whole);
}

std::expected<SequenceSet, SequenceSetError> SequenceSetReader::read(
    Octets whole) {
  const bool in_grammar = run(whole);
  if (error_) return std::unexpected(*error_);
  if (!in_grammar) return std::unexpected(SequenceSetError::outside_grammar);
  PK_CHECK(set_.saved_result == set_.ranges.empty());
  return std::move(set_);
}

bool SequenceSetReader::range_start() {
  if (set_.ranges.size() == sequence_ranges_max) {
    error_ = SequenceSetError::too_many_ranges;
    return false;
  }
  set_.ranges.push_back({sequence_star, sequence_star});
  in_last_ = false;
  return true;
}

void SequenceSetReader::last_start() {
  set_.ranges.back().last = sequence_star;
  in_last_ = true;
}

bool SequenceSetReader::digit(Octet octet) {
  SequenceRange& range = set_.ranges.back();
  const std::uint32_t value = octet - std::uint32_t{'0'};
  std::uint32_t& number = in_last_ ? range.last : range.first;
  if (number > (number_max - value) / 10) {
    error_ = SequenceSetError::number_too_large;
    return false;
  }
  number = number * 10 + value;
  if (!in_last_) range.last = number;
  return true;
}

void SequenceSetReader::saved_result() { set_.saved_result = true; }

std::vector<SequenceRange> resolve(const SequenceSet& set,
                                   std::uint32_t largest) {
  std::vector<SequenceRange> ranges;
  ranges.reserve(set.ranges.size());
  for (SequenceRange range : set.ranges) {
    const bool names_star =
        range.first == sequence_star || range.last == sequence_star;
    if (names_star && largest == 0) continue;
    if (range.first == sequence_star) range.first = largest;
    if (range.last == sequence_star) range.last = largest;
    // "4:2 and 2:4 are equivalent."
    if (range.first > range.last) std::swap(range.first, range.last);
    ranges.push_back(range);
  }
  return joined(std::move(ranges));
}

std::vector<SequenceRange> ranges_of(std::span<const std::uint32_t> ascending) {
  std::vector<SequenceRange> result;
  for (const std::uint32_t number : ascending) {
    if (!result.empty() && result.back().last + 1 == number) {
      result.back().last = number;
    } else {
      result.push_back({number, number});
    }
  }
  return result;
}

bool has(std::span<const SequenceRange> resolved, std::uint32_t number) {
  const auto after =
      std::ranges::upper_bound(resolved, number, {}, &SequenceRange::first);
  return after != resolved.begin() && std::prev(after)->last >= number;
}

std::string write(std::span<const SequenceRange> ranges) {
  const auto text = [](std::uint32_t number) {
    return number == sequence_star ? std::string("*") : std::to_string(number);
  };
  std::string wire;
  for (const SequenceRange& range : ranges) {
    if (!wire.empty()) wire += ',';
    wire += text(range.first);
    if (range.last != range.first) wire += ':' + text(range.last);
  }
  return wire;
}

std::string_view name(SequenceSetError error) {
  switch (error) {
    case SequenceSetError::outside_grammar: return "outside_grammar";
    case SequenceSetError::number_too_large: return "number_too_large";
    case SequenceSetError::too_many_ranges: return "too_many_ranges";
  }
  check_failed("SequenceSetError holds one of its enumerators", __FILE__,
               __LINE__);
}

}  // namespace postkeep::imap
