#include "store/folder_name.h"

#include <algorithm>
#include <cstddef>

#include "base/check.h"
#include "base/octets.h"
#include "message/modified_utf_7.h"
#include "store/maildir_name.h"

namespace postkeep::store {
namespace {

bool is_inbox(std::string_view level) {
  return std::ranges::equal(
      level, std::string_view("INBOX"),
      [](char one, char other) { return one == other || one == other + 32; });
}

}  // namespace

FolderNameResult<std::string> canonical_mailbox(std::string_view mailbox) {
  if (mailbox.size() > mailbox_octets_max) {
    return std::unexpected(FolderNameError::too_long);
  }
  // RFC 9051 section 5.1 with RFC 5198 section 2: no controls of C0 and C1, no
  // DEL, and no line or paragraph separator.
  if (!message::is_utf_8_name(octets(mailbox))) {
    return std::unexpected(FolderNameError::not_utf_8);
  }
  std::size_t levels = 1;
  bool level_empty = true;
  for (const char c : mailbox) {
    if (c == '/' && level_empty) break;
    levels += c == '/' ? 1U : 0U;
    level_empty = c == '/';
  }
  if (level_empty) return std::unexpected(FolderNameError::empty_level);
  if (levels > mailbox_levels_max) {
    return std::unexpected(FolderNameError::too_deep);
  }
  std::string canonical(mailbox);
  const std::string_view first = mailbox.substr(0, mailbox.find('/'));
  if (is_inbox(first)) canonical.replace(0, first.size(), "INBOX");
  return canonical;
}

FolderNameResult<std::string> directory_name(std::string_view mailbox) {
  const auto canonical = canonical_mailbox(mailbox);
  if (!canonical) return std::unexpected(canonical.error());
  if (*canonical == "INBOX") return std::string();
  std::string directory =
      "." + message::write_modified_utf_7(octets(*canonical),
                                          message::NameLevels::dots);
  if (directory.size() > file_name_octets_max) {
    return std::unexpected(FolderNameError::too_long);
  }
  return directory;
}

FolderNameResult<std::string> mailbox_of_directory(std::string_view directory) {
  const auto refused = std::unexpected(FolderNameError::not_a_folder);
  if (directory.size() < 2 || directory[0] != '.') return refused;
  const auto mailbox = message::read_modified_utf_7(octets(directory.substr(1)),
                                                    message::NameLevels::dots);
  if (!mailbox) return refused;
  // INBOX, empty levels, what is too long: only the name that we would give.
  if (directory_name(*mailbox) != directory) return refused;
  return *mailbox;
}

std::string_view name(FolderNameError error) {
  switch (error) {
    case FolderNameError::empty_level: return "empty_level";
    case FolderNameError::not_utf_8: return "not_utf_8";
    case FolderNameError::too_long: return "too_long";
    case FolderNameError::too_deep: return "too_deep";
    case FolderNameError::not_a_folder: return "not_a_folder";
  }
  check_failed("FolderNameError holds one of its enumerators", __FILE__,
               __LINE__);
}

}  // namespace postkeep::store
