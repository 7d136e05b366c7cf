#include "store/delivery_ids.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/checksum.h"

namespace postkeep::store {
namespace {

constexpr std::string_view file_name = "postkeep-deliveries";
constexpr std::string_view new_file_name = "postkeep-deliveries.new";
constexpr std::size_t record_octets = 32;
constexpr std::size_t checksum_at = 24;
constexpr std::size_t file_octets_max = std::size_t{64} * 1024 * 1024;

using Record = std::array<Octet, record_octets>;

void put_number(Record& record, std::size_t at, std::uint64_t number,
                std::size_t octets) {
  for (std::size_t n = 0; n < octets; ++n) {
    record[at + n] = static_cast<Octet>(number >> (8 * n));
  }
}

std::uint64_t number_at(Octets octets) {
  std::uint64_t number = 0;
  for (std::size_t n = 0; n < octets.size(); ++n) {
    number |= std::uint64_t{octets[n]} << (8 * n);
  }
  return number;
}

Record write_record(const DeliveryId& id, std::int64_t internal_date) {
  Record record{};
  std::ranges::copy(id, record.begin());
  put_number(record, 16, static_cast<std::uint64_t>(internal_date), 8);
  put_number(record, checksum_at, crc32c(Octets{record}.first(checksum_at)), 4);
  std::ranges::copy(std::string_view("pkid"), record.begin() + 28);
  return record;
}

bool is_record(Octets record) {
  return record.size() == record_octets &&
         std::ranges::equal(record.last(4), std::string_view("pkid")) &&
         number_at(record.subspan(checksum_at, 4)) ==
             crc32c(record.first(checksum_at));
}

}  // namespace

DeliveryIds::~DeliveryIds() {
  // Nothing that counts: what comes back is dropped when it is old.
  const bool none_recorded = std::ranges::none_of(
      known_, [](const auto& one) { return one.second.recorded; });
  if (file_ == FileHandle::none) return;
  disk_.close(file_);
  if (none_recorded && end_ > 0) {
    static_cast<void>(disk_.remove(disk_.root(), file_name));
  }
}

DiskResult<> DeliveryIds::open() {
  if (file_ != FileHandle::none) return {};
  const auto file = disk_.open(disk_.root(), file_name, Open::write_create);
  if (!file) return std::unexpected(file.error());
  file_ = *file;
  return {};
}

DiskResult<> DeliveryIds::read(std::int64_t now_seconds) {
  const auto file = disk_.open(disk_.root(), file_name, Open::write);
  if (!file && file.error() == Trouble::not_found) return {};
  if (!file) return std::unexpected(file.error());
  file_ = *file;
  const auto status = disk_.status(file_);
  if (!status) return std::unexpected(status.error());
  std::vector<Octet> all(
      std::min<std::uint64_t>(status->octets, file_octets_max));
  const auto got = disk_.read(file_, 0, all);
  if (!got) return std::unexpected(got.error());
  // Torn or foreign octets at the end are written over by no one.
  end_ = (*got + record_octets - 1) / record_octets * record_octets;
  for (std::size_t at = 0; at + record_octets <= *got; at += record_octets) {
    const Octets record = Octets{all}.subspan(at, record_octets);
    const auto date =
        static_cast<std::int64_t>(number_at(record.subspan(16, 8)));
    if (!is_record(record) ||
        date < now_seconds - delivery_repeat_seconds_max) {
      forgotten_ += 1;
      continue;
    }
    DeliveryId id{};
    std::ranges::copy(record.first(id.size()), id.begin());
    known_[id] = {{0, 0, date, false}, true};
  }
  return {};
}

const DeliveryIds::Place* DeliveryIds::find(const DeliveryId& id) const {
  const auto found = known_.find(id);
  return found == known_.end() ? nullptr : &found->second.place;
}

void DeliveryIds::placed(const DeliveryId& id, const Place& place) {
  const auto found = known_.find(id);
  // What was expunged stays so, though a copy of the file turns up.
  if (found == known_.end()) known_[id] = {place, false};
}

void DeliveryIds::moved(const DeliveryId& id, FolderId folder, Uid uid) {
  const auto found = known_.find(id);
  if (found == known_.end() || found->second.recorded) return;
  found->second.place.folder = folder;
  found->second.place.uid = uid;
}

void DeliveryIds::forget(const DeliveryId& id) {
  const auto found = known_.find(id);
  if (found == known_.end()) return;
  forgotten_ += found->second.recorded ? 1U : 0U;
  known_.erase(found);
}

DiskResult<bool> DeliveryIds::expunged(std::span<const DeliveryId> ids) {
  std::vector<Octet> records;
  std::vector<Known*> now_recorded;
  for (const DeliveryId& id : ids) {
    const auto found = known_.find(id);
    if (found == known_.end() || found->second.recorded) continue;
    const Record record = write_record(id, found->second.place.internal_date);
    records.insert(records.end(), record.begin(), record.end());
    now_recorded.push_back(&found->second);
  }
  if (records.empty()) return false;
  if (forgotten_ >= forgotten_records_max && 2 * forgotten_ >= known_.size()) {
    if (const auto ok = write_anew(); !ok) return std::unexpected(ok.error());
  }
  if (const auto ok = open(); !ok) return std::unexpected(ok.error());
  if (const auto ok = disk_.write(file_, end_, records); !ok) {
    return std::unexpected(ok.error());
  }
  if (!disk_.flush(file_)) return std::unexpected(Trouble::input_output);
  if (!name_durable_ && !disk_.flush_directory(disk_.root())) {
    return std::unexpected(Trouble::input_output);
  }
  name_durable_ = true;
  end_ += records.size();
  for (Known* known : now_recorded) {
    known->recorded = true;
    known->place.folder = 0;
    known->place.uid = 0;
  }
  return true;
}

// Leaves out what was forgotten: a new file takes the old one's place once it
// is whole on the disk.
DiskResult<> DeliveryIds::write_anew() {
  std::vector<Octet> records;
  for (const auto& [id, known] : known_) {
    if (!known.recorded) continue;
    const Record record = write_record(id, known.place.internal_date);
    records.insert(records.end(), record.begin(), record.end());
  }
  const DirectoryHandle root = disk_.root();
  const auto file = disk_.open(root, new_file_name, Open::write_create);
  if (!file) return std::unexpected(file.error());
  const auto written = [&]() -> DiskResult<> {
    if (const auto ok = disk_.resize(*file, 0); !ok) return ok;
    if (const auto ok = disk_.write(*file, 0, records); !ok) return ok;
    if (const auto ok = disk_.flush(*file); !ok) return ok;
    return disk_.rename(root, new_file_name, root, file_name);
  }();
  if (!written) {
    disk_.close(*file);
    return written;
  }
  if (file_ != FileHandle::none) disk_.close(file_);
  file_ = *file;
  end_ = records.size();
  forgotten_ = 0;
  name_durable_ = false;  // Until the flush that every caller goes on to.
  return {};
}

std::optional<Uid> DeliveryIds::lowest_uid(FolderId folder) const {
  std::optional<Uid> lowest;
  for (const auto& [id, known] : known_) {
    const Place& place = known.place;
    if (known.recorded || place.folder != folder) continue;
    if (!lowest || place.uid < *lowest) lowest = place.uid;
  }
  return lowest;
}

}  // namespace postkeep::store
