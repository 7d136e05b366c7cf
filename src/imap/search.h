// SEARCH as work in slices, and its two answers: SEARCH of RFC 3501, ESEARCH
// of RFC 9051 section 7.3.4.
//
// Here:      SearchWork, keys_in_utf8().
// Not here:  which message matches (imap/search_match.h).
// Grammar:   rules esearch-response and obsolete-search-response are written.
// Laws:      tests/dialogs/imap/search_*.dialog.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "imap/search_match.h"
#include "imap/session_core.h"

namespace postkeep::imap {

// The keys with all their strings in UTF-8, folded encoded or not; nullopt
// when the charset is not known, or the strings are not of it.
[[nodiscard]] std::optional<std::vector<SearchKey>> keys_in_utf8(
    const Search& request);

[[nodiscard]] bool asks_modification_sequence(
    const std::vector<SearchKey>& keys);
// Whether message numbers stand in them: then none may move meanwhile (RFC 7162
// section 3.2.10.2).
[[nodiscard]] bool names_numbers(const std::vector<SearchKey>& keys);

class SearchWork final : public Work {
 public:
  SearchWork(const Search& request, const std::vector<SearchKey>& keys,
             SessionCore& core);
  [[nodiscard]] bool step(SessionCore& core) override;
  [[nodiscard]] bool may_stop() const override { return !answering_; }

 private:
  [[nodiscard]] bool search_slice(SessionCore& core);
  void start_answer(SessionCore& core);
  void save(Selected& selected) const;
  [[nodiscard]] store::ModificationSequence highest_modification() const;
  [[nodiscard]] bool answer_slice(SessionCore& core);
  void complete(SessionCore& core);

  bool by_uid_;
  std::optional<SearchReturn> returned_;
  std::vector<PreparedKey> keys_;
  std::vector<store::Uid> uids_;  // To look at.
  std::size_t next_ = 0;
  std::vector<store::Uid> found_;
  // RFC 7162 section 3.1.5: those of found_, where the keys ask for them.
  bool tells_modification_ = false;
  std::vector<store::ModificationSequence> modifications_;
  bool may_expunge_ = true;
  bool some_unread_ = false;
  bool too_costly_ = false;

  bool answering_ = false;
  std::vector<std::uint32_t> numbers_;  // What the answer lists,
  std::size_t written_ = 0;             // and how much it has of it.
};

}  // namespace postkeep::imap
