// What a message holds.
#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/checksum.h"
#include "message/line_ends.h"
#include "store/maildir_folder.h"

namespace postkeep::store {
namespace {

// Other programs may rename a file as often as they like; after so many tries
// the message counts as gone.
constexpr int read_tries_max = 3;

// A client that asks for one summary that is not kept asks for more: the disk
// fetches the next files meanwhile, so many at a time.
constexpr std::size_t reads_ahead = 128;

// Larger texts are not read whole only to count their line ends.
constexpr std::uint32_t summary_read_octets_max = 1024 * 1024;
constexpr std::size_t piece_octets = 64UL * 1024;

// All of a file, in its order, without holding it all; and closes it.
template <typename Use>
DiskResult<> read_pieces(Disk& disk, FileHandle file, Use use) {
  std::vector<Octet> room(piece_octets);
  std::uint64_t offset = 0;
  DiskResult<std::size_t> got;
  do {
    got = disk.read(file, offset, room);
    if (!got) break;
    offset += *got;
    use(Octets(room).first(*got));
  } while (*got == room.size());
  disk.close(file);
  if (!got) return std::unexpected(got.error());
  return {};
}

class OwnedText final : public Text {
 public:
  explicit OwnedText(std::vector<Octet> octets) : octets_(std::move(octets)) {}
  [[nodiscard]] Octets octets() const override { return octets_; }

 private:
  std::vector<Octet> octets_;
};

// Holds the tree, whose disk it reads, and one open file of it.
class FileReader final : public TextReader {
 public:
  FileReader(std::shared_ptr<MaildirTree> tree, FileHandle file)
      : tree_(std::move(tree)), file_(file) {}
  ~FileReader() override { tree_->disk.close(file_); }
  FileReader(const FileReader&) = delete;
  FileReader& operator=(const FileReader&) = delete;

  StoreResult<std::size_t> read(std::span<Octet> room) override {
    const auto got = tree_->disk.read(file_, offset_, room);
    if (!got) return std::unexpected(tree_->fail("read_text", got.error()));
    offset_ += *got;
    return *got;
  }

 private:
  std::shared_ptr<MaildirTree> tree_;
  FileHandle file_;
  std::uint64_t offset_ = 0;
};

}  // namespace

DiskResult<MaildirFolder::OpenFile> MaildirFolder::open_file(
    DirectoryHandle directory, std::string_view name) const {
  Disk& disk = tree_.disk;
  const auto file = disk.open(directory, name, Open::read);
  if (!file) return std::unexpected(file.error());
  const auto status = disk.status(*file);
  Trouble why{};
  if (!status) {
    why = status.error();
  } else if (status->kind != EntryKind::file) {
    why = Trouble::wrong_kind;
  } else if (status->octets > tree_.limits.message_octets_max) {
    why = Trouble::malformed;
  } else {
    return OpenFile{*file, static_cast<std::size_t>(status->octets)};
  }
  disk.close(*file);
  return std::unexpected(why);
}

DiskResult<std::vector<Octet>> MaildirFolder::read_whole(
    DirectoryHandle directory, std::string_view name) const {
  const auto file = open_file(directory, name);
  if (!file) return std::unexpected(file.error());
  return read_all(*file);
}

// Closes it too.
DiskResult<std::vector<Octet>> MaildirFolder::read_all(
    const OpenFile& file) const {
  std::vector<Octet> octets(file.octets);
  const auto got = tree_.disk.read(file.handle, 0, octets);
  tree_.disk.close(file.handle);
  if (!got) return std::unexpected(got.error());
  octets.resize(*got);
  return octets;
}

StoreResult<MaildirFolder::OpenFile> MaildirFolder::open_text(Uid uid) {
  if (gone_) return std::unexpected(StoreError::not_found);
  for (int tries = 0; tries < read_tries_max; ++tries) {
    const auto index = index_of(uid);
    if (!index) return std::unexpected(StoreError::not_found);
    const auto file = open_file(directory_of(*index), file_name(*index));
    if (file) return *file;
    if (file.error() != Trouble::not_found) {
      return std::unexpected(tree_.fail("read_text", file.error()));
    }
    // Renamed or removed by another program.
    if (const auto ok = look_again(); !ok) return std::unexpected(ok.error());
  }
  return std::unexpected(StoreError::not_found);
}

StoreResult<std::shared_ptr<const Text>> MaildirFolder::text(Uid uid) {
  if (gone_) return std::unexpected(StoreError::not_found);
  if (uid == text_uid_) {
    if (auto held = text_.lock()) return held;
  }
  const auto file = open_text(uid);
  if (!file) return std::unexpected(file.error());
  auto octets = read_all(*file);
  if (!octets) {
    return std::unexpected(tree_.fail("read_text", octets.error()));
  }
  auto text = std::make_shared<const OwnedText>(std::move(*octets));
  text_uid_ = uid;
  text_ = text;
  return text;
}

StoreResult<std::unique_ptr<TextReader>> MaildirFolder::read_text(Uid uid) {
  const auto file = open_text(uid);
  if (!file) return std::unexpected(file.error());
  return std::make_unique<FileReader>(held_, file->handle);
}

StoreResult<std::uint64_t> MaildirFolder::octets_in_lines(Uid uid) {
  const Message* message = find(uid);
  if (message == nullptr) return std::unexpected(StoreError::not_found);
  const std::uint64_t octets = message->octets;
  if (octets <= summary_read_octets_max) {
    const auto known = summary(uid);
    if (!known) return std::unexpected(known.error());
    return octets + (*known)->line_end_octets_to_add;
  }
  if (auto kept = tree_.index.summary(state_.folder, uid, message->octets)) {
    return octets + kept->line_end_octets_to_add;
  }
  const auto file = open_text(uid);
  if (!file) return std::unexpected(file.error());
  message::LineEnds ends;
  const auto read = read_pieces(tree_.disk, file->handle,
                                [&](Octets piece) { ends.read(piece); });
  if (!read) return std::unexpected(tree_.fail("read_text", read.error()));
  return octets + ends.octets_to_add();
}

DiskResult<std::uint32_t> MaildirFolder::file_checksum(
    DirectoryHandle directory, std::string_view name) const {
  const auto file = open_file(directory, name);
  if (!file) return std::unexpected(file.error());
  std::uint32_t checksum = 0;
  const auto read = read_pieces(tree_.disk, file->handle, [&](Octets piece) {
    checksum = crc32c(piece, checksum);
  });
  if (!read) return std::unexpected(read.error());
  return checksum;
}

StoreResult<std::shared_ptr<const message::Summary>> MaildirFolder::summary(
    Uid uid) {
  const Message* message = find(uid);
  if (message == nullptr) return std::unexpected(StoreError::not_found);
  if (auto kept = tree_.index.summary(state_.folder, uid, message->octets)) {
    return kept;
  }
  expect_reads_after(uid);
  const auto whole = text(uid);
  if (!whole) return std::unexpected(whole.error());
  auto summary = std::make_shared<const message::Summary>(
      message::read_summary((*whole)->octets()));
  tree_.index.keep(state_.folder, uid, summary);
  return summary;
}

std::optional<std::string_view> MaildirFolder::shown(Uid uid,
                                                     std::uint8_t form) {
  const Message* message = find(uid);
  if (message == nullptr) return std::nullopt;
  return tree_.index.shown(state_.folder, uid, {form, message->octets});
}

void MaildirFolder::keep_shown(Uid uid, std::uint8_t form,
                               std::string_view words) {
  const Message* message = find(uid);
  if (message == nullptr) return;
  tree_.index.keep_shown(state_.folder, uid, {form, message->octets}, words);
}

// Half of what is expected is told at a time, so that who reads ahead is woken
// once for many.
void MaildirFolder::expect_reads_after(Uid uid) {
  const auto index = index_of(uid);
  if (!index) return;
  // As if read from the start: a client that jumps about gains nothing.
  if (uid + reads_ahead < expected_before_) expected_before_ = 0;
  const std::size_t half =
      std::min(*index + reads_ahead / 2, messages_.size() - 1);
  if (messages_[half].uid < expected_before_) return;
  const std::size_t end = std::min(*index + reads_ahead, messages_.size());
  std::map<DirectoryHandle, std::vector<std::string>> names;
  for (std::size_t n = *index + 1; n < end; ++n) {
    if (messages_[n].uid < expected_before_) continue;
    names[directory_of(n)].emplace_back(file_name(n));
    expected_before_ = messages_[n].uid + 1;
  }
  for (auto& [directory, some] : names) {
    tree_.disk.expect_reads(directory, std::move(some));
  }
}

}  // namespace postkeep::store
