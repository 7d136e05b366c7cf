// The maildrop: what one session sees of INBOX, from its start to its end (RFC
// 1939 sections 4 to 6).
//
// Here:      Maildrop: numbers, marks, sizes, unique-ids.
// Not here:  commands (pop3/session.h); messages at rest (store/mailbox.h).
// Grammar:   none.
// Laws:      tests/pop3/maildrop_test.cc: numbers and sizes never change in a
//            session, whatever others do to the mailbox.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "store/mailbox.h"

namespace postkeep::pop3 {

class Maildrop {
 public:
  // Opens INBOX and numbers what is in it now. Mail that comes later is the
  // next session's.
  [[nodiscard]] static store::StoreResult<Maildrop> open(
      store::MailStore& store);

  // Messages are numbered from 1; deleted ones keep their number.
  [[nodiscard]] std::uint32_t count() const {
    return static_cast<std::uint32_t>(entries_.size());
  }
  // There is such a message, and it is not marked as deleted.
  [[nodiscard]] bool has(std::uint32_t number) const;
  [[nodiscard]] store::Uid uid(std::uint32_t number) const {
    return entries_[number - 1].uid;
  }
  [[nodiscard]] bool is_sized(std::uint32_t number) const {
    return entries_[number - 1].is_sized;
  }
  // The octets that RETR sends, without those of stuffing. Costs a look into
  // the index, or the message, for the first time. Of a message that has gone
  // meanwhile: what it had at rest.
  [[nodiscard]] std::uint64_t octets(std::uint32_t number);
  // RFC 1939 section 7: at most 70 octets, and never another's.
  [[nodiscard]] std::string unique_id(std::uint32_t number) const;

  void mark_deleted(std::uint32_t number);
  void unmark_all();
  [[nodiscard]] std::vector<store::Uid> marked() const;

  [[nodiscard]] store::Folder& folder() { return *folder_; }

 private:
  struct Entry {
    store::Uid uid = 0;
    bool is_deleted = false;
    bool is_sized = false;
    std::uint64_t octets = 0;
  };
  std::shared_ptr<store::Folder> folder_;
  std::vector<Entry> entries_;
};

}  // namespace postkeep::pop3
