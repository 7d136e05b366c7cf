// Opening a journal: what is there is read, judged, mended and taken over.
//
//   1 lock       one process a directory
//   2 read       scan every segment file
//   3 decide     recovery.h: which records count, which places are damaged
//   4 set aside  copy damaged places into files of their own
//   5 cut        overwrite the heads of torn records, free segments after them
//   6 rewrite    write again what counts and was perhaps never flushed: after a
//                failed flush it may be in memory, marked as written
//   7 adopt      read the entries of live messages
//   8 flush      all of it, before anything new depends on it
//
// A crash in the middle leaves a journal from which the same is decided again.
#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <utility>

#include "base/check.h"
#include "spool/journal_opening.h"

namespace postkeep::spool {
namespace {

constexpr std::string_view segment_prefix = "segment-";
// More places than these are left where they are, and their segments with them.
constexpr std::uint64_t places_set_aside_max = 256;
constexpr std::size_t read_octets = 1024 * 1024;
constexpr std::size_t page_octets = 4096;

std::optional<std::uint64_t> read_segment_name(std::string_view name) {
  if (!name.starts_with(segment_prefix)) return std::nullopt;
  name.remove_prefix(segment_prefix.size());
  if (name.size() < 8 || name.size() > 18) return std::nullopt;
  std::uint64_t number = 0;
  for (const char digit : name) {
    if (digit < '0' || digit > '9') return std::nullopt;
    number = number * 10 + static_cast<std::uint64_t>(digit - '0');
  }
  return number;
}

bool is_zero(Octets octets) {
  return std::ranges::all_of(octets, [](Octet octet) { return octet == 0; });
}

}  // namespace

std::expected<void, OpenError> Journal::Opening::lock() {
  const auto file =
      journal_.disk_.open(journal_.directory_, "lock", Open::write_create);
  if (!file) {
    return std::unexpected(file.error() == Trouble::no_space
                               ? OpenError::no_space
                               : OpenError::trouble);
  }
  journal_.lock_ = *file;
  const auto locked = journal_.disk_.lock(*file);
  if (locked) return {};
  return std::unexpected(locked.error() == Trouble::locked
                             ? OpenError::locked
                             : OpenError::trouble);
}

// Reads a file of which single pages may be unreadable: those become zeros.
std::expected<void, OpenError> Journal::Opening::read_whole(
    FileHandle file, std::vector<Octet>& octets, bool& complete) {
  std::size_t step = read_octets;
  for (std::size_t at = 0; at < octets.size();) {
    const auto room = std::span(octets).subspan(at);
    const auto count =
        journal_.disk_.read(file, at, room.first(std::min(step, room.size())));
    if (count) {
      if (*count == 0) return std::unexpected(OpenError::trouble);
      at += *count;
      if (at % read_octets == 0) step = read_octets;
    } else if (count.error() != Trouble::input_output) {
      return std::unexpected(OpenError::trouble);
    } else if (step > page_octets) {
      step = page_octets;
    } else {
      complete = false;
      at += std::min(step, room.size());
    }
  }
  return {};
}

std::expected<void, OpenError> Journal::Opening::read_segment(
    const std::string& name) {
  Disk& disk = journal_.disk_;
  const auto file = disk.open(journal_.directory_, name, Open::write);
  if (!file) return std::unexpected(OpenError::trouble);
  auto owned = std::make_unique<Segment>();
  Segment& segment = *owned;
  segment.name = name;
  segment.file = *file;
  journal_.segments_.push_back(std::move(owned));
  const auto status = disk.status(*file);
  if (!status) return std::unexpected(OpenError::trouble);
  segment.octets = status->octets;
  std::vector<Octet> octets(static_cast<std::size_t>(status->octets));
  bool complete = true;
  if (const auto done = read_whole(*file, octets, complete); !done) return done;

  auto found = scan(octets);
  if (!found && found.error() == ScanError::newer) {
    return std::unexpected(OpenError::newer);
  }
  if (!found) {
    const Octets all{octets};
    const std::size_t heads =
        std::min<std::size_t>(segment_records_offset, all.size());
    if (complete && is_zero(all.subspan(heads))) {
      // Never used: the power or the disk failed while it was made.
      disk.close(*file);
      (void)disk.remove(journal_.directory_, name);
    } else {
      set_file_aside(segment);
    }
    journal_.segments_.pop_back();
    return {};
  }
  if (found->has_newer) return std::unexpected(OpenError::newer);
  segment.held = !complete;
  segment.header = found->header;
  segment.end = found->end;
  scans_.push_back(std::move(*found));
  segments_.push_back(&segment);
  return {};
}

std::expected<void, OpenError> Journal::Opening::read_segments() {
  const auto entries = journal_.disk_.list(journal_.directory_);
  if (!entries) return std::unexpected(OpenError::trouble);
  for (const DirectoryEntry& entry : *entries) {
    const auto number = read_segment_name(entry.name);
    if (!number || entry.kind != EntryKind::file) continue;
    journal_.next_file_ = std::max(journal_.next_file_, *number + 1);
    if (const auto done = read_segment(entry.name); !done) return done;
  }
  return {};
}

// A segment without a readable header: nothing in it can be checked. The file
// is kept under a name that is no segment's.
void Journal::Opening::set_file_aside(Segment& segment) {
  Disk& disk = journal_.disk_;
  report.damaged_places += 1;
  report.damaged_octets += segment.octets;
  disk.close(segment.file);
  segment.file = FileHandle::none;
  for (std::uint64_t n = 0; n < places_set_aside_max; ++n) {
    const std::string name =
        "damaged-" + segment.name + "-" + std::to_string(n);
    const auto there = disk.status(journal_.directory_, name);
    if (there || there.error() != Trouble::not_found) continue;
    if (disk.rename(journal_.directory_, segment.name, journal_.directory_,
                    name)) {
      return;
    }
    break;
  }
  report.not_set_aside += 1;
}

void Journal::Opening::set_aside(std::size_t scan, std::uint64_t offset,
                                 std::uint64_t end) {
  report.damaged_places += 1;
  report.damaged_octets += end - offset;
  if (report.damaged_places <= places_set_aside_max &&
      copy_aside(*segments_[scan], offset, end)) {
    return;
  }
  report.not_set_aside += 1;
  segments_[scan]->held = true;
}

bool Journal::Opening::copy_aside(const Segment& from, std::uint64_t offset,
                                  std::uint64_t end) {
  Disk& disk = journal_.disk_;
  const std::string name = "damaged-" + std::to_string(from.header.generation) +
                           "-" + std::to_string(offset);
  const auto file = disk.open(journal_.directory_, name, Open::write_create);
  if (!file) return false;
  std::vector<Octet> buffer(read_octets);
  bool copied = true;
  for (std::uint64_t at = offset; at < end && copied;) {
    const auto room = std::span(buffer).first(static_cast<std::size_t>(
        std::min<std::uint64_t>(read_octets, end - at)));
    const auto count = disk.read(from.file, at, room);
    copied = count && *count > 0 &&
             disk.write(*file, at - offset, room.first(*count));
    at += copied ? *count : 0;
  }
  copied = copied && disk.flush(*file);
  disk.close(*file);
  return copied;
}

// What does not count must not be found again: later, when its number is below
// what was durable, it would look as if it did.
std::expected<void, OpenError> Journal::Opening::cut() {
  for (std::size_t i = 0; i < scans_.size(); ++i) {
    const Scan& scan = scans_[i];
    Segment& segment = *segments_[i];
    if (scan.header.use == SegmentUse::free) {
      segment.state = SegmentState::spare;
      continue;
    }
    segment.state = SegmentState::closed;
    const Sequence kept = decision_.kept_up_to;
    if (scan.header.first_sequence > kept) {
      segment.header.use = SegmentUse::free;
      segment.header.kept_up_to = kept;
      segment.header.follows = 0;
      segment.state = SegmentState::freeing;
      if (!journal_.write_header(segment)) {
        return std::unexpected(OpenError::trouble);
      }
    }
    for (const FoundRecord& record : scan.records) {
      if (record.header.sequence == kept) {
        journal_.follows_ = scan.header.generation;
      }
      if (record.header.sequence <= kept) continue;
      report.torn_octets += record_octets(record.header.payload_octets);
      constexpr std::array<Octet, record_header_octets> nothing{};
      if (!journal_.disk_.write(segment.file, record.offset, nothing)) {
        return std::unexpected(OpenError::trouble);
      }
      segment.dirty = true;
    }
    if (segment.state == SegmentState::closed) {
      journal_.by_generation_[scan.header.generation] = &segment;
    }
  }
  return {};
}

std::expected<void, OpenError> Journal::Opening::rewrite() {
  for (std::size_t i = 0; i < scans_.size(); ++i) {
    const Scan& scan = scans_[i];
    Segment& segment = *segments_[i];
    if (segment.state != SegmentState::closed) continue;
    std::optional<std::uint64_t> start;
    std::uint64_t end = 0;
    for (const FoundRecord& record : scan.records) {
      if (record.header.sequence > decision_.kept_up_to) break;
      if (record.header.sequence <= decision_.durable_up_to) continue;
      if (!start) start = record.offset;
      end = record.offset + record_octets(record.header.payload_octets);
    }
    if (!start) continue;
    if (!journal_.write_header(segment)) {
      return std::unexpected(OpenError::trouble);
    }
    if (const auto done = rewrite(segment, *start, end); !done) return done;
  }
  return {};
}

std::expected<void, OpenError> Journal::Opening::rewrite(Segment& segment,
                                                         std::uint64_t offset,
                                                         std::uint64_t end) {
  std::vector<Octet> buffer(read_octets);
  while (offset < end) {
    const auto room = std::span(buffer).first(static_cast<std::size_t>(
        std::min<std::uint64_t>(read_octets, end - offset)));
    const auto count = journal_.disk_.read(segment.file, offset, room);
    if (!count || *count == 0 ||
        !journal_.disk_.write(segment.file, offset, room.first(*count))) {
      return std::unexpected(OpenError::trouble);
    }
    offset += *count;
  }
  return {};
}

std::expected<void, OpenError> Journal::Opening::flush() {
  for (const auto& segment : journal_.segments_) {
    if (!journal_.disk_.flush(segment->file)) {
      return std::unexpected(OpenError::trouble);
    }
    segment->dirty = false;
    if (segment->state == SegmentState::freeing) {
      segment->state = SegmentState::spare;
    }
  }
  if (!journal_.disk_.flush_directory(journal_.directory_)) {
    return std::unexpected(OpenError::trouble);
  }
  return {};
}

std::expected<void, OpenError> Journal::Opening::run() {
  if (const auto done = lock(); !done) return done;
  if (const auto done = read_segments(); !done) return done;
  decision_ = decide(scans_);
  for (const Damage& damage : decision_.damages) {
    set_aside(damage.segment, damage.offset, damage.end);
  }
  if (const auto done = cut(); !done) return done;
  if (const auto done = rewrite(); !done) return done;
  for (const auto& [id, known] : gather()) {
    if (!known.all_done) adopt(id, known);
  }
  if (const auto done = flush(); !done) return done;

  journal_.next_generation_ = decision_.next_generation;
  journal_.next_sequence_ = decision_.next_sequence;
  journal_.kept_up_to_ = decision_.kept_up_to;
  journal_.durable_ = decision_.kept_up_to;
  report.segments = scans_.size();
  const auto spare = journal_.take_spare(journal_.limits_.segment_octets);
  if (spare && !journal_.start_segment(**spare)) {
    return std::unexpected(OpenError::trouble);
  }
  // Without space what is there can be delivered, and that makes space.
  if (!spare && spare.error() != Trouble::no_space) {
    return std::unexpected(OpenError::trouble);
  }
  return {};
}

std::expected<Journal::Opened, OpenError> Journal::open(
    Disk& disk, DirectoryHandle directory, Random& random, JournalLimits limits,
    const Take& take) {
  Opened opened;
  opened.journal =
      std::make_unique<Journal>(Private{}, disk, directory, random, limits);
  Opening opening{*opened.journal, take};
  if (const auto done = opening.run(); !done) {
    return std::unexpected(done.error());
  }
  opened.messages = std::move(opening.messages);
  opened.report = opening.report;
  return opened;
}

}  // namespace postkeep::spool
