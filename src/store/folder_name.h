// Names of folders: a mailbox's name and its Maildir++ directory's, each to
// exactly one of the other.
//
// Here:      canonical_mailbox, directory_name, mailbox_of_directory.
// Not here:  names on the wire (imap/mailbox_name.h).
// Grammar:   modified UTF-7 (message/modified_utf_7.h) a level, "." before each
//            level, as Courier and Dovecot have it: "Sent/2024" is
//            ".Sent.2024", "Entwürfe" is ".Entw&APw-rfe".
// Laws:      proptests/store/folder_name_laws.h: one to one; a directory's name
//            is one component of printable ASCII, never "." or "..".
//
// A "." within a level is written as modified UTF-7 writes what is not ASCII:
// "a.b" is ".a&AC4-b". What a directory's name says in any other way than
// directory_name would is not a mailbox: no two directories are one mailbox.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "store/mailbox.h"

namespace postkeep::store {

enum class FolderNameError : std::uint8_t {
  empty_level,   // "", "/a", "a//b", "a/".
  not_utf_8,     // Not UTF-8, or a control character (RFC 9051 section 5.1).
  too_long,      // The name, or that of its directory.
  too_deep,      // More than mailbox_levels_max levels.
  not_a_folder,  // No mailbox has a directory of that name.
};
[[nodiscard]] std::string_view name(FolderNameError error);

template <typename T>
using FolderNameResult = std::expected<T, FolderNameError>;

// The same mailbox with "INBOX" in capitals where it is the first level (RFC
// 9051 section 5.1: in any case it is the same).
[[nodiscard]] FolderNameResult<std::string> canonical_mailbox(
    std::string_view mailbox);

// The directory of a mailbox; "" for INBOX, which is the tree's root itself.
[[nodiscard]] FolderNameResult<std::string> directory_name(
    std::string_view mailbox);

// The mailbox of a directory below the root.
[[nodiscard]] FolderNameResult<std::string> mailbox_of_directory(
    std::string_view directory);

}  // namespace postkeep::store
