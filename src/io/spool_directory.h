// The directory of mbox spool files, as /var/mail: other programs and other
// users are at home there, too.
//
// Here:      open_spool_directory(), make_spool_file(), look_at().
// Not here:  what is written into the files (mbox/); files below a role's own
//            directory (io/disk.h).
// Laws:      tests/io/spool_directory_test.cc: a file is there with its owner
//            and mode, or not at all; nothing that is there is changed; no link
//            is followed.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include "base/descriptor.h"
#include "base/trouble.h"
#include "io/process.h"

namespace postkeep::io {

// Debian's policy, section 11.6: for the user, and for the group of those who
// deliver.
inline constexpr unsigned spool_file_mode = 0660;

// An open directory of spool files, with a directory of our own in it.
struct SpoolDirectory {
  Descriptor files;
  Descriptor notes;
};

// `path` must be there (it may be a link of the operator's); `notes` is made
// in it, for nobody but `owner`. The error is one text for a person.
[[nodiscard]] std::expected<SpoolDirectory, std::string> open_spool_directory(
    const std::string& path, const std::string& notes, UserIds owner);

// An empty file of that name for `owner` (none: who we are); durable but for
// its name. One that is there is left as it is, whatever it is.
[[nodiscard]] std::expected<void, Trouble> make_spool_file(
    const SpoolDirectory& directory, const std::string& name,
    const std::optional<UserIds>& owner);

// What a path means, for `postkeep check`; not through a link.
struct Looked {
  bool is_file = false;
  bool is_directory = false;
  std::uint64_t names = 0;
  UserIds owner;
  unsigned mode = 0;  // As in chmod(2).
};
[[nodiscard]] std::optional<Looked> look_at(const std::string& path);

}  // namespace postkeep::io
