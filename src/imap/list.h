// LIST and LSUB as work in slices (RFC 9051 section 6.3.9, RFC 3501 section
// 6.3.9, RFC 5258, RFC 5819, RFC 6154).
//
// Here:      ListWork, LsubWork.
// Not here:  patterns (imap/list_pattern.h).
// Grammar:   none.
// Laws:      every response is for a name that a pattern matches.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "imap/list_pattern.h"
#include "imap/session_core.h"

namespace postkeep::imap {

// "\HasChildren \Subscribed \Sent": what LIST says of a mailbox. `as_new`: in
// RFC 5258's words, which RFC 3501's clients need not know.
[[nodiscard]] std::string attributes_of(const store::FolderInfo& folder,
                                        bool says_subscribed, bool as_new);

class ListWork final : public Work {
 public:
  ListWork(const List& request, std::vector<store::FolderInfo> folders);
  [[nodiscard]] bool step(SessionCore& core) override;

 private:
  [[nodiscard]] bool is_wanted(const store::FolderInfo& folder) const;
  [[nodiscard]] bool says_child_matches(std::size_t index) const;
  void add_missing_parents();
  void write_folder(SessionCore& core, std::size_t index);

  List request_;
  std::vector<ListPattern> patterns_;
  std::vector<store::FolderInfo> folders_;
  std::size_t next_ = 0;
};

class LsubWork final : public Work {
 public:
  LsubWork(const Lsub& request, std::vector<store::FolderInfo> folders);
  [[nodiscard]] bool step(SessionCore& core) override;

 private:
  ListPattern pattern_;
  std::vector<store::FolderInfo> folders_;
  std::size_t next_ = 0;
  std::set<std::string, std::less<>> told_;  // Parents, each once.
};

}  // namespace postkeep::imap
