// The laws of store/folder_name.h. Each returns true when it holds.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "store/folder_name.h"
#include "store/maildir_name.h"

namespace postkeep::store {

// A directory's name is one component of printable ASCII that leads nowhere
// else, and says which mailbox it is.
inline bool law_mailboxes_have_one_directory(std::string_view mailbox) {
  const auto directory = directory_name(mailbox);
  const auto canonical = canonical_mailbox(mailbox);
  if (!directory) return true;
  if (!canonical) return false;
  if (directory->empty()) return *canonical == "INBOX";
  const bool is_plain = std::ranges::all_of(
      *directory, [](char c) { return c >= ' ' && c <= '~' && c != '/'; });
  return is_plain && directory->size() >= 2 && directory->front() == '.' &&
         *directory != ".." && directory->size() <= file_name_octets_max &&
         directory->find("..") == std::string::npos &&
         mailbox_of_directory(*directory) == *canonical;
}

// Two directories are never one mailbox: what is read is written again.
inline bool law_directories_are_one_mailbox(std::string_view directory) {
  const auto mailbox = mailbox_of_directory(directory);
  if (!mailbox) return true;
  return *mailbox != "INBOX" && canonical_mailbox(*mailbox) == *mailbox &&
         directory_name(*mailbox) == directory;
}

// A canonical name is its own canonical name.
inline bool law_canonical_is_canonical(std::string_view mailbox) {
  const auto once = canonical_mailbox(mailbox);
  if (!once) return true;
  return canonical_mailbox(*once) == *once && once->size() == mailbox.size();
}

}  // namespace postkeep::store
