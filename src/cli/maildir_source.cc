#include "cli/maildir_source.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "base/checksum.h"
#include "cli/operator_config.h"
#include "io/place.h"
#include "store/folder_name.h"
#include "store/foreign_line.h"

namespace postkeep::cli {
namespace {

constexpr std::int64_t microseconds = 1'000'000;
// Of the list of keywords: more is none of ours.
constexpr std::size_t keywords_octets_max = std::size_t{64} * 1024;
// What Dovecot's plugins write in the place of a message's octets.
constexpr std::string_view compressed_begins = "\x1f\x8b";
constexpr std::string_view encrypted_begins = "CRYPTED\x03\x07";

bool begins_with(Octets text, std::string_view what) {
  return text.size() >= what.size() &&
         std::ranges::equal(text.first(what.size()), octets(what));
}

// LF that follows no CR becomes CRLF.
std::vector<Octet> with_crlf(std::vector<Octet> text) {
  std::size_t bare = 0;
  Octet before = 0;
  for (const Octet octet : text) {
    bare += octet == '\n' && before != '\r' ? 1 : 0;
    before = octet;
  }
  if (bare == 0) return text;
  std::vector<Octet> out;
  out.reserve(text.size() + bare);
  for (const Octet octet : text) {
    if (octet == '\n' && (out.empty() || out.back() != '\r')) {
      out.push_back('\r');
    }
    out.push_back(octet);
  }
  return out;
}

// A name begins with the seconds of its delivery: more digits are later.
std::size_t leading_digits(std::string_view name) {
  return std::min(name.find_first_not_of("0123456789"), name.size());
}

bool comes_before(const SourceMessage& one, const SourceMessage& other) {
  if (one.name.own && other.name.own) {
    return std::tie(one.name.own->uid, one.file) <
           std::tie(other.name.own->uid, other.file);
  }
  if (one.name.own || other.name.own) return one.name.own.has_value();
  const std::size_t mine = leading_digits(one.file);
  const std::size_t its = leading_digits(other.file);
  return std::tie(mine, one.file) < std::tie(its, other.file);
}

std::string_view base_of(std::string_view file) {
  return file.substr(0, file.find(':'));
}

bool is_as_named(const store::OwnName& own, Octets text) {
  return own.octets == text.size() &&
         (!own.checksum || *own.checksum == crc32c(text));
}

}  // namespace

MaildirSource::Result<MaildirSource> MaildirSource::open(
    const std::string& path, std::uint64_t message_octets_max) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(path, ignored)) {
    return std::unexpected(path + ": no such directory");
  }
  auto directory = io::open_directory(path);
  if (!directory) {
    return std::unexpected(path + ": cannot be opened (" +
                           std::string(name(directory.error())) + ")");
  }
  return MaildirSource(
      std::make_unique<io::DirectoryDisk>(std::move(*directory)),
      message_octets_max);
}

MaildirSource::MaildirSource(std::unique_ptr<io::DirectoryDisk> disk,
                             std::uint64_t message_octets_max)
    : disk_(std::move(disk)), message_octets_max_(message_octets_max) {
  owner_ = disk_->owner(disk_->root()).value_or(0);
}

MaildirSource::Result<std::vector<SourceFolder>> MaildirSource::folders(
    std::vector<NotTaken>& not_taken) {
  const auto entries = disk_->list(disk_->root());
  if (!entries) return std::unexpected("cannot be listed");
  const auto has_messages = [this](DirectoryHandle in) {
    for (const std::string_view part : {"cur", "new"}) {
      const auto status = disk_->status(in, part);
      if (status && status->kind == EntryKind::directory) return true;
    }
    return false;
  };
  std::vector<SourceFolder> folders;
  bool holds_maildirs = false;
  for (const DirectoryEntry& entry : *entries) {
    if (entry.kind == EntryKind::other && entry.name.starts_with('.')) {
      not_taken.push_back(
          {shown(entry.name), "it is a link or the like, and is not followed"});
    }
    if (entry.kind != EntryKind::directory) continue;
    const auto directory = disk_->open_directory(disk_->root(), entry.name);
    if (!directory) {
      not_taken.push_back(
          {shown(entry.name), "it cannot be opened (" +
                                  std::string(name(directory.error())) + ")"});
      continue;
    }
    const bool is_folder = has_messages(*directory);
    disk_->close(*directory);
    if (!is_folder) continue;
    if (!entry.name.starts_with('.')) {
      holds_maildirs = true;
      continue;
    }
    auto mailbox = store::mailbox_of_directory(entry.name);
    if (!mailbox) {
      not_taken.push_back(
          {shown(entry.name),
           "no mailbox can have that name here; import it by itself, with "
           "--maildir and its path, and --mailbox and another name"});
      continue;
    }
    folders.push_back({entry.name, std::move(*mailbox)});
  }
  std::ranges::sort(folders, {}, &SourceFolder::mailbox);
  if (has_messages(disk_->root())) {
    folders.insert(folders.begin(), SourceFolder{"", "INBOX"});
  }
  if (!folders.empty()) return folders;
  return std::unexpected(
      holds_maildirs
          ? "is no Maildir, but holds some: import each by itself, with "
            "--maildir and its path, and --mailbox and a name"
          : "is no Maildir: there is neither cur/ nor new/ in it");
}

void MaildirSource::leave() {
  for (DirectoryHandle* const one : {&new_, &cur_}) {
    if (*one != DirectoryHandle::none) disk_->close(*one);
    *one = DirectoryHandle::none;
  }
}

MaildirSource::Result<> MaildirSource::enter(const SourceFolder& folder) {
  leave();
  letters_ = {};
  DirectoryHandle in = disk_->root();
  if (!folder.directory.empty()) {
    const auto opened = disk_->open_directory(disk_->root(), folder.directory);
    if (!opened) return std::unexpected("cannot be opened");
    in = *opened;
  }
  const auto open_part = [&](std::string_view part, DirectoryHandle& into) {
    const auto opened = disk_->open_directory(in, part);
    if (opened) into = *opened;
    return opened || opened.error() == Trouble::not_found;
  };
  const bool good = open_part("new", new_) && open_part("cur", cur_);
  read_letters(in);
  if (in != disk_->root()) disk_->close(in);
  if (!good) {
    return std::unexpected("new/ or cur/ cannot be opened, or is no directory");
  }
  return {};
}

MaildirSource::Result<std::vector<SourceMessage>> MaildirSource::messages(
    std::vector<NotTaken>& not_taken) {
  std::vector<SourceMessage> all;
  store::MaildirNameReader reader;
  for (const bool is_new : {true, false}) {
    const DirectoryHandle in = is_new ? new_ : cur_;
    if (in == DirectoryHandle::none) continue;
    auto entries = disk_->list(in);
    if (!entries) return std::unexpected("cannot be listed");
    for (DirectoryEntry& entry : *entries) {
      // Names with a dot in front are no messages (maildir(5)).
      if (entry.name.starts_with('.')) continue;
      if (entry.kind != EntryKind::file) {
        not_taken.push_back({(is_new ? "new/" : "cur/") + shown(entry.name),
                             "it is no file, but a link, FIFO or directory"});
        continue;
      }
      SourceMessage message{is_new, std::move(entry.name), {}, {}};
      message.base = base_of(message.file);
      if (auto read = reader.read(message.file)) message.name = *read;
      all.push_back(std::move(message));
    }
  }
  tell_apart(all);
  std::ranges::sort(all, comes_before);
  return all;
}

// Two names with one base are one message that another program moved while we
// looked, or one file under two names; or, where a crash or a copy left two
// files, two messages: better both than only one.
void MaildirSource::tell_apart(std::vector<SourceMessage>& messages) {
  std::map<std::string, std::uint64_t, std::less<>> inodes;
  std::set<std::string, std::less<>> once, twice;
  for (const SourceMessage& message : messages) {
    if (!once.insert(message.base).second) twice.insert(message.base);
  }
  if (twice.empty()) return;
  std::erase_if(messages, [&](SourceMessage& message) {
    if (!twice.contains(message.base)) return false;
    const auto status =
        disk_->status(message.is_new ? new_ : cur_, message.file);
    if (!status) return true;
    const auto [at, is_first] = inodes.emplace(message.base, status->inode);
    if (!is_first && at->second == status->inode) return true;
    if (!is_first) message.base = message.file;
    return false;
  });
}

// Opens the file, under another name where flags were changed meanwhile.
std::optional<FileHandle> MaildirSource::find(SourceMessage& message) {
  const auto open_in = [&](DirectoryHandle in) -> std::optional<FileHandle> {
    if (in == DirectoryHandle::none) return std::nullopt;
    const auto file = disk_->open(in, message.file, Open::read);
    if (!file) return std::nullopt;
    return *file;
  };
  if (auto file = open_in(message.is_new ? new_ : cur_)) return file;
  if (cur_ == DirectoryHandle::none) return std::nullopt;
  const auto entries = disk_->list(cur_);
  if (!entries) return std::nullopt;
  for (const DirectoryEntry& entry : *entries) {
    if (base_of(entry.name) != message.base) continue;
    message.file = entry.name;
    return open_in(cur_);
  }
  return std::nullopt;
}

MaildirSource::Result<std::optional<SourceText>> MaildirSource::read(
    const SourceMessage& wanted) {
  SourceMessage message = wanted;
  const auto file = find(message);
  if (!file) {
    const auto there = disk_->status(wanted.is_new ? new_ : cur_, wanted.file);
    if (!there) return std::nullopt;
    return std::unexpected("it cannot be opened for reading");
  }
  const auto status = disk_->status(*file);
  const auto owner = disk_->owner(*file);
  std::expected<std::size_t, Trouble> got{0};
  SourceText text;
  const bool is_small = status && status->octets <= message_octets_max_;
  const bool is_owners = owner && *owner == owner_;
  if (is_small && is_owners) {
    text.text.resize(static_cast<std::size_t>(status->octets));
    got = disk_->read(*file, 0, text.text);
  }
  disk_->close(*file);
  if (!status || !got) return std::unexpected("it cannot be read");
  if (!is_owners) {
    return std::unexpected(
        "it belongs to another user than the Maildir; who put it there may "
        "not be allowed to read it. Give it to the Maildir's owner (chown) if "
        "it is his");
  }
  const std::string too_large =
      "it is larger than limits.message_octets_max (" +
      std::to_string(message_octets_max_) + ")";
  if (!is_small) return std::unexpected(too_large);
  if (*got == 0) return std::unexpected("it is empty");
  text.text.resize(*got);
  text.date = std::max<std::int64_t>(0, status->modified / microseconds);
  const auto& own = message.name.own;
  if (own) {
    text.date = own->internal_date;
    if (is_as_named(*own, text.text)) return text;
    text.is_changed = true;
  }
  if (begins_with(text.text, compressed_begins)) {
    return std::unexpected("it is compressed (gzip); decompress it first");
  }
  if (begins_with(text.text, encrypted_begins)) {
    return std::unexpected("it is encrypted (Dovecot's mail-crypt)");
  }
  text.text = with_crlf(std::move(text.text));
  if (text.text.size() > message_octets_max_) return std::unexpected(too_large);
  return text;
}

// Dovecot's list: a line a keyword, "0 $Forwarded" for the letter a.
void MaildirSource::read_letters(DirectoryHandle folder) {
  const auto file = disk_->open(folder, "dovecot-keywords", Open::read);
  if (!file) return;
  std::string text(keywords_octets_max, '\0');
  const auto got = disk_->read(
      *file, 0, {reinterpret_cast<Octet*>(text.data()), text.size()});
  disk_->close(*file);
  text.resize(got.value_or(0));
  store::ForeignLineReader reader;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const auto line = reader.keyword_line(rest.substr(0, end));
    if (line && line->index && *line->index < letters_.size()) {
      letters_[static_cast<std::size_t>(*line->index)] = line->keyword;
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

}  // namespace postkeep::cli
