// The state of a folder: what must never be lost or counted back, in one small
// file beside the messages.
//
// Here:      FolderState, its codec, and StateFile, which keeps it on the disk.
// Not here:  who counts (store/maildir_folder.h).
// Grammar:   none; a binary format of our own, below.
// Laws:      proptests/store/state_file_laws.h: read(write(state)) is state; no
//            octets make a state that was not written, but for the checksum's
//            one in 2^32.
//
// Three slots of 4,096 octets are written in turn; the highest sequence number
// counts. A write that is not flushed (the mark of a clean stop) is followed
// by one that is, so that one of the two slots that are not being written is
// always whole on the disk. A slot:
//   octets 0..7    "pkstate" and the version: 2 while the UIDs of another
//                  server are being taken over, else 1, which lacks those
//                  fields
//   8..9           how many octets count; numbers are little-endian
//   10..17         sequence number
//   18..           the fields of FolderState in their order
//   the last 4     CRC-32C of all before
// What follows is of older states, and is not looked at.
//
// When a slot is damaged and not empty, that may have been a write that no one
// was told of, or the newest state, rotten: as many numbers are left out as
// that state can have been ahead. When all are damaged or the file is gone the
// folder is new: another id, another UIDVALIDITY, and all messages get new
// UIDs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/disk.h"
#include "store/maildir_name.h"

namespace postkeep::store {

inline constexpr std::size_t state_slot_octets = 4096;
inline constexpr std::size_t state_slots = 3;
inline constexpr std::size_t special_use_octets_max = 64;
// Numbers are taken from the disk in blocks of so many.
inline constexpr std::uint32_t reservation_block = 1024;
inline constexpr std::uint32_t reservation_max = 16'384;
inline constexpr std::string_view state_file_name = "postkeep-state";
// The first UID that there is not, and the bound of RFC 7162's 63 bits.
inline constexpr std::uint64_t uid_end = std::uint64_t{1} << 32;
inline constexpr std::uint64_t modification_sequence_end = std::uint64_t{1}
                                                           << 63;

// Invariants: 0 < uid_next <= uid_reserved <= uid_end, the same for the
// modification sequences; when clean they are equal; taking_over_below is 0
// when nothing is taken over, else not 0 nor above uid_next; at most
// folder_keywords_max keywords of at most keyword_octets_max octets.
struct FolderState {
  FolderId folder = 0;
  std::uint32_t uid_validity = 0;
  // The next number when clean. Otherwise every number below what is reserved
  // may have been given away.
  std::uint64_t uid_next = 1;
  std::uint64_t uid_reserved = 1;
  ModificationSequence modification_next = 2;
  ModificationSequence modification_reserved = 2;
  bool clean = true;
  // What the index wrote when it last agreed with this folder.
  std::uint64_t index_stamp = 0;
  // Every message below it has been flushed.
  std::uint64_t uid_flushed = 1;
  // No delivery below it will be repeated by the spool.
  std::uint64_t uid_settled = 1;
  // In INBOX's alone: the highest UIDVALIDITY in the tree so far.
  std::uint32_t uid_validity_last = 0;
  std::string special_use;
  std::vector<std::string> keywords;
  // The server whose list has the UIDs of those messages that have no number
  // of ours yet; 0: none. All of its UIDs are below taking_over_below.
  std::uint8_t taking_over = 0;
  std::uint64_t taking_over_below = 0;
  bool operator==(const FolderState&) const = default;
};

struct StateSlot {
  std::uint64_t sequence = 0;
  FolderState state;
  bool operator==(const StateSlot&) const = default;
};

// At most state_slot_octets.
[[nodiscard]] std::vector<Octet> write(const StateSlot& slot);
// Of octets that begin with a slot.
[[nodiscard]] std::optional<StateSlot> read_state_slot(Octets octets);

class StateFile {
 public:
  enum class Found : std::uint8_t {
    whole,
    in_part,  // A slot is damaged: numbers were left out.
    none,     // No file, or an empty one.
    begun,    // The first state, torn: nobody was ever told of it.
    damaged,
  };

  explicit StateFile(Disk& disk) : disk_(disk) {}
  ~StateFile();
  StateFile(const StateFile&) = delete;
  StateFile& operator=(const StateFile&) = delete;

  // Reads the file in `directory`. `state` is set when whole or in_part.
  [[nodiscard]] DiskResult<Found> read(DirectoryHandle directory,
                                       FolderState& state);
  // Writes a state. With `flush` it is durable on return, its name too. A
  // state that takes numbers (not clean) is always to be flushed.
  [[nodiscard]] DiskResult<> write(DirectoryHandle directory,
                                   const FolderState& state, bool flush);

 private:
  [[nodiscard]] DiskResult<> open(DirectoryHandle directory, Open how);

  Disk& disk_;
  FileHandle file_ = FileHandle::none;
  std::uint64_t sequence_ = 0;
  bool name_durable_ = false;
  bool last_may_be_lost_ = false;
};

}  // namespace postkeep::store
