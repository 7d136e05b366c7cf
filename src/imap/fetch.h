// FETCH as work in slices: the data of one message after the other, made only
// as fast as the client reads (RFC 9051 section 6.4.5 and section 7.5.2).
//
// Here:      FetchWork.
// Not here:  sections (imap/fetch_section.h), ENVELOPE and BODYSTRUCTURE
//            (imap/fetch_structure.h).
// Grammar:   rule message-data is written.
// Laws:      no more than output_octets_max and the small items of one message
//            wait for the client, whatever the messages hold.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "imap/fetch_section.h"
#include "imap/session_core.h"

namespace postkeep::imap {

// How far ahead of the client messages are marked \Seen, with one flush for
// all: what it is about to read anyway.
inline constexpr std::size_t seen_ahead_messages_max = 32;
inline constexpr std::size_t seen_ahead_octets_max = 1024UL * 1024;

class FetchWork final : public Work {
 public:
  // `vanished` go ahead (RFC 7162 section 3.2.6). `ending`: how another command
  // ends that this is part of.
  FetchWork(std::vector<FetchItem> items, std::vector<store::Uid> uids,
            bool by_uid, std::vector<SequenceRange> vanished = {},
            std::optional<Completion> ending = {});
  [[nodiscard]] bool step(SessionCore& core) override;
  [[nodiscard]] bool may_stop() const override { return pieces_.empty(); }

 private:
  // Octets that wait to be written: words of ours, or of a message.
  struct Piece {
    std::string words;
    std::size_t words_written = 0;
    std::shared_ptr<const store::Text> held;
    Octets octets;
    bool as_they_are = false;  // A literal8: NUL stays.
  };
  // What the items of one message are made of.
  struct Source {
    const store::Message* message = nullptr;
    std::shared_ptr<const store::Text> text;
    std::shared_ptr<const message::Summary> summary;
    std::string_view envelope;   // Instead of a summary: what is written
    std::string_view structure;  // of it.
  };

  void write_vanished(SessionCore& core);
  void write_pieces(SessionCore& core);
  void mark_seen_ahead(SessionCore& core);
  void start_message(SessionCore& core, store::Uid uid);
  [[nodiscard]] bool find_source(SessionCore& core, store::Uid uid,
                                 Source& source);
  [[nodiscard]] store::StoreResult<> find_shown(SessionCore& core,
                                                store::Uid uid, Source& source);
  void write_item(SessionCore& core, const FetchItem& item,
                  const Source& source);
  void write_section(const FetchItem& item, const Source& source);
  void write_binary(const FetchItem& item, const Source& source);
  void add_octets(const SectionOctets& octets, const FetchItem& item,
                  const Source& source, bool is_binary);
  void write_flags(SessionCore& core, const store::Message& message);
  void complete(SessionCore& core);
  [[nodiscard]] std::string& words();

  std::vector<FetchItem> items_;
  std::vector<store::Uid> uids_;
  bool by_uid_;
  std::vector<SequenceRange> vanished_;
  std::size_t vanished_written_ = 0;
  std::optional<Completion> ending_;
  bool needs_text_ = false;
  bool needs_summary_ = false;
  bool needs_shown_ = false;  // ENVELOPE and BODYSTRUCTURE are all it tells.
  bool marks_seen_ = false;
  bool asks_flags_ = false;
  bool asks_uid_ = false;
  bool asks_modification_ = false;

  std::string made_;  // Words for one message.
  std::size_t slice_octets_ = 0;
  std::size_t next_ = 0;
  std::size_t seen_ = 0;  // uids_ before this have been marked.
  std::set<store::Uid> newly_seen_;
  std::deque<Piece> pieces_;
  bool some_gone_ = false;
  bool some_unread_ = false;
  bool some_undecoded_ = false;
};

}  // namespace postkeep::imap
