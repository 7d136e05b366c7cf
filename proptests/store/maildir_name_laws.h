// The laws of store/maildir_name.h. Said once, here; tried on examples by
// tests/, on generated values by proptests/, on mutated octets by fuzz/ and on
// every file of corpus/store_maildir_name. Each law returns true when it holds.
#pragma once

#include <string>
#include <string_view>

#include "base/octets.h"
#include "store/maildir_name.h"

namespace postkeep::store {

// The oracle: the bare rule of grammar/maildir_file_name.rl, compiled without
// any action (proptests/store/maildir_name_reference.rl).
bool reference_accepts_maildir_name(Octets whole);

// What is read is in the grammar, and the other way round.
inline bool law_maildir_reader_agrees_with_grammar(std::string_view name) {
  const auto read = MaildirNameReader().read(name);
  if (name.size() > file_name_octets_max) {
    return !read && read.error() == MaildirNameError::too_long;
  }
  return read.has_value() == reference_accepts_maildir_name(octets(name));
}

// A name is ours when it is, up to ':', the one that we would give: the file
// is found again by what was read.
inline bool law_own_names_are_found_again(std::string_view name) {
  const auto read = MaildirNameReader().read(name);
  if (!read || !read->own) return true;
  return write(*read->own) == name.substr(0, name.find(':'));
}

// A name that we give is read back as it was, is one component, and fits.
inline bool law_written_maildir_names_are_read_back(const OwnName& name,
                                                    const Info& info) {
  const std::string whole = write(name, info);
  const auto with_info = MaildirNameReader().read(whole);
  const auto without = MaildirNameReader().read(write(name));
  return with_info && with_info->own == name && with_info->info == info &&
         with_info->octets == name.octets && without && without->own == name &&
         !without->info && whole.find('/') == std::string::npos &&
         whole.front() != '.' && whole.size() <= file_name_octets_max;
}

// Flags change the letters that are theirs, and no others.
inline bool law_flags_change_only_their_letters(const Info& before,
                                                const Flags& flags) {
  const Info after = with_flags(before, flags);
  const Info back = with_flags(after, flags_of(before));
  return flags_of(after) == flags && back == before;
}

// One reader for many names keeps nothing of the one before.
inline bool law_maildir_reader_starts_anew(std::string_view one,
                                           std::string_view other) {
  MaildirNameReader reader;
  static_cast<void>(reader.read(one));
  return reader.read(other) == MaildirNameReader().read(other);
}

}  // namespace postkeep::store
