// The laws of store/state_file.h. Each returns true when it holds.
#pragma once

#include <algorithm>
#include <string>

#include "sim/sim_disk.h"
#include "store/state_file.h"

namespace postkeep::store {

// What is written is read back, also with older octets behind it.
inline bool law_state_is_read_back(const StateSlot& slot) {
  auto octets = write(slot);
  if (octets.size() > state_slot_octets) return false;
  if (read_state_slot(octets) != slot) return false;
  octets.resize(state_slot_octets, 0x5A);
  return read_state_slot(octets) == slot;
}

// What is read is what a writer wrote: written again it is the same octets.
inline bool law_state_is_written_back(Octets octets) {
  const auto slot = read_state_slot(octets);
  if (!slot) return true;
  const auto again = write(*slot);
  return again.size() <= octets.size() &&
         std::equal(again.begin(), again.end(), octets.begin());
}

// Whatever a state file holds, what is counted on from never goes back: a
// state that is read is one of the slots, or one further on.
inline bool law_damage_never_counts_back(Octets file) {
  sim::SimDisk disk;
  const auto made = disk.open(disk.root(), state_file_name, Open::write_create);
  if (!made || !disk.write(*made, 0, file)) return false;
  disk.close(*made);
  FolderState state;
  const auto found = StateFile(disk).read(disk.root(), state);
  if (!found) return false;
  if (*found != StateFile::Found::whole &&
      *found != StateFile::Found::in_part) {
    return true;
  }
  std::uint64_t highest = 0;
  for (std::size_t at = 0; at < file.size() && at < 3 * state_slot_octets;
       at += state_slot_octets) {
    const auto slot = read_state_slot(
        file.subspan(at, std::min(state_slot_octets, file.size() - at)));
    if (slot && slot->state.uid_validity == state.uid_validity) {
      highest = std::max(highest, slot->sequence);
      if (slot->state == state) return true;
    }
  }
  return highest > 0 && !state.clean;
}

}  // namespace postkeep::store
