// One user's mail in memory, as simple as can be: what store/mailbox.h promises
// without disk, index, or anybody who gets in between.
//
// Here:      MailboxModel, its folders and messages.
// Not here:  the store beside it, and what must be equal (mailbox_laws.h).
// Grammar:   none.
// Laws:      proptests/store/mailbox_laws.h.
//
// UIDs are said exactly. Of modification sequences RFC 7162 says only that they
// grow: what changes in a step has none (0) until the store has been asked for
// it, which must be above all that there was.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/mailbox.h"

namespace postkeep::store {

struct ModelMessage {
  std::string text;
  std::uint8_t system = 0;
  std::set<std::string> keywords;    // In small letters.
  std::optional<std::int64_t> date;  // None: whatever the store says first.
  bool recent = false;
  ModificationSequence modification = 0;
};

struct ModelFolder {
  std::uint32_t uid_validity = 0;  // 0: new, not known yet.
  Uid uid_next = 1;
  std::string special_use;
  std::map<Uid, ModelMessage> messages;
  std::map<Uid, ModificationSequence> expunged;

  // At the end of the last step, and of those before.
  ModificationSequence highest = 0;
  std::vector<ModificationSequence> marks;
  // From here on the history of expunges must be known.
  ModificationSequence history_from = 0;

  // In this step.
  bool has_changed = false;
  bool has_crashed = false;  // Numbers may go on further up.
  std::vector<Uid> arrived;
  std::vector<Uid> changed;
  std::vector<Uid> gone;
};

class MailboxModel {
 public:
  std::map<std::string, ModelFolder> folders{{"INBOX", {}}};
  std::set<std::string> subscribed;

  void begin_step();
  [[nodiscard]] bool has(const std::string& mailbox) const {
    return folders.contains(mailbox);
  }

  std::vector<Uid> append(const std::string& mailbox,
                          const std::vector<ModelMessage>& messages);
  struct Change {
    FlagChange how = FlagChange::replace;
    std::uint8_t system = 0;
    std::set<std::string> keywords;
    std::optional<ModificationSequence> unchanged_since;
  };
  Folder::FlagsChanged change_flags(const std::string& mailbox,
                                    std::span<const Uid> uids,
                                    const Change& change);
  std::vector<Uid> expunge(const std::string& mailbox,
                           std::span<const Uid> uids);
  Folder::UidPairs carry(const std::string& from, std::span<const Uid> uids,
                         const std::string& to, bool moving);
  std::vector<Uid> recent(const std::string& mailbox, bool take);
  StoreResult<> create(const std::string& mailbox,
                       std::string_view special_use = {});
  StoreResult<> remove(const std::string& mailbox);
  StoreResult<> rename(const std::string& from, const std::string& to);
  [[nodiscard]] std::vector<FolderInfo> list() const;

  // The index is gone: every modification sequence is new.
  void lose_index();
  // The process died: the same, or not; numbers may have been passed over.
  void crash();

 private:
  void make_parents(const std::string& mailbox);
};

}  // namespace postkeep::store
