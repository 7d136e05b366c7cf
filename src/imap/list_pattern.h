// List patterns: what LIST and LSUB ask for (RFC 9051 section 6.3.9).
//
// Here:      ListPattern: reference and mailbox argument as one, matches().
// Not here:  LIST's options and answers (the session).
// Grammar:   none of its own: list-mailbox stands in rfc9051_command.rl.
// Laws:      proptests/imap/list_pattern_laws.h.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace postkeep::imap {

// The hierarchy separator of every mailbox here, whatever clients are shown
// (imap/mailbox_name.h, Separator).
inline constexpr char hierarchy_separator = '/';

// "*" matches zero or more octets, "%" the same without the separator.
// matches() takes at most pattern x name steps, whatever either is.
class ListPattern {
 public:
  // Both in UTF-8, from a List or Lsub command. The reference is put before
  // the pattern, as RFC 9051 section 6.3.9 shows ("~smith/Mail/" "foo.*"),
  // unless the pattern begins with the separator.
  ListPattern(std::string_view reference, std::string_view pattern);

  [[nodiscard]] bool matches(std::string_view mailbox) const;

  // Whether the pattern matches a level above `mailbox`: "%" and "a/b/c" give
  // "a". Empty: none. For LIST's \NonExistent parents, LSUB's \Noselect and
  // CHILDINFO.
  [[nodiscard]] std::string_view matching_parent(
      std::string_view mailbox) const;

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;  // Runs of wildcards reduced: "*%*" is "*".
};

}  // namespace postkeep::imap
