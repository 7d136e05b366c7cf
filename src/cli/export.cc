// postkeep export: a user's mailbox into a file.
//
// Resumable: every now and then the file is flushed and a note says how long it
// was then and which UID comes next. Whoever goes on cuts the file there.

#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "cli/commands.h"
#include "cli/maildir_transfer.h"
#include "cli/operator_config.h"
#include "cli/transfer.h"
#include "cli/transfer_note.h"
#include "io/disk.h"
#include "io/place.h"
#include "mbox/message.h"

namespace postkeep::cli {
namespace {

constexpr std::uint64_t note_octets = 16 * 1024 * 1024;  // Between two notes.
constexpr std::uint64_t progress_messages = 1000;

// Who sent it, from the field that a delivery put on top.
std::string sender_of(Octets text) {
  constexpr std::string_view field = "Return-Path: <";
  const std::string_view head{reinterpret_cast<const char*>(text.data()),
                              text.size()};
  if (!head.starts_with(field)) return {};
  const std::size_t end = head.find_first_of(">\r\n", field.size());
  if (end == std::string_view::npos || head[end] != '>') return {};
  return std::string(head.substr(field.size(), end - field.size()));
}

class MboxExport {
 public:
  MboxExport(const OperatorConfig& config, const TransferOptions& options)
      : options_(options), notes_(config.config.data), config_(config) {}
  int run();

 private:
  bool open_file();
  bool write_all();
  bool note(bool is_last);
  bool fail(const std::string& why) {
    complain(why);
    return false;
  }

  const TransferOptions& options_;
  TransferNotes notes_;
  const OperatorConfig& config_;
  std::optional<Transfer> transfer_;
  std::optional<io::DirectoryDisk> disk_;
  FileHandle file_ = FileHandle::none;
  std::string note_name_;
  TransferNote note_;
  std::uint64_t written_ = 0;
  std::uint64_t noted_ = 0;
};

bool MboxExport::open_file() {
  const std::filesystem::path path{options_.mbox};
  const std::string parent =
      path.has_parent_path() ? path.parent_path().string() : ".";
  std::error_code ignored;
  if (!std::filesystem::exists(parent, ignored)) {
    return fail(parent + ": no such directory");
  }
  auto directory = io::open_directory(parent);
  if (!directory) return fail(parent + ": cannot be opened");
  disk_.emplace(std::move(*directory));
  const std::string name = path.filename().string();
  note_name_ = TransferNotes::name_of(options_);
  const auto found = notes_.read(note_name_);
  const ipc::TransferAnswer& first = transfer_->first();
  auto made = disk_->open(disk_->root(), name, Open::create_new);
  if (made) {
    file_ = *made;
    note_ = {.uid_validity = first.uid_validity, .uid_next = 1, .head = {}};
    return note(false);
  }
  if (made.error() != Trouble::exists) {
    return fail(options_.mbox + ": cannot be made (" +
                std::string(postkeep::name(made.error())) + ")");
  }
  made = disk_->open(disk_->root(), name, Open::write);
  if (!made) return fail(options_.mbox + ": cannot be written");
  const auto status = disk_->status(*made);
  const std::uint64_t there = status ? status->octets : 0;
  if (status && there == 0) {
    file_ = *made;
    note_ = {.uid_validity = first.uid_validity, .uid_next = 1, .head = {}};
    return note(false);
  }
  // A note of an export that ended says so by its head.
  if (!found || !found->head.empty() ||
      found->uid_validity != first.uid_validity || there < found->offset) {
    return fail(options_.mbox +
                ": is there already, and is no export of this mailbox that "
                "was interrupted; choose another file");
  }
  file_ = *made;
  note_ = *found;
  if (!disk_->resize(file_, note_.offset)) {
    return fail(options_.mbox + ": cannot be written");
  }
  written_ = noted_ = note_.offset;
  std::fprintf(stderr, "%s: goes on after message %llu\n",
               options_.mbox.c_str(),
               static_cast<unsigned long long>(note_.number));
  return true;
}

// Makes durable what was written, then notes it.
bool MboxExport::note(bool is_last) {
  note_.offset = written_;
  noted_ = written_;
  if (is_last) note_.head = {1};
  if (!disk_->flush(file_) || !disk_->flush_directory(disk_->root())) {
    return fail(options_.mbox + ": cannot be made durable");
  }
  return notes_.write(note_name_, note_) ||
         fail("cannot write the note of this export below " +
              config_.config.data + "; run this as the user that owns it");
}

bool MboxExport::write_all() {
  while (true) {
    auto answer = transfer_->get(note_.uid_next);
    if (!answer) return fail(answer.error());
    if (answer->verdict == ipc::TransferVerdict::end) return note(true);
    const std::string sender = sender_of(answer->message.text);
    const mbox::Stored stored{.date = answer->message.date,
                              .flags = answer->message.flags,
                              .keywords = std::move(answer->message.keywords),
                              .text = std::move(answer->message.text)};
    const std::string text = mbox::write_message(stored, sender);
    if (!disk_->write(file_, written_, octets(text))) {
      return fail(options_.mbox + ": cannot be written; is the disk full?");
    }
    written_ += text.size();
    note_.uid_next = answer->uid + 1;
    note_.number += 1;
    if (note_.number % progress_messages == 0) {
      std::fprintf(stderr, "%llu of %lu messages\n",
                   static_cast<unsigned long long>(note_.number),
                   static_cast<unsigned long>(transfer_->first().messages));
    }
    if (written_ - noted_ >= note_octets && !note(false)) return false;
  }
}

int MboxExport::run() {
  auto transfer =
      Transfer::open(config_, options_.address, options_.mailbox, false);
  if (!transfer) return complain(transfer.error());
  transfer_.emplace(std::move(*transfer));
  if (!open_file() || !write_all()) return 1;
  std::printf("%llu messages of %s exported into %s\n",
              static_cast<unsigned long long>(note_.number),
              options_.mailbox.c_str(), options_.mbox.c_str());
  return 0;
}

}  // namespace

int export_mail(const TransferOptions& options) {
  const auto config = read_operator_config(options.config_path);
  const auto one = config ? in_one_form(options) : std::nullopt;
  if (!one) return 1;
  if (!one->maildir.empty()) return export_maildir(*config, *one);
  return MboxExport(*config, *one).run();
}

}  // namespace postkeep::cli
