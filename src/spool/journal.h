// Journal: where accepted mail is durable (one directory of segment files).
//
// Here:      appending messages and outcomes, group commit, reading back.
// Not here:  what a record looks like (record.h), what is kept after a crash
//            (recovery.h), who gets which message when (delivery.h).
// Grammar:   none: a binary format of our own (record.h).
// Laws:      invariants J1 to J9 of docs/spool_states.md, searched in
//            tests/sim/journal_crash_test.cc.
//
// A flush is a value: append() several records, take_flush(), flush those files
// (elsewhere, meanwhile appending more), tell flushed(). What was appended
// before take_flush() is durable then, and only then may anyone be told so.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/disk.h"
#include "base/octets.h"
#include "base/random.h"
#include "spool/entry.h"
#include "spool/record.h"
#include "spool/report.h"

namespace postkeep::spool {

// A message in the journal: the sequence number of its first record. Never used
// twice for messages that were durable.
using MessageId = Sequence;

struct JournalLimits {
  // The size of a segment. A record that does not fit gets a segment of its
  // own, of its own size.
  std::uint64_t segment_octets = std::uint64_t{16} * 1024 * 1024;
  // The largest message, with its entry.
  std::uint64_t record_octets_max = std::uint64_t{256} * 1024 * 1024;
  std::size_t messages_max = std::size_t{1} << 20;
  // Copied forward at most, for each call of upkeep().
  std::uint64_t upkeep_octets_max = std::uint64_t{1} * 1024 * 1024;
  // Zeros are written this far ahead of the records in a new segment. A flush
  // of blocks that were written before is a flush of data alone; the first one
  // of reserved blocks is a transaction of the file system too, and takes
  // about three times as long (docs/durability.md).
  std::uint64_t fill_octets = std::uint64_t{1} * 1024 * 1024;
};

enum class Refusal : std::uint8_t {
  no_space,   // Now. Later it may go: the answer is 452.
  too_large,  // Never.
  stopped,    // A flush or a write failed: nothing is accepted any more.
  not_known,  // No such message, or its recipient is done already.
};
[[nodiscard]] std::string_view name(Refusal refusal);

enum class OpenError : std::uint8_t {
  locked,  // Another process has this directory.
  newer,   // Written by a newer Postkeep, in a format not known here.
  trouble,
  no_space,
};
[[nodiscard]] std::string_view name(OpenError error);

// What was found, for the log and the operator.
struct RecoveryReport {
  std::uint64_t segments = 0;
  std::uint64_t messages = 0;
  std::uint64_t torn_octets = 0;     // Cut off the tail: never acknowledged.
  std::uint64_t damaged_places = 0;  // Each set aside, as a file.
  std::uint64_t damaged_octets = 0;
  std::uint64_t not_set_aside = 0;  // Of damaged_places: no file was possible.
  bool operator==(const RecoveryReport&) const = default;
};

struct RecoveredMessage {
  MessageId id = 0;
  Entry entry;
  std::uint64_t message_octets = 0;
  std::vector<bool> recipients_done;  // One for each; not all are true.
  std::uint8_t marks = 0;
  std::vector<Deferral> deferrals;  // The last of each recipient, if any.
};

// A message read back.
struct StoredMessage {
  Entry entry;
  std::vector<Octet> octets;
};

struct JournalStatus {
  std::uint64_t messages = 0;
  std::uint64_t live_octets = 0;
  std::uint64_t disk_octets = 0;
  std::uint64_t segments = 0;
  Sequence appended = 0;
  Sequence durable = 0;
  bool stopped = false;
};

enum class FlushNeed : std::uint8_t {
  none,
  lazy,  // Outcomes and freed segments: within a second or so.
  now,   // Messages: someone waits for his 250.
};

class Journal {
  struct Private {  // Only open() makes a journal.
    explicit Private() = default;
  };

 public:
  struct Opened;

  // Locks the directory, recovers what is in it and starts a new segment.
  // `disk` and `random` live longer than the journal. Blocks. Where there is a
  // `take`, it is given the messages one by one, by ascending id, so that a
  // hundred thousand entries need not be in memory together.
  using Take = std::function<void(RecoveredMessage message)>;
  [[nodiscard]] static std::expected<Opened, OpenError> open(
      Disk& disk, DirectoryHandle directory, Random& random,
      JournalLimits limits = {}, const Take& take = {});
  Journal(Private, Disk& disk, DirectoryHandle directory, Random& random,
          JournalLimits limits);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // Appends a message; its octets are `pieces`, one after the other. Durable
  // when durable_up_to() has reached the id that is returned.
  // `entry` is within its limits (PK_CHECK).
  [[nodiscard]] std::expected<MessageId, Refusal> append(
      const Entry& entry, std::span<const Octets> pieces);
  // Records that `recipient` (an index) needs nothing more: its mailbox has
  // the message, flushed. After the last one the message is gone.
  [[nodiscard]] std::expected<Sequence, Refusal> append_done(
      MessageId id, std::uint32_t recipient);

  // Appends a message of our own about another, and with it what that one's
  // recipients have come to: after a crash both are there or neither.
  // `report` and `entry` are within their limits (PK_CHECK).
  [[nodiscard]] std::expected<MessageId, Refusal> append_report(
      const Report& report, const Entry& entry, std::span<const Octets> pieces);
  // Notes that a recipient waits. Nothing depends on it: nobody flushes it in
  // haste.
  [[nodiscard]] std::expected<Sequence, Refusal> append_deferral(
      const Deferral& deferral);
  // Sets the message's marks.
  [[nodiscard]] std::expected<Sequence, Refusal> append_marks(
      MessageId id, std::uint8_t marks);
  // 0 for what is not live.
  [[nodiscard]] std::uint8_t marks(MessageId id) const;

  // What a flush that starts now has to flush; empty when nothing is to be, or
  // while one is under way. The files stay open until flushed() was told.
  [[nodiscard]] std::vector<FileHandle> take_flush();
  // Ends it: true only if every file was flushed. After a false one the journal
  // stops for good.
  void flushed(bool ok);
  [[nodiscard]] FlushNeed flush_need() const;
  [[nodiscard]] bool flush_is_under_way() const { return flushing_; }
  // Every record up to this one is durable.
  [[nodiscard]] Sequence durable_up_to() const { return durable_; }
  [[nodiscard]] bool is_stopped() const { return stopped_; }

  // A bounded piece of housekeeping: frees and recycles segments, copies live
  // records out of mostly dead ones, gets the next segment ready. To be called
  // after flushed() and now and then. True when there is more to do at once.
  bool upkeep();

  // Reads a live message back, checking its checksum. not_found: it is not
  // live; malformed: the disk gave back something else.
  [[nodiscard]] std::expected<StoredMessage, Trouble> read(MessageId id);

  [[nodiscard]] JournalStatus status() const;

 private:
  enum class SegmentState : std::uint8_t {
    active,   // Records are appended to it.
    closed,   // Full.
    freeing,  // Nothing in it is needed: marked free, not durable yet.
    spare,    // Free, durably: to be used again, or removed.
    raw,      // A file without its full size yet: there was no space.
  };
  struct Segment {
    std::string name;
    FileHandle file = FileHandle::none;
    SegmentState state = SegmentState::raw;
    std::uint64_t octets = 0;  // The size of the file.
    SegmentHeader header;
    std::uint64_t end = segment_records_offset;  // Where the next record goes.
    std::uint64_t filled = 0;  // Every block before it was written once.
    std::uint64_t live_octets = 0;
    std::map<std::uint64_t, MessageId> live;  // By offset.
    Sequence free_after = 0;  // To be durable before it is freed.
    // Generations with messages that records in here say are done: while one
    // of them can be read, these records must be readable too.
    std::set<std::uint64_t> needed_by;
    bool dirty = false;     // Written since a flush last took it.
    bool flushing = false;  // Part of the flush under way.
    bool held = false;      // Damage that is nowhere else: never freed.
  };
  struct Located {
    Segment* segment = nullptr;
    std::uint64_t offset = 0;
    std::uint32_t payload_octets = 0;
    std::uint32_t recipients = 0;
    std::uint8_t marks = 0;
    std::vector<bool> done;  // Empty: none of them.
    // Every generation that a copy of the message was written to.
    std::vector<std::uint64_t> generations;
  };
  struct Place {
    Segment* segment = nullptr;
    std::uint64_t offset = 0;
    std::uint32_t payload_octets = 0;
    Sequence sequence = 0;
  };
  class Opening;  // journal_open.cc

  // journal.cc
  std::expected<Place, Refusal> append_record(RecordType type,
                                              std::span<const Octets> payload);
  std::expected<void, Refusal> make_room(std::uint64_t octets, RecordType type);
  Refusal refusal_of(Trouble trouble);
  void settle(MessageId id, const Place& place);
  static void note_outcome(const Located& located, Segment& segment);
  [[nodiscard]] static bool is_undone(const Located& located,
                                      std::uint32_t recipient);
  void remember(MessageId id, const Place& place, std::uint32_t recipients);
  std::expected<std::vector<Octet>, Trouble> read_payload(
      const Located& located, RecordHeader& header);

  // journal_segments.cc
  std::expected<Segment*, Trouble> take_spare(std::uint64_t octets);
  std::expected<Segment*, Trouble> make_segment(std::uint64_t octets);
  std::expected<void, Trouble> start_segment(Segment& segment);
  std::expected<void, Trouble> write_header(Segment& segment);
  std::expected<void, Trouble> fill_ahead(Segment& segment, std::uint64_t end);
  [[nodiscard]] bool is_blocked(const Segment& segment) const;
  [[nodiscard]] bool may_be_freed(const Segment& segment) const;
  void free_segments();
  void remove_spares();
  void prepare_spare();
  [[nodiscard]] bool is_over_bound() const;
  [[nodiscard]] Segment* choose_to_clean() const;
  bool copy_forward();
  std::expected<std::uint64_t, Refusal> copy_record(MessageId id,
                                                    Located& located);

  Disk& disk_;
  DirectoryHandle directory_;
  Random& random_;
  JournalLimits limits_;
  FileHandle lock_ = FileHandle::none;
  std::vector<std::unique_ptr<Segment>> segments_;
  Segment* active_ = nullptr;
  // Those that could be read after a crash: all but spare ones.
  std::map<std::uint64_t, Segment*> by_generation_;
  std::unordered_map<MessageId, Located> messages_;
  std::uint64_t next_file_ = 1;
  std::uint64_t next_generation_ = 1;
  Sequence next_sequence_ = 1;
  // What recovery kept, and where its end is: for the header of the next
  // segment, once.
  std::optional<Sequence> kept_up_to_;
  std::uint64_t follows_ = 0;
  Sequence durable_ = 0;
  Sequence flush_covers_ = 0;
  Sequence last_message_ = 0;  // The last record that someone waits for.
  bool flushing_ = false;
  bool stopped_ = false;
};

struct Journal::Opened {
  std::unique_ptr<Journal> journal;
  std::vector<RecoveredMessage> messages;  // By ascending id.
  RecoveryReport report;
};

}  // namespace postkeep::spool
