// The session's view of its mailbox: which sequence number is which message,
// and what has changed that the client was not told (RFC 9051 section 2.3.1.2
// and section 5.2).
//
// Here:      SessionView: numbers, and what waits to be announced.
// Not here:  when it is announced (imap/session_updates.cc).
// Grammar:   none.
// Laws:      a number changes only by expunge();
//            proptests/imap/session_prop.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "store/mailbox.h"

namespace postkeep::imap {

class SessionView {
 public:
  // Starts again with these messages, all of them announced.
  void start(std::span<const store::Message> messages);

  // What happened in the folder; nothing that the client sees changes yet.
  void arrived(store::Uid uid);
  void changed(store::Uid uid);
  void gone(store::Uid uid, store::ModificationSequence when);

  // What the client knows. Numbers count from 1.
  [[nodiscard]] std::uint32_t size() const {
    return static_cast<std::uint32_t>(uids_.size());
  }
  [[nodiscard]] std::span<const store::Uid> uids() const { return uids_; }
  [[nodiscard]] store::Uid uid_of(std::uint32_t number) const {
    return uids_[number - 1];
  }
  [[nodiscard]] std::optional<std::uint32_t> number_of(store::Uid uid) const;
  [[nodiscard]] bool is_gone(store::Uid uid) const {
    return gone_.contains(uid);
  }
  // Those of a range of UIDs that are gone, ascending.
  [[nodiscard]] std::vector<store::Uid> gone_in(store::Uid first,
                                                store::Uid last) const;

  // What waits to be announced.
  [[nodiscard]] bool has_arrivals() const { return !arrived_.empty(); }
  [[nodiscard]] bool has_changes() const { return !changed_.empty(); }
  [[nodiscard]] bool has_gone() const { return !gone_.empty(); }
  // At most the lowest modification sequence of the gone ones that wait: what
  // the client may be told of as the highest is below it (RFC 7162 section 6).
  [[nodiscard]] std::optional<store::ModificationSequence> gone_since() const;

  // Announcing. Each returns what is to be said.
  // Makes arrivals part of the view; size() is the new EXISTS.
  void take_arrivals();
  // Up to `count_max` messages whose flags changed, by ascending UID. Those
  // that are gone are dropped.
  [[nodiscard]] std::vector<store::Uid> take_changes(std::size_t count_max);
  // The client was told the flags of this one.
  void told(store::Uid uid) { changed_.erase(uid); }
  // Removes up to `count_max` of the messages that are gone. The numbers, in
  // the order in which the client must be told: descending, so that no number
  // is moved by one told before.
  [[nodiscard]] std::vector<std::uint32_t> expunge(std::size_t count_max);
  // The same for VANISHED: the UIDs, ascending.
  [[nodiscard]] std::vector<store::Uid> vanish(std::size_t count_max);

  // \Recent: messages that this session was the first to be told of.
  void add_recent(std::span<const store::Uid> uids);
  [[nodiscard]] bool is_recent(store::Uid uid) const {
    return recent_.contains(uid);
  }
  [[nodiscard]] std::uint32_t recent_size() const;

 private:
  void remove(std::span<const store::Uid> ascending);

  std::vector<store::Uid> uids_;  // Ascending; the gone ones among them.
  std::vector<store::Uid> arrived_;
  std::set<store::Uid> changed_;
  std::set<store::Uid> gone_;
  store::ModificationSequence gone_since_ = 0;  // While gone_ is not empty.
  std::set<store::Uid> recent_;
};

}  // namespace postkeep::imap
