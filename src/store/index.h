// Index: what costs time to find out again, in one SQLite database a user.
//
// Here:      modification sequences, expunged history and summaries, kept
//            while a folder is closed.
// Not here:  how SQLite reaches the disk (store/sqlite_vfs.h).
// Grammar:   none.
// Laws:      tests/store/index_test.cc: a cache. Deleted or damaged at any
//            moment it costs time and history, never mail, flags or UIDs.
//
// What it says of a folder counts only when its stamp is the one in the
// folder's state file, which is written after it: neither need be flushed. A
// summary counts for as long as folder id and UID are the same, since the
// octets of a message never change. No call here reports trouble: an index
// that fails is deleted, logged, and made anew; once that fails too, the user
// has none until the next start.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/disk.h"
#include "base/log.h"
#include "base/random.h"
#include "message/summary.h"
#include "store/maildir_name.h"

namespace postkeep::store {

// Summaries wait in memory for one transaction: at most so many, of at most
// so many octets together.
inline constexpr std::size_t summaries_waiting_max = 256;
inline constexpr std::size_t summaries_waiting_octets_max = 4 * 1024 * 1024;
// Words kept with a summary: longer ones are not worth it.
inline constexpr std::size_t shown_octets_max = 64UL * 1024;
// Who asks for one after the other is given so many with one question, of
// about so many octets.
inline constexpr std::size_t shown_ahead_max = 64;
inline constexpr std::size_t shown_ahead_octets_max = 64UL * 1024;
// Of the expunged, a folder remembers the last so many.
inline constexpr std::size_t expunged_history_max = 10'000;

struct IndexedMessage {
  Uid uid = 0;
  ModificationSequence modification_sequence = 0;
  Flags flags;
  bool operator==(const IndexedMessage&) const = default;
};

struct Expunged {
  ModificationSequence modification_sequence = 0;
  Uid uid = 0;
  bool operator==(const Expunged&) const = default;
};

struct IndexedFolder {
  std::vector<IndexedMessage> messages;  // By ascending UID.
  std::vector<Expunged> expunged;        // By ascending modification sequence.
  // Expunges before it are not known.
  ModificationSequence history_from = 0;
  bool operator==(const IndexedFolder&) const = default;
};

// What shown words are of: other ones are made anew.
struct ShownOf {
  std::uint8_t form = 0;
  std::uint32_t octets = 0;  // Of the message.
  bool operator==(const ShownOf&) const = default;
};

class Index {
 public:
  struct Ports {
    Disk& disk;
    Clock& clock;
    Random& random;
    Log& log;
  };
  explicit Index(const Ports& ports);
  ~Index();
  Index(const Index&) = delete;
  Index& operator=(const Index&) = delete;

  // nullopt when the folder is not there under that stamp.
  [[nodiscard]] std::optional<IndexedFolder> read(FolderId folder,
                                                  std::uint64_t stamp);
  // Writes what changed since the stamp before: `changed` messages, `removed`
  // UIDs, the whole history. With `anew` all else of the folder is dropped
  // first. False when it was not written.
  [[nodiscard]] bool write(FolderId folder, std::uint64_t stamp, bool anew,
                           std::span<const IndexedMessage> changed,
                           std::span<const Uid> removed,
                           std::span<const Expunged> expunged,
                           ModificationSequence history_from);
  void remove(FolderId folder);

  [[nodiscard]] std::shared_ptr<const message::Summary> summary(
      FolderId folder, Uid uid, std::uint32_t octets);
  void keep(FolderId folder, Uid uid,
            std::shared_ptr<const message::Summary> summary);
  // Of messages that were copied: what is known of the first UIDs in `from` is
  // known of the second ones in `to`.
  void copy(FolderId from, FolderId to,
            std::span<const std::pair<Uid, Uid>> uids);
  // See Folder::shown(). Valid until the next call but read().
  [[nodiscard]] std::optional<std::string_view> shown(FolderId folder, Uid uid,
                                                      ShownOf of);
  void keep_shown(FolderId folder, Uid uid, ShownOf of, std::string_view words);

  struct Inside;

 private:
  std::unique_ptr<Inside> inside_;
};

}  // namespace postkeep::store
