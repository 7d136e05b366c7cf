#include "imap/list_pattern.h"

#include <algorithm>
#include <vector>

namespace postkeep::imap {
namespace {

constexpr std::string_view inbox = "INBOX";

bool is_wildcard(char c) { return c == '*' || c == '%'; }

// "*%", "%*" and "**" match what "*" does, "%%" what "%" does.
std::string with_runs_reduced(std::string_view pattern) {
  std::string text;
  for (const char c : pattern) {
    if (is_wildcard(c) && !text.empty() && is_wildcard(text.back())) {
      if (c == '*') text.back() = '*';
    } else {
      text += c;
    }
  }
  return text;
}

// RFC 9051 section 5.1: INBOX is the same in any case.
std::size_t letters_without_case(std::string_view mailbox) {
  const std::string_view level =
      mailbox.substr(0, mailbox.find(hierarchy_separator));
  return level == inbox ? inbox.size() : 0;
}

}  // namespace

ListPattern::ListPattern(std::string_view reference, std::string_view pattern) {
  std::string text;
  if (!pattern.starts_with(hierarchy_separator)) text = reference;
  text += pattern;
  text_ = with_runs_reduced(text);
}

// reached[i]: the first i octets of the pattern match what has been seen of
// the name. One pass over the name, each step one pass over the pattern.
bool ListPattern::matches(std::string_view mailbox) const {
  const std::size_t any_case = letters_without_case(mailbox);
  std::vector<char> reached(text_.size() + 1, 0);
  std::vector<char> next(text_.size() + 1, 0);
  const auto pass_wildcards = [&](std::vector<char>& at) {
    for (std::size_t i = 0; i < text_.size(); ++i)
      if (at[i] != 0 && is_wildcard(text_[i])) at[i + 1] = 1;
  };
  reached[0] = 1;
  pass_wildcards(reached);
  for (std::size_t n = 0; n < mailbox.size(); ++n) {
    const char c = mailbox[n];
    std::ranges::fill(next, 0);
    for (std::size_t i = 0; i < text_.size(); ++i) {
      if (reached[i] == 0) continue;
      const char wanted = text_[i];
      if (is_wildcard(wanted)) {
        if (wanted == '*' || c != hierarchy_separator) next[i] = 1;
      } else if (wanted == c || (n < any_case && wanted == (c | 32))) {
        next[i + 1] = 1;
      }
    }
    pass_wildcards(next);
    reached.swap(next);
  }
  return reached.back() != 0;
}

std::string_view ListPattern::matching_parent(std::string_view mailbox) const {
  for (std::size_t end = mailbox.find(hierarchy_separator);
       end != std::string_view::npos;
       end = mailbox.find(hierarchy_separator, end + 1)) {
    const std::string_view parent = mailbox.substr(0, end);
    if (!parent.empty() && matches(parent)) return parent;
  }
  return {};
}

}  // namespace postkeep::imap
