// Whose mail goes into mbox spool files, as spool and mbox are told.
//
// Here:      MboxUsers, given_mbox_users().
// Not here:  the lines (auth/account.h), who makes them of the operator's file
//            (cli/serve.cc).
// Laws:      tests/role/mbox_test.cc.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "role/role_context.h"

namespace postkeep::role {

class MboxUsers {
 public:
  // The name of his file; null for one who has a mailbox.
  [[nodiscard]] const std::string* file_of(std::string_view account) const;
  [[nodiscard]] std::size_t size() const { return files_.size(); }

 private:
  friend std::optional<MboxUsers> given_mbox_users(RoleContext& context);
  std::map<std::string, std::string, std::less<>> files_;  // By folded address.
};

// What "mboxes" of what was given says; nullopt, and logged, when it is missing
// or wrong.
[[nodiscard]] std::optional<MboxUsers> given_mbox_users(RoleContext& context);

}  // namespace postkeep::role
