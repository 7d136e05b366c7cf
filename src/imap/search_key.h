// Search keys: what SEARCH looks for (RFC 9051 section 6.4.4, RFC 3501 section
// 6.4.4).
//
// Here:      SearchKey, a tree of bounded depth and size.
// Not here:  the search itself (imap/search, of the session).
// Grammar:   grammar/rfc9051_search.rl; nesting is counted in search_tree.h.
// Laws:      proptests/imap/search_laws.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "imap/date.h"
#include "imap/sequence_set.h"

namespace postkeep::imap {

// RFC 9051 sets no bounds. Depth counts NOT, OR and parentheses around a key;
// an OR that is directly an operand of an OR adds none: clients write "any of
// these" as OR OR OR a b c d, which is one any_of with four keys.
inline constexpr std::size_t search_depth_max = 8;
// All levels together, where no other bound is set.
inline constexpr std::size_t search_keys_max = 256;

enum class SearchKind : std::uint8_t {
  // No argument.
  all,
  answered,
  deleted,
  draft,
  flagged,
  seen,
  recent,
  unanswered,
  undeleted,
  undraft,
  unflagged,
  unseen,
  is_new,  // NEW: recent and unseen.
  old,     // OLD: not recent.
  // `text`: octets in the command's charset.
  bcc,
  body,
  cc,
  from,
  subject,
  anywhere,
  to,      // TEXT is `anywhere`.
  header,  // `field` too. An empty `text`: the field is there.
  keyword,
  unkeyword,
  // `date`.
  before,
  on,
  since,
  sent_before,
  sent_on,
  sent_since,
  // `number`: octets; a modification sequence.
  larger,
  smaller,
  modification_sequence,  // MODSEQ (RFC 7162 section 3.1.5): at least.
  // `set`.
  sequence_set,
  uid,
  // `keys`.
  negation,  // NOT: one key.
  any_of,    // OR: two or more.
  all_of,    // Parentheses: one or more.
};

struct SearchKey {
  SearchKind kind = SearchKind::all;
  std::string text;
  std::string field;
  Date date;
  std::uint64_t number = 0;
  SequenceSet set;
  std::vector<SearchKey> keys;
  bool operator==(const SearchKey&) const = default;
};

}  // namespace postkeep::imap
