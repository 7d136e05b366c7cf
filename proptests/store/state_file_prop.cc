// The laws of store/state_file.h on generated values.
#include <rapidcheck.h>

#include <string>
#include <vector>

#include "store/state_file_laws.h"

using namespace postkeep;
using namespace postkeep::store;

namespace {

StateSlot slot() {
  StateSlot slot;
  FolderState& state = slot.state;
  slot.sequence = *rc::gen::arbitrary<std::uint64_t>();
  state.folder = *rc::gen::arbitrary<FolderId>();
  state.uid_validity = *rc::gen::inRange<std::uint32_t>(1, UINT32_MAX);
  state.uid_next = *rc::gen::inRange<std::uint64_t>(1, uid_end);
  state.uid_reserved = *rc::gen::inRange(state.uid_next, uid_end + 1);
  state.modification_next = *rc::gen::inRange<std::uint64_t>(1, 1U << 30);
  state.modification_reserved = *rc::gen::inRange<std::uint64_t>(
      state.modification_next, modification_sequence_end);
  state.clean = *rc::gen::arbitrary<bool>();
  if (state.clean) {
    state.uid_reserved = state.uid_next;
    state.modification_reserved = state.modification_next;
  }
  state.index_stamp = *rc::gen::arbitrary<std::uint64_t>();
  state.uid_flushed = *rc::gen::arbitrary<std::uint64_t>();
  state.uid_settled = *rc::gen::arbitrary<std::uint64_t>();
  state.uid_validity_last = *rc::gen::arbitrary<std::uint32_t>();
  const auto any = rc::gen::arbitrary<std::string>();
  state.special_use = (*any).substr(0, special_use_octets_max);
  const std::size_t count = *rc::gen::inRange<std::size_t>(0, 27);
  for (std::size_t n = 0; n < count; ++n) {
    state.keywords.push_back((*any).substr(0, keyword_octets_max));
  }
  state.taking_over = *rc::gen::inRange<std::uint8_t>(0, 3);
  if (state.taking_over != 0) {
    state.taking_over_below =
        *rc::gen::inRange<std::uint64_t>(1, state.uid_next + 1);
  }
  return slot;
}

}  // namespace

int main() {
  bool held = true;
  held &= rc::check("a state is read back",
                    [] { RC_ASSERT(law_state_is_read_back(slot())); });
  held &= rc::check("an octet that differs is seen", [] {
    auto octets = write(slot());
    const std::size_t at = *rc::gen::inRange<std::size_t>(0, octets.size());
    octets[at] ^= *rc::gen::inRange<Octet>(1, 255);
    RC_ASSERT(law_state_is_written_back(octets));
    RC_ASSERT(!read_state_slot(octets).has_value());
  });
  held &= rc::check("a short one is seen", [] {
    auto octets = write(slot());
    octets.resize(*rc::gen::inRange<std::size_t>(0, octets.size()));
    RC_ASSERT(!read_state_slot(octets).has_value());
  });
  return held ? 0 : 1;
}
