// A classic mbox spool file, /var/mail/USER, that other programs read and
// change too: messages are appended to it, whole and once.
//
// Here:      SpoolFile: its locks, its crash story; write_delivered().
// Not here:  when a delivery that failed is repeated (spool/).
// Grammar:   grammar/rfc4155_mbox.rl, rule From_line, is what is written.
// Laws:      tests/mbox/spool_file_crash_test.cc: a delivery that was said done
//            is there after any power cut, once; what others wrote is never
//            lost.
//
// Locks are Debian's (policy section 11.6): fcntl, then NAME.lock. Nothing
// waits: who holds a lock is waited for by repeating the delivery.
//
// A note in a place of our own says, flushed, what will be appended and where,
// before the first octet is. Found after a crash with the same delivery again:
//   all of it is there                it was delivered
//   a part of it, and nothing else    cut off, written anew
//   anything else                     another program has changed the file
//                                     meanwhile: written (perhaps once more)
// Another delivery waits while a part may be there, which only the repetition
// can tell from what others wrote.
// So a delivery is in the file once, unless another program rewrites the file
// between a crash and the repetition; it is never in it less than once.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/disk.h"
#include "base/octets.h"

namespace postkeep::mbox {

using DropId = std::array<Octet, 16>;

// Deliveries that are done and not forgotten; more wait.
inline constexpr std::size_t drop_ids_max = 248;
// liblockfile takes an empty lock file for stale after 5 minutes.
inline constexpr std::int64_t stale_lock_seconds = 300;

// Where the notes stand below a directory of spool files: no user's name
// begins with a dot.
inline constexpr std::string_view spool_notes_directory = ".postkeep";

enum class DropError : std::uint8_t {
  locked,    // Another program has the file now.
  missing,   // There is no file, and whose it would be is not ours to say.
  waiting,   // A delivery that was interrupted must be repeated first.
  no_space,  // The file is as long as it was before.
  not_safe,  // A link, no file, or one with several names.
  trouble,   // The disk failed. After a failed flush nothing more is taken.
};
[[nodiscard]] std::string_view name(DropError error);

enum class Dropped : std::uint8_t { now, before };

// What is done where there is no file.
enum class NoFile : std::uint8_t { is_made, is_told };

// All that stands in the file for one message, mboxrd (RFC 4155 Appendix A):
// From_ line, the lines with LF for CRLF, an empty line.
[[nodiscard]] std::string write_delivered(std::span<const Octets> pieces,
                                          std::string_view sender,
                                          std::int64_t date);

// What the notes hold: two slots, written in turn.
struct DropNote {
  std::uint64_t sequence = 0;
  // The delivery that is under way; `octets` 0: none.
  DropId id{};
  std::uint64_t inode = 0;
  std::uint64_t offset = 0;
  std::uint64_t octets = 0;
  std::uint32_t checksum = 0;
  std::vector<DropId> done;

  bool operator==(const DropNote&) const = default;
};
inline constexpr std::size_t drop_slot_octets = 4096;
[[nodiscard]] std::vector<Octet> write(const DropNote& note);
// nullopt: these octets are no whole note.
[[nodiscard]] std::optional<DropNote> read_drop_note(Octets slot);

class SpoolFile {
 public:
  struct Place {
    Disk& disk;
    DirectoryHandle in;
    std::string name;
  };
  // The file stands at `file`, the notes at `notes`, on a disk of our own.
  SpoolFile(Place file, Place notes, Clock& clock,
            NoFile no_file = NoFile::is_made);
  ~SpoolFile();
  SpoolFile(const SpoolFile&) = delete;
  SpoolFile& operator=(const SpoolFile&) = delete;

  // `written` is what write_delivered() made, the same for the same id. On
  // success it is durable. `give_up`: a delivery that was interrupted and does
  // not come again is left as it stands.
  [[nodiscard]] std::expected<Dropped, DropError> deliver(
      const DropId& id, std::string_view written, bool give_up = false);
  // The spool will never repeat these.
  void forget(std::span<const DropId> ids);
  // Those that were done and are not forgotten; none before the first delivery.
  [[nodiscard]] const std::vector<DropId>& known() const { return note_.done; }
  // A flush has failed: this process can promise nothing more.
  [[nodiscard]] bool has_failed() const { return failed_; }

 private:
  class Lock;
  enum class Tail : std::uint8_t { torn, foreign };
  // Of the delivery that was under way, as far as its checksum says.
  enum class Left : std::uint8_t { nothing, whole, perhaps_a_part };

  [[nodiscard]] std::expected<void, DropError> open_notes();
  [[nodiscard]] std::expected<void, DropError> note(DropNote next);
  [[nodiscard]] std::expected<std::string, DropError> gap_before(
      const Lock& file, std::uint64_t offset);
  [[nodiscard]] std::expected<Left, DropError> look_what_is_left(
      const Lock& file);
  [[nodiscard]] std::expected<Tail, DropError> look_at_tail(
      const Lock& file, std::string_view text);
  [[nodiscard]] std::expected<void, DropError> settle(Lock& file,
                                                      const DropId& id,
                                                      std::string_view written,
                                                      bool give_up);
  [[nodiscard]] std::expected<void, DropError> flush(const Lock& file);
  [[nodiscard]] std::expected<Dropped, DropError> append(
      Lock& file, const DropId& id, std::string_view written);
  [[nodiscard]] std::unexpected<DropError> fail();

  Place file_;
  Place notes_;
  Clock& clock_;
  NoFile no_file_;
  FileHandle notes_file_ = FileHandle::none;
  DropNote note_;
  std::uint64_t named_inode_ = 0;  // The file whose name is durable.
  bool failed_ = false;
};

}  // namespace postkeep::mbox
