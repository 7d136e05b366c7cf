// What a user's mail is to those who serve it: folders of messages.
//
// Here:      MailStore (one user's mail) and Folder (one mailbox of it), pure
//            interfaces without path, descriptor or SQL.
// Not here:  Maildir++ and index behind them (store/maildir_store.h).
// Grammar:   none; names of mailboxes are UTF-8 with '/' between levels.
// Laws:      proptests/store/mailbox_laws.h; tests/store/crash_test.cc; what is
//            durable when: the table in docs/durability.md.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/octets.h"
#include "message/summary.h"

namespace postkeep::store {

// RFC 9051 section 2.3.1.1. Never 0, never used twice under one UIDVALIDITY.
using Uid = std::uint32_t;
using ModificationSequence = std::uint64_t;  // RFC 7162; 63 bits.

enum class StoreError : std::uint8_t {
  no_space,       // The disk, or a limit of the account, is full.
  trouble,        // The disk failed; see the log.
  not_found,      // No such mailbox, or the message is gone.
  exists,         // A mailbox of that name is there.
  bad_name,       // No mailbox can have that name.
  limit,          // Too many mailboxes, levels, messages or keywords.
  not_allowed,    // INBOX cannot be deleted, and the like.
  uid_exhausted,  // The next UID would be above 2^32 - 1.
};
[[nodiscard]] std::string_view name(StoreError error);
template <typename T = void>
using StoreResult = std::expected<T, StoreError>;

// System flags, as bits. \Recent is not one: see Folder::take_recent.
inline constexpr std::uint8_t flag_answered = 1;
inline constexpr std::uint8_t flag_flagged = 2;
inline constexpr std::uint8_t flag_deleted = 4;
inline constexpr std::uint8_t flag_seen = 8;
inline constexpr std::uint8_t flag_draft = 16;

// Maildir keeps a keyword as one letter, a to z: that many a folder.
inline constexpr std::size_t folder_keywords_max = 26;
// A longer keyword is StoreError::limit.
inline constexpr std::size_t keyword_octets_max = 100;
// The longest name of a mailbox, and its levels. What must fit the 255 octets
// of a directory's name may end earlier: StoreError::bad_name.
inline constexpr std::size_t mailbox_octets_max = 1000;
inline constexpr std::size_t mailbox_levels_max = 32;

struct Flags {
  std::uint8_t system = 0;
  std::uint32_t keywords = 0;  // Bit n: Folder::keywords()[n].
  bool operator==(const Flags&) const = default;
};

struct Message {
  Uid uid = 0;
  Flags flags;
  ModificationSequence modification_sequence = 0;
  std::int64_t internal_date = 0;  // Seconds since 1970, UTC.
  std::uint32_t octets = 0;        // RFC822.SIZE.
};

// When a change is durable.
enum class Durable : std::uint8_t {
  at_once,   // When the call returns.
  by_flush,  // When flush_flags() has: nobody may be told of it before.
};

enum class FlagChange : std::uint8_t { replace, add, remove };

// Told by a Folder what changed, whoever changed it. No call may change the
// folder.
class FolderObserver {
 public:
  virtual void arrived(Uid uid) = 0;  // In ascending order.
  virtual void changed(Uid uid) = 0;  // Flags, keywords: modseq grew.
  // Expunged, here or elsewhere; `when` is what expunged_since() has for it.
  virtual void gone(Uid uid, ModificationSequence when) = 0;
  virtual void folder_gone() = 0;  // Deleted: not to be used any more.

 protected:
  ~FolderObserver() = default;
};

// The octets of one message, unchanged for as long as this is held.
class Text {
 public:
  virtual ~Text() = default;
  [[nodiscard]] virtual Octets octets() const = 0;
};

// The same octets, read from the first on without holding them all.
class TextReader {
 public:
  virtual ~TextReader() = default;
  // Fills `room`; fewer octets only at the end, none after it.
  [[nodiscard]] virtual StoreResult<std::size_t> read(
      std::span<Octet> room) = 0;
};

class Folder {
 public:
  virtual ~Folder() = default;

  [[nodiscard]] virtual const std::string& name() const = 0;
  [[nodiscard]] virtual std::uint32_t uid_validity() const = 0;
  [[nodiscard]] virtual Uid uid_next() const = 0;
  [[nodiscard]] virtual ModificationSequence highest_modification_sequence()
      const = 0;
  // A name for each keyword bit in use; an empty string is a free bit.
  [[nodiscard]] virtual const std::vector<std::string>& keywords() const = 0;
  // The bit of a keyword (names compare without case), taking a free one for
  // a new name. Durable with the first message that carries it.
  [[nodiscard]] virtual StoreResult<std::uint32_t> keyword_bit(
      std::string_view keyword) = 0;

  // All messages, by ascending UID. Valid until the folder next changes.
  [[nodiscard]] virtual std::span<const Message> messages() const = 0;
  [[nodiscard]] virtual const Message* find(Uid uid) const = 0;

  virtual void observe(FolderObserver* observer) = 0;
  virtual void stop_observing(FolderObserver* observer) = 0;
  // Looks for what other programs did to the folder, and tells it.
  [[nodiscard]] virtual StoreResult<> refresh() = 0;
  // Messages that no read-write session has been told of as \Recent yet
  // (those in Maildir's new/). If `take`, they are it for this call alone.
  [[nodiscard]] virtual StoreResult<std::vector<Uid>> recent(bool take) = 0;

  // not_found when the message has gone meanwhile (observers were told).
  [[nodiscard]] virtual StoreResult<std::shared_ptr<const Text>> text(
      Uid uid) = 0;
  // The same a piece at a time; it goes on though the message be expunged.
  // At most one open reader a session: each holds a file open.
  [[nodiscard]] virtual StoreResult<std::unique_ptr<TextReader>> read_text(
      Uid uid) = 0;
  // How many octets the message has when each line ends with CRLF, as POP3
  // shows it (message/line_ends.h): from the index where it knows.
  [[nodiscard]] virtual StoreResult<std::uint64_t> octets_in_lines(Uid uid) = 0;
  // ENVELOPE and structure: from the index, or read from the text and kept.
  [[nodiscard]] virtual StoreResult<std::shared_ptr<const message::Summary>>
  summary(Uid uid) = 0;
  // Words that a protocol makes of the summary, kept with it so that they need
  // not be made again: of this `form` (its maker and version) or none. Valid
  // until the next call of these two or of summary().
  [[nodiscard]] virtual std::optional<std::string_view> shown(
      Uid uid, std::uint8_t form) = 0;
  // May be forgotten, as those of a message of which the summary is new are.
  virtual void keep_shown(Uid uid, std::uint8_t form,
                          std::string_view words) = 0;

  // The rest change mail. On success all of it is durable, unless
  // Durable::by_flush was asked for.
  [[nodiscard]] virtual StoreResult<Uid> append(Octets text, Flags flags,
                                                std::int64_t internal_date) = 0;
  // Several messages, all or none (MULTIAPPEND).
  struct Appended {
    Octets text;
    Flags flags;
    std::int64_t internal_date = 0;
  };
  [[nodiscard]] virtual StoreResult<std::vector<Uid>> append_all(
      std::span<const Appended> messages) = 0;
  // UIDs that are not there are passed over; returns those that were changed.
  // With `unchanged_since`, those with a greater modification sequence are
  // left alone and returned in `modified` (RFC 7162).
  struct FlagsChanged {
    std::vector<Uid> changed;
    std::vector<Uid> modified;
  };
  [[nodiscard]] virtual StoreResult<FlagsChanged> change_flags(
      std::span<const Uid> uids, FlagChange how, Flags flags,
      std::optional<ModificationSequence> unchanged_since = {},
      Durable durable = Durable::at_once) = 0;
  // One flush for all changes that wait for it. After a failure none of them
  // may be told as done.
  [[nodiscard]] virtual StoreResult<> flush_flags() = 0;
  // Expunges those of `uids` that are there, whatever their flags.
  [[nodiscard]] virtual StoreResult<std::vector<Uid>> expunge(
      std::span<const Uid> uids) = 0;
  // Copies or moves into `target` (which may be this folder for copy), keeping
  // flags, keywords by name, and internal date. All or none; in the order of
  // `uids`. Returns pairs of old and new UID.
  using UidPairs = std::vector<std::pair<Uid, Uid>>;
  [[nodiscard]] virtual StoreResult<UidPairs> copy(std::span<const Uid> uids,
                                                   Folder& target) = 0;
  [[nodiscard]] virtual StoreResult<UidPairs> move(std::span<const Uid> uids,
                                                   Folder& target) = 0;
  // UIDs expunged since `since`, ascending; nullopt when that history is not
  // known, so that every UID not there must be taken as expunged (RFC 7162).
  [[nodiscard]] virtual std::optional<std::vector<Uid>> expunged_since(
      ModificationSequence since) = 0;
};

struct FolderInfo {
  std::string name;
  bool subscribed = false;
  bool exists = true;  // False: subscribed to, but not there; or a parent only.
  bool has_children = false;
  std::string special_use;  // "\\Sent" and the like, or empty (RFC 6154).
};

struct FolderStatus {
  std::uint32_t messages = 0;
  std::uint32_t recent = 0;
  std::uint32_t unseen = 0;
  std::uint32_t deleted = 0;
  std::uint64_t octets = 0;
  Uid uid_next = 0;
  std::uint32_t uid_validity = 0;
  ModificationSequence highest_modification_sequence = 0;
};

// 16 random octets that the spool gave one recipient's copy of one message:
// the same delivery twice is one message.
using DeliveryId = std::array<Octet, 16>;

struct Placed {
  std::uint32_t uid_validity = 0;
  Uid uid = 0;  // 0: it was there before, under whatever UID.
};

class MailStore {
 public:
  virtual ~MailStore() = default;

  // Every mailbox and every name subscribed to, sorted by name, INBOX first.
  [[nodiscard]] virtual StoreResult<std::vector<FolderInfo>> list() = 0;
  // Makes missing parents too. `special_use`: RFC 6154, or empty.
  [[nodiscard]] virtual StoreResult<> create(
      std::string_view mailbox, std::string_view special_use = {}) = 0;
  [[nodiscard]] virtual StoreResult<> remove(std::string_view mailbox) = 0;
  // Takes what is below along; RENAME INBOX moves its messages (RFC 9051
  // section 6.3.6).
  [[nodiscard]] virtual StoreResult<> rename(std::string_view from,
                                             std::string_view to) = 0;
  [[nodiscard]] virtual StoreResult<> subscribe(std::string_view mailbox,
                                                bool on) = 0;
  // One object a folder, shared by all who use it. "INBOX" in any case.
  [[nodiscard]] virtual StoreResult<std::shared_ptr<Folder>> open(
      std::string_view mailbox) = 0;
  [[nodiscard]] virtual StoreResult<FolderStatus> status(
      std::string_view mailbox) = 0;

  // Places a delivered message into `mailbox` ("INBOX"; made when it is not
  // there). Seen by sessions at once; durable after flush_deliveries. The text
  // is `pieces`, one after the other.
  [[nodiscard]] virtual StoreResult<Placed> deliver(
      const DeliveryId& id, std::string_view mailbox,
      std::span<const Octets> pieces, std::int64_t internal_date) = 0;
  // Makes every message placed so far durable, with one flush for all.
  [[nodiscard]] virtual StoreResult<> flush_deliveries() = 0;
  // The spool will never repeat these: their ids need not be known any more.
  virtual void forget(std::span<const DeliveryId> ids) = 0;
};

}  // namespace postkeep::store
