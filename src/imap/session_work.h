// STORE and EXPUNGE as work in slices (RFC 9051 section 6.4.3 and 6.4.6, RFC
// 7162 section 3.1.3).
//
// Here:      StoreWork, ExpungeWork.
// Not here:  which messages (imap/session_selected.cc).
// Grammar:   none.
// Laws:      those of imap/session.h.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "imap/session_core.h"

namespace postkeep::imap {

// Changes flags of `uids`, then says what they are now.
class StoreWork final : public Work {
 public:
  StoreWork(std::vector<store::Uid> uids, store::FlagChange how,
            store::Flags flags, const Store& request)
      : uids_(std::move(uids)),
        how_(how),
        flags_(flags),
        by_uid_(request.by_uid),
        silent_(request.silent),
        unchanged_since_(request.unchanged_since) {}
  [[nodiscard]] bool step(SessionCore& core) override;

 private:
  [[nodiscard]] bool change_slice(SessionCore& core);
  void tell(SessionCore& core, store::Uid uid);
  [[nodiscard]] std::string modified_code(SessionCore& core);

  std::vector<store::Uid> uids_;
  store::FlagChange how_;
  store::Flags flags_;
  bool by_uid_;
  bool silent_;
  std::optional<store::ModificationSequence> unchanged_since_;
  // Of the last slice, and of all, both ascending.
  std::vector<store::Uid> just_changed_;
  std::vector<store::Uid> modified_;
  std::size_t changed_ = 0;  // uids_ before this have been changed,
  std::size_t told_ = 0;     // and those before this told.
  bool some_gone_ = false;
};

// Expunges `uids`. With `closes`, the mailbox is closed then, and the client
// is told of no message (RFC 9051 section 6.4.1).
class ExpungeWork final : public Work {
 public:
  ExpungeWork(std::vector<store::Uid> uids, bool closes)
      : uids_(std::move(uids)), closes_(closes) {}
  [[nodiscard]] bool step(SessionCore& core) override;

 private:
  std::vector<store::Uid> uids_;
  bool closes_;
  bool some_expunged_ = false;
  std::size_t done_ = 0;
};

}  // namespace postkeep::imap
