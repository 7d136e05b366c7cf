#include "imap/resync.h"

#include <algorithm>
#include <cstdint>

namespace postkeep::imap {
namespace {

// Appends UIDs to ascending ranges.
void add(std::vector<SequenceRange>& ranges, store::Uid first,
         store::Uid last) {
  if (first > last) return;
  if (!ranges.empty() && ranges.back().last == first - 1) {
    ranges.back().last = last;
  } else {
    ranges.push_back({first, last});
  }
}

// What of `range` is not among `there`, ascending.
void add_gaps(std::vector<SequenceRange>& result, SequenceRange range,
              std::span<const store::Message> there) {
  auto next =
      std::ranges::lower_bound(there, range.first, {}, &store::Message::uid);
  store::Uid from = range.first;
  for (; next != there.end() && next->uid <= range.last; ++next) {
    if (next->uid > from) add(result, from, next->uid - 1);
    // No UID is above 2^32 - 1; the last one ends the range.
    if (next->uid == range.last) return;
    from = next->uid + 1;
  }
  add(result, from, range.last);
}

// `range` as written may go down.
SequenceRange upwards(SequenceRange range) {
  return {std::min(range.first, range.last), std::max(range.first, range.last)};
}

// Within one stretch of numbers and UIDs that both count up by one: since UIDs
// grow at least as fast as numbers, those that match are the last of those
// whose UID is not too high. Returns the highest.
store::Uid match_in(std::uint64_t number, std::uint64_t uid,
                    std::uint64_t count, std::span<const store::Uid> there) {
  if (number > there.size()) return 0;
  count = std::min<std::uint64_t>(count, there.size() - number + 1);
  const auto uids = there.subspan(static_cast<std::size_t>(number - 1),
                                  static_cast<std::size_t>(count));
  std::size_t low = 0;
  std::size_t high = uids.size();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (uids[middle] <= uid + middle) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low > 0 && uids[low - 1] == uid + low - 1 ? uids[low - 1] : 0;
}

}  // namespace

std::vector<SequenceRange> missing_of(const Known& known, store::Folder& folder,
                                      const SessionView& view) {
  std::vector<SequenceRange> missing;
  if (const auto expunged = folder.expunged_since(known.since)) {
    for (const store::Uid uid : *expunged) {
      if (has(known.uids, uid)) add(missing, uid, uid);
    }
  } else {
    for (const SequenceRange& range : known.uids) {
      add_gaps(missing, range, folder.messages());
    }
  }
  std::vector<SequenceRange> result;
  for (const SequenceRange& range : missing) {
    if (range.last <= known.matched) continue;
    store::Uid from = std::max(range.first, known.matched + 1);
    for (const store::Uid waiting : view.gone_in(range.first, range.last)) {
      if (waiting < from) continue;
      if (waiting > from) add(result, from, waiting - 1);
      from = waiting + 1;
    }
    add(result, from, range.last);
  }
  return result;
}

store::Uid last_match(std::span<const SequenceRange> numbers,
                      std::span<const SequenceRange> uids,
                      std::span<const store::Uid> there) {
  store::Uid last = 0;
  std::uint64_t number_done = 0;
  std::uint64_t uid_done = 0;
  while (!numbers.empty() && !uids.empty()) {
    const SequenceRange number = upwards(numbers.front());
    const SequenceRange uid = upwards(uids.front());
    const std::uint64_t numbers_left =
        std::uint64_t{number.last} - number.first + 1 - number_done;
    const std::uint64_t uids_left =
        std::uint64_t{uid.last} - uid.first + 1 - uid_done;
    const std::uint64_t count = std::min(numbers_left, uids_left);
    last = std::max(last, match_in(number.first + number_done,
                                   uid.first + uid_done, count, there));
    number_done += count;
    uid_done += count;
    if (count == numbers_left) {
      numbers = numbers.subspan(1);
      number_done = 0;
    }
    if (count == uids_left) {
      uids = uids.subspan(1);
      uid_done = 0;
    }
  }
  return last;
}

std::vector<SequenceRange> known_uids(const SequenceSet& set,
                                      store::Uid uid_next) {
  std::vector<SequenceRange> ranges = resolve(set, uid_next - 1);
  std::erase_if(ranges, [uid_next](const SequenceRange& range) {
    return range.first >= uid_next;
  });
  if (!ranges.empty()) {
    ranges.back().last = std::min(ranges.back().last, uid_next - 1);
  }
  return ranges;
}

}  // namespace postkeep::imap
