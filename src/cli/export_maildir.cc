// postkeep export --maildir: a user's mailboxes into a Maildir++ tree.
//
// A file gets its name in cur/ once its octets are durable, and the name says
// folder and UID: so the tree itself says how far an export had come. Names are
// those of store/maildir_name.h, whose size and checksum an import verifies.

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/checksum.h"
#include "cli/maildir_transfer.h"
#include "cli/transfer.h"
#include "cli/transfer_note.h"
#include "crypto/hash.h"
#include "io/disk.h"
#include "io/place.h"
#include "store/folder_name.h"
#include "store/maildir_name.h"

namespace postkeep::cli {
namespace {

constexpr std::uint64_t progress_messages = 1000;
constexpr std::size_t batch_messages = 64;
constexpr std::uint64_t batch_octets = std::uint64_t{16} * 1024 * 1024;
constexpr std::string_view keywords_file = "dovecot-keywords";

// One mailbox into one folder.
class FolderExport {
 public:
  FolderExport(io::DirectoryDisk& disk, Transfer& transfer, std::string mailbox)
      : disk_(disk), transfer_(transfer), mailbox_(std::move(mailbox)) {}
  ~FolderExport();
  FolderExport(const FolderExport&) = delete;
  FolderExport& operator=(const FolderExport&) = delete;

  // `directory`: empty for the root.
  bool run(const std::string& directory);
  [[nodiscard]] std::uint64_t written() const { return written_; }

 private:
  bool open(const std::string& directory);
  bool look_what_is_there();
  bool write_all();
  bool write(const ipc::TransferAnswer& answer);
  bool place_batch();
  bool write_keywords();
  std::uint32_t letters_of(const std::vector<std::string>& keywords);
  bool fail(const std::string& why) {
    complain(shown(mailbox_) + ": " + why);
    return false;
  }

  io::DirectoryDisk& disk_;
  Transfer& transfer_;
  std::string mailbox_;
  DirectoryHandle folder_ = DirectoryHandle::none;
  DirectoryHandle cur_ = DirectoryHandle::none;
  DirectoryHandle tmp_ = DirectoryHandle::none;
  store::FolderId id_ = 0;
  std::set<store::Uid> there_;
  store::Uid from_ = 1;
  std::vector<std::string> letters_;
  bool letters_changed_ = false;
  std::vector<std::pair<std::string, std::string>> batch_;  // In tmp/ and cur/.
  std::uint64_t batch_octets_ = 0;
  std::uint64_t written_ = 0;
};

FolderExport::~FolderExport() {
  for (const DirectoryHandle one : {cur_, tmp_, folder_}) {
    if (one != DirectoryHandle::none && one != disk_.root()) disk_.close(one);
  }
}

bool FolderExport::open(const std::string& directory) {
  const auto enter = [this](DirectoryHandle in, const std::string& name,
                            DirectoryHandle& into) {
    const auto made = disk_.make_directory(in, name);
    if (!made && made.error() != Trouble::exists) return false;
    const auto opened = disk_.open_directory(in, name);
    if (opened) into = *opened;
    return opened.has_value();
  };
  folder_ = disk_.root();
  DirectoryHandle unused = DirectoryHandle::none;
  bool good = directory.empty() || enter(disk_.root(), directory, folder_);
  good = good && enter(folder_, "cur", cur_) && enter(folder_, "tmp", tmp_) &&
         enter(folder_, "new", unused);
  if (unused != DirectoryHandle::none) disk_.close(unused);
  if (good && !directory.empty()) {
    // Maildir++ marks the folders below the root so.
    const auto mark = disk_.open(folder_, "maildirfolder", Open::write_create);
    good = mark.has_value();
    if (mark) disk_.close(*mark);
  }
  return good || fail("its directory cannot be made; is the disk full?");
}

bool FolderExport::look_what_is_there() {
  const auto entries = disk_.list(cur_);
  const auto rest = disk_.list(tmp_);
  if (!entries || !rest) return fail("its directory cannot be listed");
  for (const DirectoryEntry& entry : *rest) {
    static_cast<void>(disk_.remove(tmp_, entry.name));
  }
  store::MaildirNameReader reader;
  for (const DirectoryEntry& entry : *entries) {
    const auto name = reader.read(entry.name);
    if (!name || !name->own) continue;
    if (name->own->folder != id_) {
      return fail(
          "was made anew since the export began; choose another directory");
    }
    there_.insert(name->own->uid);
  }
  // Names of the last batch may be missing, in any order; before it none.
  if (there_.size() > batch_messages) {
    from_ = *std::next(there_.rbegin(), batch_messages) + 1;
  }
  return true;
}

std::uint32_t FolderExport::letters_of(
    const std::vector<std::string>& keywords) {
  std::uint32_t bits = 0;
  for (const std::string& keyword : keywords) {
    auto at = std::ranges::find(letters_, keyword);
    if (at == letters_.end()) {
      at = std::ranges::find(letters_, std::string());
      if (at == letters_.end()) continue;  // More than there are letters.
      *at = keyword;
      letters_changed_ = true;
    }
    bits |= std::uint32_t{1} << (at - letters_.begin());
  }
  return bits;
}

bool FolderExport::write_keywords() {
  if (!std::exchange(letters_changed_, false)) return true;
  std::string text;
  for (std::size_t bit = 0; bit < letters_.size(); ++bit) {
    if (letters_[bit].empty()) continue;
    text += std::to_string(bit) + ' ' + letters_[bit] + '\n';
  }
  if (text.empty()) return true;
  const std::string next = std::string(keywords_file) + ".new";
  const auto file = disk_.open(folder_, next, Open::write_create);
  if (!file) return fail("the list of keywords cannot be written");
  const bool good = disk_.resize(*file, 0) &&
                    disk_.write(*file, 0, octets(text)) && disk_.flush(*file);
  disk_.close(*file);
  return (good && disk_.rename(folder_, next, folder_, keywords_file)) ||
         fail("the list of keywords cannot be written");
}

bool FolderExport::write(const ipc::TransferAnswer& answer) {
  const ipc::TransferMessage& message = answer.message;
  store::OwnName own{.internal_date = std::max<std::int64_t>(0, message.date),
                     .id = {},
                     .octets = static_cast<std::uint32_t>(message.text.size()),
                     .folder = id_,
                     .uid = answer.uid,
                     .checksum = crc32c(message.text),
                     .others = {}};
  // One message has one name, in whatever export: the same files are not
  // copied twice by programs that compare names.
  const crypto::Sha256 digest = crypto::sha256(message.text);
  std::copy_n(digest.begin(), own.id.size(), own.id.begin());
  const store::Flags flags{.system = message.flags,
                           .keywords = letters_of(message.keywords)};
  const std::string temporary = store::write(own);
  const auto file = disk_.open(tmp_, temporary, Open::write_create);
  if (!file) return fail("a file cannot be made in tmp/; is the disk full?");
  const bool good = disk_.write(*file, 0, message.text) &&
                    disk_.set_modified(*file, own.internal_date);
  disk_.close(*file);
  if (!good) return fail("a message cannot be written; is the disk full?");
  batch_.emplace_back(temporary,
                      store::write(own, store::with_flags({}, flags)));
  batch_octets_ += message.text.size();
  return batch_.size() < batch_messages || place_batch();
}

bool FolderExport::place_batch() {
  if (batch_.empty()) return true;
  if (!write_keywords()) return false;
  if (!disk_.flush_all()) return fail("what was written is not durable");
  for (const auto& [from, to] : batch_) {
    if (!disk_.rename(tmp_, from, cur_, to)) {
      return fail("a message cannot be given its name");
    }
  }
  if (!disk_.flush_directory(cur_) || !disk_.flush_directory(folder_)) {
    return fail("what was written is not durable");
  }
  batch_.clear();
  batch_octets_ = 0;
  return true;
}

bool FolderExport::write_all() {
  for (store::Uid uid = from_;;) {
    const auto answer = transfer_.get(uid);
    if (!answer) return fail(answer.error());
    if (answer->verdict == ipc::TransferVerdict::end) break;
    if (!there_.contains(answer->uid)) {
      if (batch_octets_ + answer->message.text.size() > batch_octets &&
          !place_batch()) {
        return false;
      }
      if (!write(*answer)) return false;
      written_ += 1;
      if (written_ % progress_messages == 0) {
        std::fprintf(stderr, "%s: %llu of %lu messages\n",
                     shown(mailbox_).c_str(),
                     static_cast<unsigned long long>(written_),
                     static_cast<unsigned long>(transfer_.first().messages));
      }
    }
    if (answer->uid == UINT32_MAX) break;
    uid = answer->uid + 1;
  }
  return place_batch();
}

bool FolderExport::run(const std::string& directory) {
  const ipc::TransferAnswer& first = transfer_.first();
  id_ = std::uint64_t{first.uid_validity} << 32 | crc32c(octets(mailbox_));
  letters_ = first.names;
  letters_.resize(store::folder_keywords_max);
  letters_changed_ = true;
  return open(directory) && look_what_is_there() && write_keywords() &&
         write_all();
}

class TreeExport {
 public:
  TreeExport(const OperatorConfig& config, const TransferOptions& options)
      : config_(config), options_(options), notes_(config.config.data) {}
  int run();

 private:
  bool open_target();
  bool note(bool is_last);
  bool export_mailbox(const std::string& mailbox);
  bool fail(const std::string& why) {
    complain(why);
    return false;
  }

  const OperatorConfig& config_;
  const TransferOptions& options_;
  TransferNotes notes_;
  std::optional<Transfer> transfer_;
  std::optional<io::DirectoryDisk> disk_;
  std::uint64_t written_ = 0;
  std::size_t mailboxes_ = 0;
};

// The note says that what is in the directory is ours, and not whole yet.
bool TreeExport::note(bool is_last) {
  TransferNote note;
  if (is_last) note.head = {1};
  return notes_.write(TransferNotes::name_of(options_), note) ||
         fail("cannot write the note of this export below " +
              config_.config.data + "; run this as the user that owns it");
}

bool TreeExport::open_target() {
  const std::string& path = options_.maildir;
  std::error_code ignored;
  const std::filesystem::path parent =
      std::filesystem::absolute(path, ignored).parent_path();
  if (!std::filesystem::is_directory(parent, ignored)) {
    return fail(parent.string() + ": no such directory");
  }
  auto directory = io::open_directory(path);
  if (!directory) {
    return fail(path + ": cannot be made or opened (" +
                std::string(name(directory.error())) + ")");
  }
  disk_.emplace(std::move(*directory));
  const auto entries = disk_->list(disk_->root());
  if (!entries) return fail(path + ": cannot be listed");
  if (entries->empty()) return note(false);
  const auto found = notes_.read(TransferNotes::name_of(options_));
  if (found && found->head.empty()) {
    std::fprintf(stderr, "%s: goes on where it was interrupted\n",
                 path.c_str());
    return true;
  }
  return fail(path +
              ": is there already, and is no export of these mailboxes that "
              "was interrupted; choose another directory");
}

bool TreeExport::export_mailbox(const std::string& mailbox) {
  const auto folder = folder_below(options_.mailbox, mailbox);
  if (!folder) return true;
  const auto directory = store::directory_name(*folder);
  if (!directory) return fail(shown(mailbox) + ": has no name as a folder");
  if (const auto changed = transfer_->change(mailbox, false); !changed) {
    return fail(changed.error());
  }
  FolderExport one(*disk_, *transfer_, mailbox);
  const bool done = one.run(*directory);
  written_ += one.written();
  mailboxes_ += done ? 1 : 0;
  return done;
}

int TreeExport::run() {
  auto transfer =
      Transfer::open(config_, options_.address, options_.mailbox, false);
  if (!transfer) return complain(transfer.error());
  transfer_.emplace(std::move(*transfer));
  const auto mailboxes = transfer_->list();
  if (!mailboxes) return complain(mailboxes.error());
  if (!open_target()) return 1;
  for (const std::string& mailbox : *mailboxes) {
    if (!export_mailbox(mailbox)) return 1;
  }
  if (!disk_->flush_all() || !note(true)) {
    return complain(options_.maildir + ": cannot be made durable");
  }
  std::printf("%llu messages of %zu mailboxes exported into %s\n",
              static_cast<unsigned long long>(written_), mailboxes_,
              options_.maildir.c_str());
  return 0;
}

}  // namespace

int export_maildir(const OperatorConfig& config,
                   const TransferOptions& options) {
  return TreeExport(config, options).run();
}

}  // namespace postkeep::cli
