// Subscriptions: which mailboxes a user wants to see (RFC 9051 section 6.3.7).
//
// Here:      the set of names, and the file that keeps it, one name a line.
// Not here:  whether such mailboxes exist (store/maildir_store.h).
// Grammar:   store/folder_name.h, canonical_mailbox; other lines are dropped.
// Laws:      tests/store/names_test.cc: durable on return, whole or as before.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "base/disk.h"

namespace postkeep::store {

class Subscriptions {
 public:
  explicit Subscriptions(Disk& disk) : disk_(disk) {}

  // Reads the file, once; of more than `most` names the first.
  [[nodiscard]] DiskResult<> read(std::size_t most);
  [[nodiscard]] const std::set<std::string>& names() const { return names_; }
  // Writes the file anew with `name` in it or not. Trouble::input_output: a
  // flush failed.
  [[nodiscard]] DiskResult<> set(const std::string& name, bool on);

 private:
  [[nodiscard]] DiskResult<> write(const std::set<std::string>& names);

  Disk& disk_;
  bool was_read_ = false;
  std::set<std::string> names_;
};

}  // namespace postkeep::store
