#include "cli/import_log.h"

#include <algorithm>
#include <utility>

#include "base/checksum.h"
#include "crypto/hash.h"
#include "ipc/wire.h"

namespace postkeep::cli {
namespace {

constexpr std::size_t head_octets = 8;
// What a batch has besides its keys, and its keys.
constexpr std::size_t record_octets_max =
    64 + ipc::transfer_puts_max * sizeof(MessageKey);

std::uint32_t number_at(Octets octets, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = number << 8 | octets[at + i];
  return number;
}

void put_number(std::vector<Octet>& out, std::uint32_t number) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    out.push_back(static_cast<Octet>(number >> shift));
  }
}

}  // namespace

MessageKey key_of(std::string_view base) {
  const crypto::Sha256 digest = crypto::sha256(octets(base));
  MessageKey key{};
  std::copy_n(digest.begin(), key.size(), key.begin());
  return key;
}

std::expected<ImportLog, Trouble> ImportLog::open(Disk& disk,
                                                  DirectoryHandle directory,
                                                  std::string_view name,
                                                  bool anew) {
  const auto file = disk.open(directory, name, Open::write_create);
  if (!file) return std::unexpected(file.error());
  ImportLog log(disk, *file);
  if (const auto locked = disk.lock(*file); !locked) {
    return std::unexpected(locked.error());
  }
  if (anew) {
    if (const auto cut = disk.resize(*file, 0); !cut) {
      return std::unexpected(cut.error());
    }
  } else if (const auto read = log.read(); !read) {
    return std::unexpected(read.error());
  }
  if (const auto named = disk.flush_directory(directory); !named) {
    return std::unexpected(named.error());
  }
  return log;
}

ImportLog::ImportLog(ImportLog&& other) noexcept
    : disk_(other.disk_),
      file_(std::exchange(other.file_, FileHandle::none)),
      octets_(other.octets_),
      last_(std::move(other.last_)),
      kept_(std::move(other.kept_)) {}

ImportLog::~ImportLog() {
  if (file_ != FileHandle::none) disk_->close(file_);
}

// Up to the first record that is not whole: what follows was never flushed, and
// its batch never put.
std::expected<void, Trouble> ImportLog::read() {
  std::vector<Octet> room(head_octets + record_octets_max);
  while (true) {
    const auto got = disk_->read(file_, octets_, room);
    if (!got) return std::unexpected(got.error());
    if (*got < head_octets) break;
    const std::uint32_t length = number_at(room, 0);
    if (length > record_octets_max || length + head_octets > *got) break;
    const Octets text = Octets(room).subspan(head_octets, length);
    ImportBatch batch;
    if (crc32c(text) != number_at(room, 4) || !ipc::read(text, batch)) break;
    take(std::move(batch));
    octets_ += head_octets + length;
  }
  return disk_->resize(file_, octets_);
}

void ImportLog::take(ImportBatch batch) {
  if (!batch.instead) kept_.insert(last_.keys.begin(), last_.keys.end());
  last_ = std::move(batch);
}

bool ImportLog::is_kept(const MessageKey& key) const {
  return kept_.contains(key);
}

std::expected<void, Trouble> ImportLog::begin(ImportBatch batch) {
  const std::vector<Octet> text = ipc::write(batch);
  std::vector<Octet> record;
  put_number(record, static_cast<std::uint32_t>(text.size()));
  put_number(record, crc32c(text));
  record.insert(record.end(), text.begin(), text.end());
  if (const auto wrote = disk_->write(file_, octets_, record); !wrote) {
    return wrote;
  }
  if (const auto flushed = disk_->flush(file_); !flushed) return flushed;
  octets_ += record.size();
  take(std::move(batch));
  return {};
}

}  // namespace postkeep::cli
