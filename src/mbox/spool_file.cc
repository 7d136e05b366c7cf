#include "mbox/spool_file.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/check.h"
#include "base/checksum.h"
#include "mbox/from_line.h"
#include "mbox/quoting.h"

namespace postkeep::mbox {
namespace {

constexpr std::size_t piece_octets = std::size_t{64} * 1024;
constexpr std::int64_t microseconds = 1'000'000;

DropError error_of(Trouble trouble) {
  switch (trouble) {
    case Trouble::no_space: return DropError::no_space;
    case Trouble::locked: return DropError::locked;
    case Trouble::wrong_kind:
    case Trouble::not_permitted: return DropError::not_safe;
    default: return DropError::trouble;
  }
}

std::unexpected<DropError> failed(Trouble trouble) {
  return std::unexpected(error_of(trouble));
}

// One line, with its end where it has one.
void write_line(std::string& out, std::string_view line) {
  if (is_quoted_or_from(octets(line))) out += '>';
  const bool ends = line.ends_with("\r\n");
  out += ends ? line.substr(0, line.size() - 2) : line;
  if (ends || !line.ends_with('\n')) out += '\n';
}

}  // namespace

std::string_view name(DropError error) {
  switch (error) {
    case DropError::locked: return "locked";
    case DropError::missing: return "missing";
    case DropError::waiting: return "waiting";
    case DropError::no_space: return "no_space";
    case DropError::not_safe: return "not_safe";
    case DropError::trouble: return "trouble";
  }
  check_failed("DropError holds one of its enumerators", __FILE__, __LINE__);
}

std::string write_delivered(std::span<const Octets> pieces,
                            std::string_view sender, std::int64_t date) {
  std::string text;
  for (const Octets piece : pieces) text.append(piece.begin(), piece.end());
  std::string out = write_from_line(sender, date);
  out.reserve(out.size() + text.size() + text.size() / 64);
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size() - 1) + 1;
    write_line(out, rest.substr(0, end));
    rest.remove_prefix(end);
  }
  return out += '\n';
}

// The file, open and locked in both ways; let go of when this ends.
class SpoolFile::Lock {
 public:
  explicit Lock(Place& place) : place_(place) {}
  ~Lock() {
    if (has_lock_file_) {
      static_cast<void>(place_.disk.remove(place_.in, lock_name()));
    }
    if (file_ != FileHandle::none) place_.disk.close(file_);
  }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

  [[nodiscard]] std::expected<void, DropError> take(std::int64_t now,
                                                    NoFile no_file) {
    auto opened = place_.disk.open(place_.in, place_.name, Open::write);
    if (!opened && opened.error() == Trouble::not_found) {
      if (no_file == NoFile::is_told) {
        return std::unexpected(DropError::missing);
      }
      opened = place_.disk.open(place_.in, place_.name, Open::create_new);
    }
    if (!opened) return failed(opened.error());
    file_ = *opened;
    if (const auto locked = place_.disk.lock(file_); !locked) {
      return failed(locked.error());
    }
    if (auto taken = take_lock_file(now); !taken) return taken;
    // What we have locked must be what the name means, and nothing else too: a
    // second name could be another's file, or another's way to ours.
    const auto status = place_.disk.status(file_);
    const auto named = place_.disk.status(place_.in, place_.name);
    if (!status || !named || named->inode != status->inode) {
      return std::unexpected(DropError::locked);
    }
    if (status->kind != EntryKind::file || status->links != 1) {
      return std::unexpected(DropError::not_safe);
    }
    inode_ = status->inode;
    octets_ = status->octets;
    return {};
  }

  [[nodiscard]] FileHandle file() const { return file_; }
  [[nodiscard]] std::uint64_t inode() const { return inode_; }
  [[nodiscard]] std::uint64_t octets() const { return octets_; }
  void set_octets(std::uint64_t octets) { octets_ = octets; }

 private:
  [[nodiscard]] std::string lock_name() const { return place_.name + ".lock"; }

  [[nodiscard]] std::expected<void, DropError> take_lock_file(
      std::int64_t now) {
    auto made = place_.disk.open(place_.in, lock_name(), Open::create_new);
    if (!made && made.error() == Trouble::exists) {
      const auto there = place_.disk.status(place_.in, lock_name());
      if (!there || there->modified > now - stale_lock_seconds * microseconds) {
        return std::unexpected(DropError::locked);
      }
      // Whoever made it has died; we hold the other lock.
      static_cast<void>(place_.disk.remove(place_.in, lock_name()));
      made = place_.disk.open(place_.in, lock_name(), Open::create_new);
      if (!made && made.error() == Trouble::exists) {
        return std::unexpected(DropError::locked);
      }
    }
    if (!made) return failed(made.error());
    place_.disk.close(*made);
    has_lock_file_ = true;
    return {};
  }

  Place& place_;
  FileHandle file_ = FileHandle::none;
  bool has_lock_file_ = false;
  std::uint64_t inode_ = 0;
  std::uint64_t octets_ = 0;
};

SpoolFile::SpoolFile(Place file, Place notes, Clock& clock, NoFile no_file)
    : file_(std::move(file)),
      notes_(std::move(notes)),
      clock_(clock),
      no_file_(no_file) {}

SpoolFile::~SpoolFile() {
  if (notes_file_ != FileHandle::none) notes_.disk.close(notes_file_);
}

std::unexpected<DropError> SpoolFile::fail() {
  failed_ = true;
  return std::unexpected(DropError::trouble);
}

std::expected<void, DropError> SpoolFile::open_notes() {
  if (notes_file_ != FileHandle::none) return {};
  Disk& disk = notes_.disk;
  const auto file = disk.open(notes_.in, notes_.name, Open::write_create);
  if (!file) return failed(file.error());
  notes_file_ = *file;
  std::vector<Octet> room(drop_slot_octets);
  for (const std::uint64_t at : {std::uint64_t{0}, drop_slot_octets}) {
    const auto got = disk.read(notes_file_, at, room);
    if (!got) return failed(got.error());
    const auto read = read_drop_note(Octets(room).first(*got));
    if (read && read->sequence > note_.sequence) note_ = *read;
  }
  if (const auto room_taken = disk.reserve(notes_file_, 2 * drop_slot_octets);
      !room_taken) {
    return failed(room_taken.error());
  }
  if (!disk.flush_directory(notes_.in)) return fail();
  return {};
}

// Durable when it returns; the slot of the note before stays as it is.
std::expected<void, DropError> SpoolFile::note(DropNote next) {
  next.sequence = note_.sequence + 1;
  const std::uint64_t at = next.sequence % 2 * drop_slot_octets;
  Disk& disk = notes_.disk;
  if (const auto wrote = disk.write(notes_file_, at, write(next)); !wrote) {
    return failed(wrote.error());
  }
  if (!disk.flush(notes_file_)) return fail();
  note_ = std::move(next);
  return {};
}

// A message stands behind an empty line: what another program left without.
std::expected<std::string, DropError> SpoolFile::gap_before(
    const Lock& file, std::uint64_t offset) {
  std::array<Octet, 2> last{'\n', '\n'};
  const std::uint64_t count = std::min<std::uint64_t>(offset, last.size());
  const auto got =
      file_.disk.read(file.file(), offset - count,
                      std::span(last).last(static_cast<std::size_t>(count)));
  if (!got) return failed(got.error());
  if (last[1] != '\n') return "\n\n";
  return last[0] != '\n' ? "\n" : "";
}

// Whether all of it is there can be said without its text; a part cannot.
std::expected<SpoolFile::Left, DropError> SpoolFile::look_what_is_left(
    const Lock& file) {
  const std::uint64_t end = note_.offset + note_.octets;
  if (note_.inode != file.inode() || file.octets() <= note_.offset) {
    return Left::nothing;
  }
  std::vector<Octet> room(piece_octets);
  std::uint32_t checksum = 0;
  std::uint64_t at = note_.offset;
  while (at < std::min(end, file.octets())) {
    const auto part = std::span(room).first(static_cast<std::size_t>(
        std::min<std::uint64_t>(room.size(), end - at)));
    const auto got = file_.disk.read(file.file(), at, part);
    if (!got) return failed(got.error());
    if (*got == 0) break;
    checksum = crc32c(part.first(*got), checksum);
    at += *got;
  }
  if (at == end && checksum == note_.checksum) return Left::whole;
  return file.octets() <= end ? Left::perhaps_a_part : Left::nothing;
}

// What stands where the note says that `text` was to be. A power cut leaves
// zeros where octets never reached the disk.
std::expected<SpoolFile::Tail, DropError> SpoolFile::look_at_tail(
    const Lock& file, std::string_view text) {
  if (note_.inode != file.inode() || note_.octets != text.size() ||
      note_.checksum != crc32c(octets(text)) || file.octets() < note_.offset) {
    return Tail::foreign;
  }
  const std::uint64_t there = file.octets() - note_.offset;
  if (there > text.size()) return Tail::foreign;
  const Octets wanted = octets(text).first(static_cast<std::size_t>(there));
  std::vector<Octet> room(piece_octets);
  for (std::size_t at = 0; at < wanted.size();) {
    const auto part =
        std::span(room).first(std::min(room.size(), wanted.size() - at));
    const auto got = file_.disk.read(file.file(), note_.offset + at, part);
    if (!got) return failed(got.error());
    if (*got != part.size()) return Tail::foreign;
    for (std::size_t i = 0; i < part.size(); ++i) {
      if (part[i] != wanted[at + i] && part[i] != 0) return Tail::foreign;
    }
    at += part.size();
  }
  return Tail::torn;
}

std::expected<Dropped, DropError> SpoolFile::deliver(const DropId& id,
                                                     std::string_view written,
                                                     bool give_up) {
  if (failed_) return std::unexpected(DropError::trouble);
  if (const auto opened = open_notes(); !opened) {
    return std::unexpected(opened.error());
  }
  if (std::ranges::find(note_.done, id) != note_.done.end()) {
    return Dropped::before;
  }
  if (note_.done.size() >= drop_ids_max) {
    return std::unexpected(DropError::waiting);
  }
  Lock file(file_);
  const auto now = clock_.wall().time_since_epoch();
  if (const auto taken = file.take(now.count(), no_file_); !taken) {
    return std::unexpected(taken.error());
  }
  if (note_.octets > 0) {
    const auto settled = settle(file, id, written, give_up);
    if (!settled) return std::unexpected(settled.error());
    if (std::ranges::find(note_.done, id) != note_.done.end()) {
      return Dropped::before;
    }
  }
  return append(file, id, written);
}

// Finds out what became of the delivery that was under way.
std::expected<void, DropError> SpoolFile::settle(Lock& file, const DropId& id,
                                                 std::string_view written,
                                                 bool give_up) {
  const auto left = look_what_is_left(file);
  if (!left) return std::unexpected(left.error());
  if (*left == Left::whole) {
    // Seen, but perhaps from memory alone.
    if (auto flushed = flush(file); !flushed) return flushed;
    note_.done.push_back(note_.id);
  } else if (*left == Left::perhaps_a_part && note_.id != id) {
    if (!give_up) return std::unexpected(DropError::waiting);
  } else if (*left == Left::perhaps_a_part) {
    const auto gap = gap_before(file, note_.offset);
    if (!gap) return std::unexpected(gap.error());
    const auto tail = look_at_tail(file, *gap + std::string(written));
    if (!tail) return std::unexpected(tail.error());
    if (*tail == Tail::torn) {
      const auto cut = file_.disk.resize(file.file(), note_.offset);
      if (!cut) return failed(cut.error());
      file.set_octets(note_.offset);
    }
  }
  note_.octets = 0;
  return {};
}

// The file's octets, and its name, which another program may have given it.
std::expected<void, DropError> SpoolFile::flush(const Lock& file) {
  if (!file_.disk.flush(file.file())) return fail();
  if (named_inode_ == file.inode()) return {};
  if (!file_.disk.flush_directory(file_.in)) return fail();
  named_inode_ = file.inode();
  return {};
}

std::expected<Dropped, DropError> SpoolFile::append(Lock& file,
                                                    const DropId& id,
                                                    std::string_view written) {
  const std::uint64_t offset = file.octets();
  const auto gap = gap_before(file, offset);
  if (!gap) return std::unexpected(gap.error());
  const std::string text = *gap + std::string(written);
  DropNote next = note_;
  next.id = id;
  next.inode = file.inode();
  next.offset = offset;
  next.octets = text.size();
  next.checksum = crc32c(octets(text));
  if (const auto noted = note(std::move(next)); !noted) {
    return std::unexpected(noted.error());
  }
  if (const auto wrote = file_.disk.write(file.file(), offset, octets(text));
      !wrote) {
    // As long as it was: nobody reads half a message.
    if (!file_.disk.resize(file.file(), offset)) return fail();
    note_.octets = 0;
    return failed(wrote.error());
  }
  if (const auto flushed = flush(file); !flushed) {
    static_cast<void>(file_.disk.resize(file.file(), offset));
    return std::unexpected(flushed.error());
  }
  note_.done.push_back(id);
  note_.octets = 0;
  return Dropped::now;
}

void SpoolFile::forget(std::span<const DropId> ids) {
  std::erase_if(note_.done, [&](const DropId& id) {
    return std::ranges::find(ids, id) != ids.end();
  });
}

}  // namespace postkeep::mbox
