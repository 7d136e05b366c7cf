// The laws of store/rename_record.h. Said once, here; tried on generated
// values by proptests/, on mutated octets by fuzz/ and on every file of
// corpus/store_rename_record. Each law returns true when it holds.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "base/octets.h"
#include "store/folder_name.h"
#include "store/rename_record.h"

namespace postkeep::store {

inline bool law_renames_are_read_back(std::span<const FolderRename> renames) {
  const auto read = read_rename_record(write(renames));
  return read && std::ranges::equal(*read, renames);
}

// What is read is what a writer wrote, and names nothing but mailboxes.
inline bool law_renames_are_written_back(Octets octets) {
  const auto read = read_rename_record(octets);
  if (!read) return true;
  const bool are_mailboxes = std::ranges::all_of(*read, [](const auto& one) {
    return mailbox_of_directory(one.from) && mailbox_of_directory(one.to);
  });
  return are_mailboxes && std::ranges::equal(write(*read), octets);
}

}  // namespace postkeep::store
