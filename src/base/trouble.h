// Trouble: what the machine, the disk or the network could not do. A port
// returns it as a value; what it means for mail is decided by whoever asked.
#pragma once

#include <cstdint>
#include <string_view>

namespace postkeep {

enum class Trouble : std::uint8_t {
  no_space,       // ENOSPC, EDQUOT, EFBIG: nothing more fits.
  input_output,   // EIO and every failed flush: what was written may be lost.
  not_found,      // ENOENT.
  exists,         // EEXIST, ENOTEMPTY.
  not_permitted,  // EACCES, EPERM, EROFS, ELOOP (a link where none may be).
  descriptors,    // EMFILE, ENFILE: no descriptor is left.
  memory,         // ENOMEM.
  wrong_kind,     // A directory where a file is wanted, or the reverse.
  locked,         // Another process holds the lock.
  would_block,    // Nothing now; ask again when told.
  closed,         // The other side has gone.
  timed_out,      //
  unsupported,    // The kernel or the library cannot do that.
  malformed,      // What was read is not what was written here.
  other,
};

[[nodiscard]] constexpr std::string_view name(Trouble trouble) {
  switch (trouble) {
    case Trouble::no_space: return "no_space";
    case Trouble::input_output: return "input_output";
    case Trouble::not_found: return "not_found";
    case Trouble::exists: return "exists";
    case Trouble::not_permitted: return "not_permitted";
    case Trouble::descriptors: return "descriptors";
    case Trouble::memory: return "memory";
    case Trouble::wrong_kind: return "wrong_kind";
    case Trouble::locked: return "locked";
    case Trouble::would_block: return "would_block";
    case Trouble::closed: return "closed";
    case Trouble::timed_out: return "timed_out";
    case Trouble::unsupported: return "unsupported";
    case Trouble::malformed: return "malformed";
    case Trouble::other: break;
  }
  return "other";
}

}  // namespace postkeep
