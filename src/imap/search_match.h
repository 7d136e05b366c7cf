// Whether one message is what a search key asks for (RFC 9051 section 6.4.4).
//
// Here:      SearchProgram (keys made ready), SearchCandidate.
// Not here:  results and answers (imap/search.h); text (imap/search_text.h).
// Grammar:   none: imap/search_key.h is read from the command.
// Laws:      tests/dialogs/imap: NOT, OR and lists are logic.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "imap/search_key.h"
#include "imap/search_text.h"
#include "imap/session_view.h"
#include "message/header.h"
#include "message/summary.h"
#include "store/mailbox.h"

namespace postkeep::imap {

// Octets of one message that are looked at in one search, past the first look.
inline constexpr std::size_t searched_octets_max = 64UL * 1024 * 1024;

// One key, with what does not depend on the message worked out once.
struct PreparedKey {
  SearchKind kind = SearchKind::all;
  Needle needle{""};
  std::string field;
  std::int64_t day = 0;
  std::uint64_t number = 0;
  std::uint32_t keyword = 0;  // The bit, or no bit: no message has it.
  std::vector<SequenceRange> ranges;
  std::vector<PreparedKey> keys;
};

// `keys` hold UTF-8. `saved`: what "$" means.
[[nodiscard]] std::vector<PreparedKey> prepare(
    const std::vector<SearchKey>& keys, const store::Folder& folder,
    const SessionView& view, std::span<const store::Uid> saved);

// One message, of which no more is read than the keys ask for.
class SearchCandidate {
 public:
  SearchCandidate(store::Folder& folder, const SessionView& view,
                  const store::Message& message, std::uint32_t number)
      : folder_(folder), view_(view), message_(message), number_(number) {}

  [[nodiscard]] bool is(const PreparedKey& key);
  [[nodiscard]] bool is_all_of(const std::vector<PreparedKey>& keys);

  [[nodiscard]] store::ModificationSequence modification_sequence() const {
    return message_.modification_sequence;
  }
  // The message could not be read, so that is() may have said no for yes.
  [[nodiscard]] bool is_unreadable() const { return unreadable_; }
  // The keys ask for more than searched_octets_max of this one.
  [[nodiscard]] bool is_too_costly() const { return too_costly_; }
  // How much was read, for the slice's budget.
  [[nodiscard]] std::size_t octets_read() const { return octets_read_; }

 private:
  [[nodiscard]] bool is_by_flag(const PreparedKey& key) const;
  [[nodiscard]] bool is_by_number(const PreparedKey& key);
  [[nodiscard]] bool is_by_text(const PreparedKey& key);
  [[nodiscard]] bool has_field(const std::string& field, const Needle& needle);
  [[nodiscard]] bool has_in_header(const Needle& needle);
  [[nodiscard]] bool has_in_part_headers(const Needle& needle);
  [[nodiscard]] bool has_in_body(const Needle& needle);
  [[nodiscard]] bool is_in(std::string_view folded, const Needle& needle);
  void read_body_text();
  [[nodiscard]] std::optional<std::int64_t> sent_day();

  [[nodiscard]] bool reads_text();
  [[nodiscard]] bool reads_summary();
  const message::Header& header();

  store::Folder& folder_;
  const SessionView& view_;
  const store::Message message_;
  std::uint32_t number_;
  std::shared_ptr<const store::Text> text_;
  std::shared_ptr<const message::Summary> summary_;
  std::optional<message::Header> header_;
  std::optional<std::string> header_text_;  // Folded, as the others are.
  std::optional<std::string> part_headers_;
  std::optional<std::string> body_text_;
  std::size_t octets_searched_ = 0;
  bool too_costly_ = false;
  bool unreadable_ = false;
  std::size_t octets_read_ = 0;
};

}  // namespace postkeep::imap
