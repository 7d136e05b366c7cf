// The laws of the notes of mbox/spool_file.h. Each returns true when it holds.
#pragma once

#include <cstddef>
#include <vector>

#include "base/octets.h"
#include "mbox/spool_file.h"

namespace postkeep::mbox {

// What is read is bounded, and read the same when it is written again.
inline bool law_note_is_written_back(Octets slot) {
  const auto note = read_drop_note(slot);
  if (!note) return true;
  return slot.size() == drop_slot_octets && note->done.size() <= drop_ids_max &&
         read_drop_note(write(*note)) == note;
}

// A note with one octet changed, anywhere, is none: the other slot counts.
inline bool law_changed_note_is_none(Octets slot, std::size_t where) {
  if (!read_drop_note(slot)) return true;
  std::vector<Octet> changed(slot.begin(), slot.end());
  changed[where * 2654435761U % changed.size()] ^= Octet{1};
  return !read_drop_note(changed);
}

}  // namespace postkeep::mbox
