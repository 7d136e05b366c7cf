// postkeep import: a file of messages into a user's mailbox.
//
// What makes it resumable: before a batch is put, a note on the disk says where
// in the file the batch begins and which UID comes next. A batch is kept whole
// or not at all, and the note moves on only when it is durable. Whoever finds a
// note may therefore meet one batch that is there already: its messages are
// those with that UID or a higher one, and are known by their octets.

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cli/commands.h"
#include "cli/keywords_left_out.h"
#include "cli/maildir_transfer.h"
#include "cli/operator_config.h"
#include "cli/transfer.h"
#include "cli/transfer_note.h"
#include "crypto/hash.h"
#include "io/disk.h"
#include "io/place.h"
#include "mbox/message.h"
#include "mbox/reader.h"
#include "store/mailbox.h"

namespace postkeep::cli {
namespace {

static_assert(mbox::flag_answered == store::flag_answered &&
              mbox::flag_flagged == store::flag_flagged &&
              mbox::flag_deleted == store::flag_deleted &&
              mbox::flag_seen == store::flag_seen &&
              mbox::flag_draft == store::flag_draft);

constexpr std::uint64_t head_octets_max = 1024;
constexpr std::size_t piece_octets = 256 * 1024;
constexpr std::uint64_t progress_messages = 1000;
constexpr std::size_t failures_shown_max = 20;

class MboxImport {
 public:
  MboxImport(const OperatorConfig& config, const TransferOptions& options)
      : config_(config), options_(options), notes_(config.config.data) {}
  int run();

 private:
  bool open_file();
  bool open_mailbox();
  bool begin();
  std::optional<std::vector<Octet>> head(std::uint32_t count);
  bool find_batch_that_may_be_there();
  bool read_all();
  bool take(mbox::Item item);
  bool flush();
  bool write_note(std::uint64_t offset, std::uint32_t uid_next);
  void not_imported(const mbox::Item& item, const std::string& why);
  bool fail(const std::string& why) {
    complain(why);
    return false;
  }

  const OperatorConfig& config_;
  const TransferOptions& options_;
  TransferNotes notes_;
  std::optional<io::DirectoryDisk> disk_;
  FileHandle file_ = FileHandle::none;
  std::uint64_t file_octets_ = 0;
  std::optional<Transfer> transfer_;
  KeywordsLeftOut left_out_;
  std::string note_name_;
  TransferNote note_;
  // Of messages that came after the note, when there was one.
  std::multiset<crypto::Sha256> there_;
  std::size_t maybe_there_left_ = 0;
  std::size_t batch_count_ = 0;
  std::uint64_t batch_octets_ = 0;
  std::uint64_t batch_end_ = 0;
  std::uint64_t number_ = 0;  // Of the message in the file.
  std::uint64_t put_count_ = 0;
  std::uint64_t known_count_ = 0;
  std::uint64_t failed_count_ = 0;
};

bool MboxImport::open_file() {
  const std::filesystem::path path{options_.mbox};
  const std::string parent =
      path.has_parent_path() ? path.parent_path().string() : ".";
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored))
    return fail(options_.mbox + ": no such file");
  auto directory = io::open_directory(parent);
  if (!directory) return fail(parent + ": cannot be opened");
  disk_.emplace(std::move(*directory));
  const auto file =
      disk_->open(disk_->root(), path.filename().string(), Open::read);
  if (!file) {
    return fail(options_.mbox + ": cannot be read (" +
                std::string(name(file.error())) + ")");
  }
  file_ = *file;
  const auto status = disk_->status(file_);
  if (!status || status->kind != EntryKind::file) {
    return fail(options_.mbox + ": is no file");
  }
  file_octets_ = status->octets;
  return true;
}

bool MboxImport::open_mailbox() {
  auto transfer =
      Transfer::open(config_, options_.address, options_.mailbox, true);
  if (!transfer) return fail(transfer.error());
  transfer_.emplace(std::move(*transfer));
  return true;
}

// The digest of the first octets of the file; nullopt: it has not so many.
std::optional<std::vector<Octet>> MboxImport::head(std::uint32_t count) {
  std::vector<Octet> octets(count);
  const auto got = disk_->read(file_, 0, octets);
  if (!got || *got != count) return std::nullopt;
  const crypto::Sha256 digest = crypto::sha256(octets);
  return std::vector<Octet>(digest.begin(), digest.end());
}

// Takes up the note that an earlier run left, or writes the first.
bool MboxImport::begin() {
  note_name_ = TransferNotes::name_of(options_);
  const ipc::TransferAnswer& first = transfer_->first();
  const auto found = options_.again ? std::nullopt : notes_.read(note_name_);
  if (!found) {
    const auto count = static_cast<std::uint32_t>(
        std::min<std::uint64_t>(file_octets_, head_octets_max));
    note_ = {.uid_validity = first.uid_validity,
             .uid_next = first.uid_next,
             .head = head(count).value_or(std::vector<Octet>{}),
             .head_octets = count};
    return notes_.write(note_name_, note_) ||
           fail("cannot write the note of this import below " +
                config_.config.data + "; run this as the user that owns it");
  }
  note_ = *found;
  if (head(note_.head_octets) != note_.head || note_.offset > file_octets_) {
    return fail(options_.mbox +
                ": is not the file that was imported before; --again imports "
                "all of it");
  }
  if (note_.uid_validity != first.uid_validity) {
    return fail(options_.mailbox +
                ": was made anew since the import began; --again imports all "
                "of " +
                options_.mbox);
  }
  number_ = note_.number;
  if (note_.offset == file_octets_) return true;
  std::fprintf(stderr, "%s: goes on at octet %llu, after message %llu\n",
               options_.mbox.c_str(),
               static_cast<unsigned long long>(note_.offset),
               static_cast<unsigned long long>(note_.number));
  return find_batch_that_may_be_there();
}

bool MboxImport::find_batch_that_may_be_there() {
  maybe_there_left_ = ipc::transfer_puts_max;
  std::uint32_t uid = note_.uid_next;
  while (true) {
    const auto answer = transfer_->get(uid);
    if (!answer) return fail(answer.error());
    if (answer->verdict == ipc::TransferVerdict::end) return true;
    there_.insert(crypto::sha256(answer->message.text));
    uid = answer->uid + 1;
  }
}

bool MboxImport::write_note(std::uint64_t offset, std::uint32_t uid_next) {
  note_.offset = offset;
  note_.number = number_;
  note_.uid_next = uid_next;
  return notes_.write(note_name_, note_) ||
         fail("cannot write the note of this import");
}

void MboxImport::not_imported(const mbox::Item& item, const std::string& why) {
  failed_count_ += 1;
  if (failed_count_ > failures_shown_max) return;
  complain(options_.mbox + ": message " + std::to_string(number_) +
           " at octet " + std::to_string(item.offset) +
           " is not imported: " + why);
}

bool MboxImport::take(mbox::Item item) {
  const std::uint64_t most = config_.config.limits.message_octets_max;
  const std::string too_large =
      "it is larger than limits.message_octets_max (" + std::to_string(most) +
      ")";
  mbox::ReadMessage read;
  if (!item.too_large) read = mbox::read_message(item.raw, item.date);
  const bool fits = !item.too_large && read.stored.text.size() <= most;
  if (fits && (batch_count_ == ipc::transfer_puts_max ||
               (batch_count_ > 0 && batch_octets_ + read.stored.text.size() >
                                        ipc::transfer_put_octets_max))) {
    if (!flush()) return false;
  }
  number_ += 1;
  batch_end_ = item.end_offset;
  if (!fits) {
    not_imported(item, too_large);
    return true;
  }
  // What a UW IMAP server noted for itself stands first, and is not mail.
  if (read.is_internal && item.offset == 0) return true;
  if (maybe_there_left_ > 0) {
    maybe_there_left_ -= 1;
    const auto at = there_.find(crypto::sha256(read.stored.text));
    if (at != there_.end()) {
      there_.erase(at);
      known_count_ += 1;
      return true;
    }
  }
  std::vector<std::string>& keywords = read.stored.keywords;
  left_out_.fit(keywords);
  batch_count_ += 1;
  batch_octets_ += read.stored.text.size();
  const auto put = transfer_->put({.flags = read.stored.flags,
                                   .keywords = std::move(keywords),
                                   .date = read.stored.date,
                                   .text = std::move(read.stored.text)});
  return put ? true : fail(put.error());
}

bool MboxImport::flush() {
  std::uint32_t uid_next = note_.uid_next;
  if (batch_count_ > 0) {
    const auto answer = transfer_->flush();
    if (!answer) {
      return fail(options_.mbox + ": the messages up to " +
                  std::to_string(number_) + " (octet " +
                  std::to_string(batch_end_) + "): " + answer.error());
    }
    uid_next = answer->uid_next;
    left_out_.tell(options_.mailbox, answer->names);
  }
  put_count_ += batch_count_;
  const bool show = put_count_ / progress_messages !=
                    (put_count_ - batch_count_) / progress_messages;
  batch_count_ = 0;
  batch_octets_ = 0;
  maybe_there_left_ = 0;
  if (show) {
    std::fprintf(stderr, "%llu messages, %llu of %llu MiB\n",
                 static_cast<unsigned long long>(number_),
                 static_cast<unsigned long long>(batch_end_ >> 20),
                 static_cast<unsigned long long>(file_octets_ >> 20));
  }
  return write_note(batch_end_, uid_next);
}

bool MboxImport::read_all() {
  mbox::MboxReader reader(config_.config.limits.message_octets_max,
                          note_.offset);
  std::vector<Octet> room(piece_octets);
  std::uint64_t at = note_.offset;
  batch_end_ = at;
  while (true) {
    const auto got = disk_->read(file_, at, room);
    if (!got) return fail(options_.mbox + ": cannot be read any further");
    at += *got;
    if (*got == 0) {
      reader.end();
    } else {
      reader.read(Octets(room).first(*got));
    }
    while (auto item = reader.next()) {
      if (!take(std::move(*item))) return false;
    }
    if (reader.is_no_mbox()) {
      return fail(options_.mbox + ": is no mbox: at octet " +
                  std::to_string(note_.offset) +
                  " stands no line like \"From ann@example.org Thu Jan  1 "
                  "00:00:00 1970\"");
    }
    if (*got == 0) return flush();
  }
}

int MboxImport::run() {
  if (!open_file() || !open_mailbox() || !begin()) return 1;
  if (!read_all()) return 1;
  std::printf("%llu messages imported into %s of %s",
              static_cast<unsigned long long>(put_count_),
              options_.mailbox.c_str(), options_.address.c_str());
  if (known_count_ > 0) {
    std::printf(", %llu were there",
                static_cast<unsigned long long>(known_count_));
  }
  if (failed_count_ > 0) {
    std::printf(", %llu NOT imported",
                static_cast<unsigned long long>(failed_count_));
  }
  std::printf("\n");
  if (put_count_ == 0 && known_count_ == 0 && number_ > 0) {
    std::printf("%s was imported before; --again imports it once more\n",
                options_.mbox.c_str());
  }
  return failed_count_ == 0 ? 0 : 1;
}

}  // namespace

int import_mail(const TransferOptions& options) {
  const auto config = read_operator_config(options.config_path);
  const auto one = config ? in_one_form(options) : std::nullopt;
  if (!one) return 1;
  if (!one->maildir.empty()) return import_maildir(*config, *one);
  return MboxImport(*config, *one).run();
}

}  // namespace postkeep::cli
