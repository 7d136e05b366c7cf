// The record of a RENAME of several folders: written before the first of them
// has its new name, so that what a power cut interrupts is completed at the
// next start.
//
// Here:      FolderRename, and the record of many of them.
// Not here:  who writes it and completes it (store/maildir_renames.cc).
// Grammar:   none; a binary format of our own, below.
// Laws:      proptests/store/rename_record_laws.h: what is written is read
//            back, and other octets are no record, but for the checksum's one
//            in 2^32; directories in it are those of mailboxes.
//
//   octets 0..7    "pkrename"
//   8..11          how many; numbers are little-endian
//   each           the folder's id (8), the old directory, the new one: a
//                  length (1) and so many octets
//   the last 4     CRC-32C of all before
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/octets.h"
#include "store/maildir_name.h"

namespace postkeep::store {

inline constexpr std::string_view rename_record_name = "postkeep-renames";
inline constexpr std::string_view rename_record_new_name =
    "postkeep-renames.new";
// More folders than this are not renamed at once.
inline constexpr std::size_t renames_max = 10'000;
// So many of the longest names.
inline constexpr std::size_t rename_record_octets_max =
    16 + renames_max * (8 + 2 * (1 + file_name_octets_max));

struct FolderRename {
  FolderId folder = 0;  // 0: it has no state yet.
  std::string from;     // Directories, of which each is a mailbox's.
  std::string to;
  bool operator==(const FolderRename&) const = default;
};

// At most renames_max.
[[nodiscard]] std::vector<Octet> write(std::span<const FolderRename> renames);
[[nodiscard]] std::optional<std::vector<FolderRename>> read_rename_record(
    Octets octets);

}  // namespace postkeep::store
