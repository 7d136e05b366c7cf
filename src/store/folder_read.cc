// What a message holds.
#include <algorithm>
#include <utility>

#include "store/maildir_folder.h"

namespace postkeep::store {
namespace {

// Other programs may rename a file as often as they like; after so many tries
// the message counts as gone.
constexpr int read_tries_max = 3;

// A client that asks for one summary that is not kept asks for more: the disk
// fetches the next files meanwhile, so many at a time.
constexpr std::size_t reads_ahead = 128;

class OwnedText final : public Text {
 public:
  explicit OwnedText(std::vector<Octet> octets) : octets_(std::move(octets)) {}
  [[nodiscard]] Octets octets() const override { return octets_; }

 private:
  std::vector<Octet> octets_;
};

}  // namespace

DiskResult<std::vector<Octet>> MaildirFolder::read_whole(
    DirectoryHandle directory, std::string_view name) const {
  Disk& disk = tree_.disk;
  const auto file = disk.open(directory, name, Open::read);
  if (!file) return std::unexpected(file.error());
  const auto read = [&]() -> DiskResult<std::vector<Octet>> {
    const auto status = disk.status(*file);
    if (!status) return std::unexpected(status.error());
    if (status->kind != EntryKind::file) {
      return std::unexpected(Trouble::wrong_kind);
    }
    if (status->octets > tree_.limits.message_octets_max) {
      return std::unexpected(Trouble::malformed);
    }
    std::vector<Octet> octets(static_cast<std::size_t>(status->octets));
    const auto got = disk.read(*file, 0, octets);
    if (!got) return std::unexpected(got.error());
    octets.resize(*got);
    return octets;
  }();
  disk.close(*file);
  return read;
}

StoreResult<std::shared_ptr<const Text>> MaildirFolder::text(Uid uid) {
  if (gone_) return std::unexpected(StoreError::not_found);
  if (uid == text_uid_) {
    if (auto held = text_.lock()) return held;
  }
  for (int tries = 0; tries < read_tries_max; ++tries) {
    const auto index = index_of(uid);
    if (!index) return std::unexpected(StoreError::not_found);
    auto octets = read_whole(directory_of(*index), file_name(*index));
    if (octets) {
      auto text = std::make_shared<const OwnedText>(std::move(*octets));
      text_uid_ = uid;
      text_ = text;
      return text;
    }
    if (octets.error() != Trouble::not_found) {
      return std::unexpected(tree_.fail("read_text", octets.error()));
    }
    // Renamed or removed by another program.
    if (const auto ok = look_again(); !ok) return std::unexpected(ok.error());
  }
  return std::unexpected(StoreError::not_found);
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

void MaildirFolder::expect_reads_after(Uid uid) {
  const auto index = index_of(uid);
  if (!index) return;
  // As if read from the start: a client that jumps about gains nothing.
  if (uid + reads_ahead < expected_before_) expected_before_ = 0;
  const std::size_t end = std::min(*index + reads_ahead, messages_.size());
  for (std::size_t n = *index + 1; n < end; ++n) {
    if (messages_[n].uid < expected_before_) continue;
    tree_.disk.expect_read(directory_of(n), file_name(n));
    expected_before_ = messages_[n].uid + 1;
  }
}

}  // namespace postkeep::store
