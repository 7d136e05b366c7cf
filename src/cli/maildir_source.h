// A Maildir of another program, or a Maildir++ tree of them, as an import reads
// it: nothing in it is believed, nothing is changed.
//
// Here:      MaildirSource: its folders, their messages, their octets.
// Not here:  what is done with them (cli/import_maildir.cc), our own trees
//            (store/).
// Grammar:   grammar/maildir_file_name.rl for names; modified UTF-7 for folders
//            (store/folder_name.h); grammar/maildir_lists.rl for keywords.
// Laws:      tests/cli/maildir_source_test.cc.
//
// Links are never followed, only files are read, and only those that belong to
// the owner of the whole: whoever writes in the tree cannot make root read what
// is someone else's.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/octets.h"
#include "io/disk.h"
#include "store/maildir_name.h"

namespace postkeep::cli {

struct SourceMessage {
  bool is_new = false;  // In new/, not in cur/.
  std::string file;
  // What it is known by: the part of its name that stays as flags change.
  std::string base;
  store::MaildirName name;  // What is outside the grammar says nothing.
};

struct SourceFolder {
  std::string directory;  // Empty: the root itself.
  std::string mailbox;    // "INBOX" for the root.
};

// What is passed over, and why.
struct NotTaken {
  std::string what;  // As a terminal may show it.
  std::string why;
};

struct SourceText {
  std::vector<Octet> text;  // With CRLF.
  std::int64_t date = 0;
  // It is not what its name says: changed since, or damaged.
  bool is_changed = false;
};

class MaildirSource {
 public:
  // Errors and complaints are sentences for a person.
  template <typename T = void>
  using Result = std::expected<T, std::string>;

  // Larger messages are an error of read().
  [[nodiscard]] static Result<MaildirSource> open(
      const std::string& path, std::uint64_t message_octets_max);
  // Of a directory that is open already.
  MaildirSource(std::unique_ptr<io::DirectoryDisk> disk,
                std::uint64_t message_octets_max);
  MaildirSource(MaildirSource&&) = default;

  // Every folder, the root first. `not_taken`: directories that look like one
  // and cannot be.
  [[nodiscard]] Result<std::vector<SourceFolder>> folders(
      std::vector<NotTaken>& not_taken);

  // Goes into a folder. Then: its messages, in the order in which they are to
  // be taken: ours by UID, then others by name, which begins with a time.
  [[nodiscard]] Result<> enter(const SourceFolder& folder);
  [[nodiscard]] Result<std::vector<SourceMessage>> messages(
      std::vector<NotTaken>& not_taken);
  // Name by letter, where a list of them was found.
  using Letters = std::array<std::string, store::folder_keywords_max>;
  [[nodiscard]] const Letters& letters() const { return letters_; }
  // A message that has gone meanwhile, or is taken by another name, is
  // nullopt.
  [[nodiscard]] Result<std::optional<SourceText>> read(
      const SourceMessage& message);

 private:
  void leave();
  void tell_apart(std::vector<SourceMessage>& messages);
  void read_letters(DirectoryHandle folder);
  [[nodiscard]] std::optional<FileHandle> find(SourceMessage& message);

  std::unique_ptr<io::DirectoryDisk> disk_;
  std::uint64_t message_octets_max_;
  std::uint32_t owner_ = 0;
  DirectoryHandle new_ = DirectoryHandle::none;
  DirectoryHandle cur_ = DirectoryHandle::none;
  Letters letters_;
};

}  // namespace postkeep::cli
