// What a MaildirStore holds: the tree, the folders that are open, and names.
//
// Here:      MaildirStore::Inside.
// Not here:  what each call does (maildir_store.cc, maildir_names.cc).
// Grammar:   none.
// Laws:      one object a folder, whoever opens it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/maildir_folder.h"
#include "store/maildir_store.h"
#include "store/maildir_tree.h"
#include "store/rename_record.h"
#include "store/subscriptions.h"

namespace postkeep::store {

// Folders that nobody holds stay open up to this many: a STATUS of each in
// turn, over and over, should not list each anew.
inline constexpr std::size_t idle_folders_max = 8;

struct MaildirStore::Inside {
  struct Held {
    std::shared_ptr<MaildirFolder> folder;
    std::uint64_t last_used = 0;
  };

  explicit Inside(const MaildirPorts& ports, const MaildirLimits& limits)
      : shared_tree(std::make_shared<MaildirTree>(ports, limits)),
        tree(*shared_tree),
        subscriptions(ports.disk) {}

  // maildir_store.cc
  [[nodiscard]] StoreResult<> start();
  [[nodiscard]] StoreResult<std::shared_ptr<MaildirFolder>> folder(
      std::string_view mailbox);
  [[nodiscard]] StoreResult<> find_deliveries();
  // Before a tree that another server kept has any state of ours.
  [[nodiscard]] StoreResult<> name_utf_8_folders();
  [[nodiscard]] StoreResult<> read_subscriptions();
  void close_idle();
  // The state of the folder in `directory`, as it is on the disk.
  [[nodiscard]] std::optional<FolderState> peek(DirectoryHandle in);
  [[nodiscard]] std::optional<FolderState> peek(std::string_view directory);

  // maildir_names.cc
  // Every mailbox but INBOX, and its directory.
  [[nodiscard]] StoreResult<std::map<std::string, std::string>> mailboxes();
  [[nodiscard]] StoreResult<> make(const std::string& mailbox,
                                   std::string_view special_use);
  [[nodiscard]] StoreResult<> make_parents(const std::string& mailbox);
  [[nodiscard]] StoreResult<bool> exists(std::string_view mailbox);
  void clear_leftovers();
  void remove_below(DirectoryHandle in, std::string_view name, int depth);
  [[nodiscard]] std::string unfinished_name(std::string_view what);
  [[nodiscard]] StoreResult<> move_inbox(const std::string& to);
  [[nodiscard]] const std::string& special_use(const std::string& mailbox,
                                               const std::string& directory);

  // maildir_renames.cc
  [[nodiscard]] StoreResult<> rename_all(
      const std::map<std::string, std::string>& new_names);
  [[nodiscard]] StoreResult<> rename_folders(
      std::span<const FolderRename> renames);
  [[nodiscard]] StoreResult<> record_renames(
      std::span<const FolderRename> renames);
  // What a power cut interrupted.
  [[nodiscard]] StoreResult<> complete_renames();
  // 0: the folder has no state yet.
  [[nodiscard]] FolderId id_of(const std::string& mailbox,
                               std::string_view directory);

  std::shared_ptr<MaildirTree> shared_tree;
  MaildirTree& tree;
  Subscriptions subscriptions;
  FileHandle lock = FileHandle::none;
  std::map<std::string, Held> open;
  std::uint64_t uses = 0;
  std::map<std::string, std::string> special_uses;
  bool deliveries_found = false;
  bool tree_was_ours = false;  // At the start, INBOX had a state.
};

[[nodiscard]] StoreResult<std::string> canonical(std::string_view mailbox);

}  // namespace postkeep::store
