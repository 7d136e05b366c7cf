// postkeep import --maildir: a Maildir++ tree into a user's mailboxes.
//
// Resumable folder by folder: cli/import_log.h says which files are in, by the
// part of their names that stays. Of one batch nobody knows after an
// interruption: its messages, if they are there, have the UID that the log
// names or a higher one, and are known by their octets.

#include <algorithm>
#include <cstdio>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cli/import_log.h"
#include "cli/keywords_left_out.h"
#include "cli/maildir_source.h"
#include "cli/maildir_transfer.h"
#include "cli/transfer.h"
#include "cli/transfer_note.h"
#include "crypto/hash.h"
#include "io/operator_files.h"
#include "io/place.h"

namespace postkeep::cli {
namespace {

constexpr std::uint64_t progress_messages = 1000;
constexpr std::size_t failures_shown_max = 20;

// One folder of the tree into one mailbox.
class FolderImport {
 public:
  struct Counts {
    std::uint64_t put = 0;
    std::uint64_t before = 0;  // Imported by an earlier run.
    std::uint64_t failed = 0;
  };

  FolderImport(MaildirSource& source, Transfer& transfer, ImportLog log,
               std::string where, std::string mailbox, KeywordsLeftOut& left)
      : source_(source),
        transfer_(transfer),
        log_(std::move(log)),
        where_(std::move(where)),
        mailbox_(std::move(mailbox)),
        left_out_(left) {}

  bool run();
  [[nodiscard]] const Counts& counts() const { return counts_; }
  void not_imported(const std::string& what, const std::string& why);

 private:
  bool begin();
  bool find_batch_that_may_be_there();
  bool take(const SourceMessage& message, const MessageKey& key);
  bool put(const SourceMessage& message, SourceText text);
  bool flush();
  void show_progress();
  bool fail(const std::string& why) {
    complain(where_ + ": " + why);
    return false;
  }

  MaildirSource& source_;
  Transfer& transfer_;
  ImportLog log_;
  std::string where_;
  std::string mailbox_;
  KeywordsLeftOut& left_out_;
  Counts counts_;
  std::size_t total_ = 0;
  std::uint64_t looked_at_ = 0;
  std::uint32_t uid_next_ = 0;
  // Of the batch that may be there: its keys, and the octets of what came
  // since.
  std::set<MessageKey> maybe_there_;
  std::multiset<crypto::Sha256> there_;
  bool instead_ = false;
  std::vector<MessageKey> batch_;
  std::size_t batch_puts_ = 0;
  std::uint64_t batch_octets_ = 0;
  bool letter_without_name_ = false;
  std::size_t changed_ = 0;  // Since they were named.
};

void FolderImport::not_imported(const std::string& what,
                                const std::string& why) {
  counts_.failed += 1;
  if (counts_.failed > failures_shown_max) return;
  complain(where_ + "/" + what + " is not imported: " + why);
}

bool FolderImport::begin() {
  const ImportBatch& last = log_.last();
  const ipc::TransferAnswer& first = transfer_.first();
  uid_next_ = first.uid_next;
  if (log_.is_empty()) return true;
  if (last.uid_validity != first.uid_validity) {
    return fail("the mailbox " + shown(mailbox_) +
                " was made anew since this folder was imported; --again "
                "imports all of it");
  }
  if (last.keys.empty()) return true;
  uid_next_ = last.uid_next;
  instead_ = true;
  maybe_there_.insert(last.keys.begin(), last.keys.end());
  return find_batch_that_may_be_there();
}

bool FolderImport::find_batch_that_may_be_there() {
  std::uint32_t uid = uid_next_;
  while (true) {
    const auto answer = transfer_.get(uid);
    if (!answer) return fail(answer.error());
    if (answer->verdict == ipc::TransferVerdict::end) return true;
    there_.insert(crypto::sha256(answer->message.text));
    uid = answer->uid + 1;
  }
}

bool FolderImport::take(const SourceMessage& message, const MessageKey& key) {
  const std::string name =
      (message.is_new ? "new/" : "cur/") + shown(message.file);
  auto text = source_.read(message);
  if (!text) {
    not_imported(name, text.error());
    return true;
  }
  if (!*text) return true;  // Gone meanwhile.
  if ((*text)->is_changed && ++changed_ <= failures_shown_max) {
    complain(where_ + "/" + name +
             ": is not what its name says (size or checksum): changed, or "
             "damaged. It is imported as it is");
  }
  const std::uint64_t octets = (*text)->text.size();
  if (batch_.size() == ipc::transfer_puts_max ||
      (batch_puts_ > 0 &&
       batch_octets_ + octets > ipc::transfer_put_octets_max)) {
    if (!flush()) return false;
  }
  batch_.push_back(key);
  if (maybe_there_.contains(key)) {
    const auto at = there_.find(crypto::sha256((*text)->text));
    if (at != there_.end()) {
      there_.erase(at);
      counts_.put += 1;
      return true;
    }
  }
  return put(message, std::move(**text));
}

bool FolderImport::put(const SourceMessage& message, SourceText text) {
  const store::Flags flags =
      message.name.info ? store::flags_of(*message.name.info) : store::Flags{};
  ipc::TransferMessage out{.flags = flags.system,
                           .keywords = {},
                           .date = text.date,
                           .text = std::move(text.text)};
  for (std::size_t bit = 0; bit < store::folder_keywords_max; ++bit) {
    if ((flags.keywords >> bit & 1U) == 0) continue;
    const std::string& keyword = source_.letters()[bit];
    if (!keyword.empty()) {
      out.keywords.push_back(keyword);
    } else if (!std::exchange(letter_without_name_, true)) {
      complain(where_ +
               ": there are keywords (letters a to z in the files' names) "
               "whose names no list here says; they are left out");
    }
  }
  left_out_.fit(out.keywords);
  batch_puts_ += 1;
  batch_octets_ += out.text.size();
  counts_.put += 1;
  const auto said = transfer_.put(std::move(out));
  return said ? true : fail(said.error());
}

// The log first: whoever finds the batch there knows which one it is.
bool FolderImport::flush() {
  const ImportBatch batch{.uid_validity = transfer_.first().uid_validity,
                          .uid_next = uid_next_,
                          .instead = std::exchange(instead_, false),
                          .keys = std::exchange(batch_, {})};
  if (batch.keys.empty() && log_.last().keys.empty() && !log_.is_empty()) {
    return true;
  }
  if (!log_.begin(batch)) {
    return fail("the log of this import cannot be written; is the disk full?");
  }
  if (batch_puts_ == 0) return true;
  const auto answer = transfer_.flush();
  if (!answer) return fail(answer.error());
  uid_next_ = answer->uid_next;
  left_out_.tell(shown(mailbox_), answer->names);
  batch_puts_ = 0;
  batch_octets_ = 0;
  return true;
}

void FolderImport::show_progress() {
  looked_at_ += 1;
  if (looked_at_ % progress_messages != 0) return;
  std::fprintf(stderr, "%s: %llu of %llu messages\n", shown(mailbox_).c_str(),
               static_cast<unsigned long long>(looked_at_),
               static_cast<unsigned long long>(total_));
}

bool FolderImport::run() {
  std::vector<NotTaken> not_taken;
  const auto messages = source_.messages(not_taken);
  if (!messages) return fail(messages.error());
  for (const NotTaken& one : not_taken) not_imported(one.what, one.why);
  if (!begin()) return false;
  total_ = messages->size();
  std::set<MessageKey> seen;
  // Those that may be there come first, as a batch of their own.
  for (const bool maybe : {true, false}) {
    for (const SourceMessage& message : *messages) {
      const MessageKey key = key_of(message.base);
      if (maybe_there_.contains(key) != maybe) continue;
      show_progress();
      if (log_.is_kept(key)) {
        counts_.before += maybe ? 0 : 1;
        continue;
      }
      if (!seen.insert(key).second) continue;
      if (!take(message, key)) return false;
    }
    if (!flush()) return false;
  }
  // An empty record: nothing is open.
  return flush();
}

class TreeImport {
 public:
  TreeImport(const OperatorConfig& config, const TransferOptions& options)
      : config_(config), options_(options) {}
  int run();

 private:
  bool import_folder(MaildirSource& source, const SourceFolder& folder);
  std::optional<ImportLog> open_log(const TransferOptions& options);
  bool fail(const std::string& why) {
    complain(why);
    return false;
  }

  const OperatorConfig& config_;
  const TransferOptions& options_;
  std::optional<io::DirectoryDisk> logs_;
  std::optional<Transfer> transfer_;
  KeywordsLeftOut left_out_;
  FolderImport::Counts counts_;
  std::size_t mailboxes_ = 0;
};

std::optional<ImportLog> TreeImport::open_log(const TransferOptions& options) {
  const std::string path = config_.config.data + "/transfers";
  const std::string help =
      "; run this as the user that owns " + config_.config.data;
  if (!logs_) {
    if (!io::exists(path) && !io::make_directories(path)) {
      complain(path + ": cannot be made" + help);
      return std::nullopt;
    }
    auto directory = io::open_directory(path);
    if (!directory) {
      complain(path + ": cannot be opened" + help);
      return std::nullopt;
    }
    logs_.emplace(std::move(*directory));
  }
  auto log =
      ImportLog::open(*logs_, logs_->root(),
                      TransferNotes::name_of(options) + ".log", options.again);
  if (log) return std::move(*log);
  if (log.error() == Trouble::locked) {
    complain(options.maildir + ": is being imported by another command now");
  } else {
    complain("the log of this import cannot be written below " + path + " (" +
             std::string(name(log.error())) + ")" + help);
  }
  return std::nullopt;
}

bool TreeImport::import_folder(MaildirSource& source,
                               const SourceFolder& folder) {
  TransferOptions options = options_;
  options.mailbox = mailbox_below(options_.mailbox, folder.mailbox);
  if (!folder.directory.empty()) options.maildir += "/" + folder.directory;
  auto log = open_log(options);
  if (!log) return false;
  const std::string where = shown(options.maildir);
  if (const auto entered = source.enter(folder); !entered) {
    counts_.failed += 1;
    complain(where + ": " + entered.error());
    return true;
  }
  if (!transfer_) {
    auto transfer =
        Transfer::open(config_, options.address, options.mailbox, true);
    if (!transfer) return fail(transfer.error());
    transfer_.emplace(std::move(*transfer));
  } else if (auto changed = transfer_->change(options.mailbox, true);
             !changed) {
    return fail(changed.error());
  }
  FolderImport one(source, *transfer_, std::move(*log), where, options.mailbox,
                   left_out_);
  const bool done = one.run();
  counts_.put += one.counts().put;
  counts_.before += one.counts().before;
  counts_.failed += one.counts().failed;
  mailboxes_ += done ? 1 : 0;
  return done;
}

int TreeImport::run() {
  auto source = MaildirSource::open(options_.maildir,
                                    config_.config.limits.message_octets_max);
  if (!source) return complain(source.error());
  std::vector<NotTaken> not_taken;
  const auto folders = source->folders(not_taken);
  if (!folders) return complain(options_.maildir + ": " + folders.error());
  for (const NotTaken& one : not_taken) {
    counts_.failed += 1;
    complain(options_.maildir + "/" + one.what +
             " is not imported: " + one.why);
  }
  for (const SourceFolder& folder : *folders) {
    if (!import_folder(*source, folder)) return 1;
  }
  std::printf("%llu messages imported into %zu mailboxes of %s",
              static_cast<unsigned long long>(counts_.put), mailboxes_,
              options_.address.c_str());
  if (counts_.before > 0) {
    std::printf(", %llu were imported before (--again imports them once more)",
                static_cast<unsigned long long>(counts_.before));
  }
  if (counts_.failed > 0) {
    std::printf(", %llu NOT imported",
                static_cast<unsigned long long>(counts_.failed));
  }
  std::printf("\n");
  return counts_.failed == 0 ? 0 : 1;
}

}  // namespace

int import_maildir(const OperatorConfig& config,
                   const TransferOptions& options) {
  return TreeImport(config, options).run();
}

std::string mailbox_below(const std::string& top, const std::string& folder) {
  if (top == "INBOX") return folder;
  return folder == "INBOX" ? top : top + "/" + folder;
}

std::optional<std::string> folder_below(std::string_view top,
                                        std::string_view mailbox) {
  if (mailbox == top) return "INBOX";
  if (top == "INBOX") return std::string(mailbox);
  if (!mailbox.starts_with(top) || mailbox.size() < top.size() + 2 ||
      mailbox[top.size()] != '/') {
    return std::nullopt;
  }
  return std::string(mailbox.substr(top.size() + 1));
}

}  // namespace postkeep::cli
