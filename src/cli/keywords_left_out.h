// Keywords that an import cannot keep: each is told once, the mail comes
// without it.
//
// Here:      KeywordsLeftOut.
// Not here:  who has no room for them (role/transfer_session.h).
// Laws:      tests/clients/import_export_test.py.
#pragma once

#include <set>
#include <string>
#include <vector>

namespace postkeep::cli {

class KeywordsLeftOut {
 public:
  // Takes out what no mailbox can have: keywords that are too long, and those
  // past the number that one message can carry.
  void fit(std::vector<std::string>& keywords);
  // Those that `mailbox` had no room for.
  void tell(const std::string& mailbox, const std::vector<std::string>& names);
  [[nodiscard]] bool any() const { return !told_.empty(); }

 private:
  void tell_one(const std::string& keyword, const std::string& why);

  std::set<std::string> told_;
};

}  // namespace postkeep::cli
