#include "store/state_file.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "base/checksum.h"

namespace postkeep::store {
namespace {

constexpr std::array<Octet, 7> magic{'p', 'k', 's', 't', 'a', 't', 'e'};
constexpr Octet version_usual = 1;
constexpr Octet version_taking_over = 2;
constexpr std::size_t length_at = magic.size() + 1;
constexpr std::size_t head_octets = length_at + 2;
constexpr std::size_t checksum_octets = 4;

class FieldWriter {
 public:
  void number(std::uint64_t value, std::size_t octets) {
    for (std::size_t n = 0; n < octets; ++n) {
      out_.push_back(static_cast<Octet>(value >> (8 * n)));
    }
  }
  void text(std::string_view value) {
    number(value.size(), 1);
    out_.insert(out_.end(), value.begin(), value.end());
  }
  std::vector<Octet>& octets() { return out_; }

 private:
  std::vector<Octet> out_;
};

// Once it has run out of octets it gives zeros and says so.
class FieldReader {
 public:
  explicit FieldReader(Octets octets) : rest_(octets) {}
  std::uint64_t number(std::size_t octets) {
    const Octets field = take(octets);
    std::uint64_t value = 0;
    for (std::size_t n = 0; n < field.size(); ++n) {
      value |= std::uint64_t{field[n]} << (8 * n);
    }
    return value;
  }
  std::string text(std::size_t octets_max) {
    const std::size_t size = number(1);
    if (size > octets_max) whole_ = false;
    const Octets field = take(whole_ ? size : 0);
    return {field.begin(), field.end()};
  }
  void must(bool holds) { whole_ = whole_ && holds; }
  [[nodiscard]] bool whole() const { return whole_; }
  [[nodiscard]] Octets rest() const { return rest_; }

 private:
  Octets take(std::size_t octets) {
    if (octets > rest_.size()) whole_ = false;
    const Octets field = rest_.first(std::min(octets, rest_.size()));
    rest_ = rest_.subspan(field.size());
    return field;
  }
  Octets rest_;
  bool whole_ = true;
};

bool holds_invariants(const FolderState& state) {
  if (state.uid_validity == 0 || state.uid_next == 0) return false;
  if (state.uid_next > state.uid_reserved || state.uid_reserved > uid_end) {
    return false;
  }
  if (state.modification_next == 0 ||
      state.modification_next > state.modification_reserved ||
      state.modification_reserved > modification_sequence_end) {
    return false;
  }
  if (state.taking_over == 0 ? state.taking_over_below != 0
                             : state.taking_over_below == 0 ||
                                   state.taking_over_below > state.uid_next) {
    return false;
  }
  return !state.clean ||
         (state.uid_next == state.uid_reserved &&
          state.modification_next == state.modification_reserved);
}

// The first state goes into the second slot, and is flushed before the next.
StateFile::Found found_without_state(Octets file) {
  const auto is_zero = [](Octet octet) { return octet == 0; };
  if (std::ranges::all_of(file, is_zero)) return StateFile::Found::none;
  const std::size_t end = std::min(file.size(), 2 * state_slot_octets);
  const bool only_first =
      end > state_slot_octets &&
      std::ranges::all_of(file.first(state_slot_octets), is_zero) &&
      std::ranges::all_of(file.subspan(end), is_zero);
  return only_first ? StateFile::Found::begun : StateFile::Found::damaged;
}

// Each damaged slot may have held a state that was further ahead by the most
// that is reserved at once.
void leave_out_numbers(FolderState& state, std::uint64_t slots) {
  const auto past = [&](std::uint64_t reserved, std::uint64_t end) {
    return std::min<std::uint64_t>(reserved + slots * reservation_max, end);
  };
  state.uid_reserved = past(state.uid_reserved, uid_end);
  state.modification_reserved =
      past(state.modification_reserved, modification_sequence_end);
  state.clean = false;
}

}  // namespace

std::vector<Octet> write(const StateSlot& slot) {
  const FolderState& state = slot.state;
  PK_CHECK(holds_invariants(state));
  PK_CHECK(state.keywords.size() <= folder_keywords_max);
  FieldWriter out;
  for (const Octet octet : magic) out.number(octet, 1);
  const bool is_usual = state.taking_over == 0;
  out.number(is_usual ? version_usual : version_taking_over, 1);
  out.number(0, 2);  // The length, below.
  out.number(slot.sequence, 8);
  out.number(state.folder, 8);
  out.number(state.uid_validity, 4);
  out.number(state.uid_next, 8);
  out.number(state.uid_reserved, 8);
  out.number(state.modification_next, 8);
  out.number(state.modification_reserved, 8);
  out.number(state.clean ? 1 : 0, 1);
  out.number(state.index_stamp, 8);
  out.number(state.uid_flushed, 8);
  out.number(state.uid_settled, 8);
  out.number(state.uid_validity_last, 4);
  PK_CHECK(state.special_use.size() <= special_use_octets_max);
  out.text(state.special_use);
  out.number(state.keywords.size(), 1);
  for (const std::string& keyword : state.keywords) {
    PK_CHECK(keyword.size() <= keyword_octets_max);
    out.text(keyword);
  }
  if (!is_usual) {
    out.number(state.taking_over, 1);
    out.number(state.taking_over_below, 8);
  }
  std::vector<Octet>& octets = out.octets();
  const std::size_t length = octets.size() + checksum_octets;
  PK_CHECK(length <= state_slot_octets);
  octets[length_at] = static_cast<Octet>(length);
  octets[length_at + 1] = static_cast<Octet>(length >> 8);
  out.number(crc32c(octets), checksum_octets);
  return std::move(octets);
}

std::optional<StateSlot> read_state_slot(Octets octets) {
  if (octets.size() < head_octets + checksum_octets ||
      !std::ranges::equal(octets.first(magic.size()), magic)) {
    return std::nullopt;
  }
  const Octet version = octets[magic.size()];
  if (version != version_usual && version != version_taking_over) {
    return std::nullopt;
  }
  const std::size_t length =
      octets[length_at] | std::size_t{octets[length_at + 1]} << 8;
  if (length < head_octets + checksum_octets || length > octets.size() ||
      length > state_slot_octets) {
    return std::nullopt;
  }
  const Octets covered = octets.first(length - checksum_octets);
  FieldReader checksum(octets.subspan(covered.size(), checksum_octets));
  if (checksum.number(checksum_octets) != crc32c(covered)) return std::nullopt;
  FieldReader in(covered.subspan(head_octets));
  StateSlot slot;
  FolderState& state = slot.state;
  slot.sequence = in.number(8);
  state.folder = in.number(8);
  state.uid_validity = static_cast<std::uint32_t>(in.number(4));
  state.uid_next = in.number(8);
  state.uid_reserved = in.number(8);
  state.modification_next = in.number(8);
  state.modification_reserved = in.number(8);
  const std::uint64_t clean = in.number(1);
  state.clean = clean == 1;
  state.index_stamp = in.number(8);
  state.uid_flushed = in.number(8);
  state.uid_settled = in.number(8);
  state.uid_validity_last = static_cast<std::uint32_t>(in.number(4));
  state.special_use = in.text(special_use_octets_max);
  const std::uint64_t keywords = in.number(1);
  in.must(keywords <= folder_keywords_max);
  for (std::uint64_t n = 0; in.whole() && n < keywords; ++n) {
    state.keywords.push_back(in.text(keyword_octets_max));
  }
  if (version == version_taking_over) {
    state.taking_over = static_cast<std::uint8_t>(in.number(1));
    state.taking_over_below = in.number(8);
    in.must(state.taking_over != 0);
  }
  in.must(clean <= 1 && holds_invariants(state));
  in.must(in.rest().empty());
  if (!in.whole()) return std::nullopt;
  return slot;
}

StateFile::~StateFile() {
  if (file_ != FileHandle::none) disk_.close(file_);
}

DiskResult<> StateFile::open(DirectoryHandle directory, Open how) {
  if (file_ != FileHandle::none) return {};
  const auto file = disk_.open(directory, state_file_name, how);
  if (!file) return std::unexpected(file.error());
  file_ = *file;
  return {};
}

DiskResult<StateFile::Found> StateFile::read(DirectoryHandle directory,
                                             FolderState& state) {
  if (const auto opened = open(directory, Open::write); !opened) {
    if (opened.error() == Trouble::not_found) return Found::none;
    return std::unexpected(opened.error());
  }
  std::array<Octet, state_slots * state_slot_octets> room{};
  const auto got = disk_.read(file_, 0, room);
  if (!got) return std::unexpected(got.error());
  const Octets there = Octets{room}.first(*got);
  std::optional<StateSlot> newest;
  std::uint64_t damaged = 0;
  for (std::size_t at = 0; at < there.size(); at += state_slot_octets) {
    const Octets octets =
        there.subspan(at, std::min(state_slot_octets, there.size() - at));
    auto slot = read_state_slot(octets);
    const bool is_damaged =
        !slot && std::ranges::any_of(octets, [](Octet o) { return o != 0; });
    damaged += is_damaged ? 1U : 0U;
    if (slot && (!newest || slot->sequence > newest->sequence)) {
      newest = std::move(slot);
    }
  }
  if (!newest) return found_without_state(there);
  last_may_be_lost_ = true;
  // The first write was flushed, with the file's name, before the second.
  name_durable_ = newest->sequence > 1;
  sequence_ = newest->sequence;
  state = std::move(newest->state);
  if (damaged == 0) return Found::whole;
  leave_out_numbers(state, damaged);
  return Found::in_part;
}

DiskResult<> StateFile::write(DirectoryHandle directory,
                              const FolderState& state, bool flush) {
  if (const auto opened = open(directory, Open::write_create); !opened) {
    return opened;
  }
  const std::uint64_t sequence = sequence_ + 1;
  const std::vector<Octet> slot = store::write(StateSlot{sequence, state});
  const std::uint64_t at = sequence % state_slots * state_slot_octets;
  if (const auto ok = disk_.write(file_, at, slot); !ok) return ok;
  sequence_ = sequence;
  if (!flush && !last_may_be_lost_) {
    last_may_be_lost_ = true;
    return {};
  }
  if (const auto ok = disk_.flush(file_); !ok) {
    return std::unexpected(Trouble::input_output);
  }
  last_may_be_lost_ = false;
  if (name_durable_) return {};
  if (const auto ok = disk_.flush_directory(directory); !ok) {
    return std::unexpected(Trouble::input_output);
  }
  name_durable_ = true;
  return {};
}

}  // namespace postkeep::store
