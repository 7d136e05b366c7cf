// Subscriptions: which mailboxes a user wants to see (RFC 9051 section 6.3.7).
//
// Here:      the set of names, and the file that keeps it, one name a line;
//            what Dovecot or Courier kept, taken over once.
// Not here:  whether such mailboxes exist (store/maildir_store.h).
// Grammar:   store/folder_name.h, canonical_mailbox; other lines are dropped.
//            Theirs: store/foreign_line.h, subscription_line.
// Laws:      tests/store/names_test.cc: durable on return, whole or as before;
//            tests/store/take_over_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/disk.h"
#include "store/foreign_line.h"

namespace postkeep::store {

class Subscriptions {
 public:
  explicit Subscriptions(Disk& disk) : disk_(disk) {}

  // Reads the file, once; of more than `most` names the first. Where there is
  // none, Dovecot's or Courier's (of both, the one written later) is read and
  // recorded as ours: it is not looked at again. With `was_ours`, the tree has
  // states of ours, and a file in Dovecot's place may be of our first version,
  // which wrote it there.
  [[nodiscard]] DiskResult<> read(std::size_t most, bool was_ours);
  [[nodiscard]] const std::set<std::string>& names() const { return names_; }
  // Writes the file anew with `name` in it or not. Trouble::input_output: a
  // flush failed.
  [[nodiscard]] DiskResult<> set(const std::string& name, bool on);

 private:
  [[nodiscard]] DiskResult<> write(const std::set<std::string>& names);
  [[nodiscard]] DiskResult<> take_over(std::size_t most, bool was_ours);
  [[nodiscard]] DiskResult<std::optional<std::string_view>> foreign_file();
  void add(std::optional<std::string> name, std::size_t most);

  Disk& disk_;
  bool was_read_ = false;
  std::set<std::string> names_;
};

// A mailbox as Dovecot's or Courier's lists name it: levels in modified UTF-7,
// or UTF-8 where they are not; one level may hold several, told apart by ".",
// of which Courier's first is INBOX, below which it shows all folders.
[[nodiscard]] std::optional<std::string> mailbox_of_levels(
    const SubscriptionLevels& levels, bool is_couriers);

}  // namespace postkeep::store
