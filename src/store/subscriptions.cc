#include "store/subscriptions.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "store/folder_name.h"
#include "store/foreign_lists.h"

namespace postkeep::store {
namespace {

constexpr std::string_view file_name = "postkeep-subscriptions";
constexpr std::string_view new_file_name = "postkeep-subscriptions.new";
constexpr std::string_view dovecot_file_name = "subscriptions";
constexpr std::string_view courier_file_name = "courierimapsubscribed";
constexpr std::uint64_t file_octets_max = std::uint64_t{16} * 1024 * 1024;
constexpr std::string_view courier_prefix = "INBOX.";

// A level as it stands in a file or a directory's name, to UTF-8.
std::optional<std::string> mailbox_of_level(std::string_view level) {
  std::string directory(".");
  directory += level;
  if (auto mailbox = mailbox_of_directory(directory)) return *mailbox;
  std::string plain(level);
  std::ranges::replace(plain, '.', '/');
  if (auto mailbox = canonical_mailbox(plain)) return *mailbox;
  return std::nullopt;
}

}  // namespace

std::optional<std::string> mailbox_of_levels(const SubscriptionLevels& levels,
                                             bool is_couriers) {
  std::string mailbox;
  for (std::string_view level : levels) {
    if (is_couriers && level.starts_with(courier_prefix)) {
      level.remove_prefix(courier_prefix.size());
    }
    const auto read = level == "INBOX" ? std::optional<std::string>(level)
                                       : mailbox_of_level(level);
    if (!read) return std::nullopt;
    if (!mailbox.empty()) mailbox += '/';
    mailbox += *read;
  }
  auto canonical = canonical_mailbox(mailbox);
  if (!canonical) return std::nullopt;
  return *std::move(canonical);
}

DiskResult<> Subscriptions::read(std::size_t most, bool was_ours) {
  if (was_read_) return {};
  const auto read =
      each_line(disk_, disk_.root(), file_name, file_octets_max,
                Unended::is_a_line, [&](std::optional<std::string_view> line) {
                  if (line) add(std::string(*line), most);
                });
  if (!read) return std::unexpected(read.error());
  if (!*read) {
    if (const auto ok = take_over(most, was_ours); !ok) return ok;
  }
  was_read_ = true;
  return {};
}

void Subscriptions::add(std::optional<std::string> name, std::size_t most) {
  if (!name || names_.size() >= most) return;
  if (auto canonical = canonical_mailbox(*name)) {
    names_.insert(*std::move(canonical));
  }
}

DiskResult<std::optional<std::string_view>> Subscriptions::foreign_file() {
  std::optional<std::string_view> found;
  std::int64_t written = 0;
  for (const std::string_view one : {dovecot_file_name, courier_file_name}) {
    const auto status = disk_.status(disk_.root(), one);
    if (!status && status.error() == Trouble::not_found) continue;
    if (!status) return std::unexpected(status.error());
    if (status->kind != EntryKind::file) continue;
    if (found && status->modified <= written) continue;
    found = one;
    written = status->modified;
  }
  return found;
}

DiskResult<> Subscriptions::take_over(std::size_t most, bool was_ours) {
  const auto file = foreign_file();
  if (!file) return std::unexpected(file.error());
  if (!*file) return {};
  const bool is_couriers = **file == courier_file_name;
  const SubscriptionLevels version_2{"V", "2"};
  ForeignLineReader reader;
  bool is_first = true;
  bool is_ours = was_ours && !is_couriers;
  const auto read = each_line(
      disk_, disk_.root(), **file, file_octets_max, Unended::is_a_line,
      [&](std::optional<std::string_view> line) {
        const auto levels = line ? reader.subscription_line(*line)
                                 : std::optional<SubscriptionLevels>();
        const bool is_version = is_first && levels == version_2;
        is_first = false;
        if (is_version) {
          is_ours = false;
        } else if (levels) {
          add(is_ours ? std::string(*line)
                      : mailbox_of_levels(*levels, is_couriers),
              most);
        }
      });
  if (!read) return std::unexpected(read.error());
  const auto written = write(names_);
  // On a full disk it is read again the next time.
  if (!written && written.error() != Trouble::no_space) return written;
  return {};
}

DiskResult<> Subscriptions::set(const std::string& name, bool on) {
  std::set<std::string> names = names_;
  if (on) {
    names.insert(name);
  } else {
    names.erase(name);
  }
  if (names == names_) return {};
  if (const auto ok = write(names); !ok) return ok;
  names_ = std::move(names);
  return {};
}

DiskResult<> Subscriptions::write(const std::set<std::string>& names) {
  std::string lines;
  for (const std::string& name : names) lines += name + '\n';
  const DirectoryHandle root = disk_.root();
  const auto file = disk_.open(root, new_file_name, Open::write_create);
  if (!file) return std::unexpected(file.error());
  const auto written = [&]() -> DiskResult<> {
    if (const auto ok = disk_.resize(*file, 0); !ok) return ok;
    if (const auto ok = disk_.write(*file, 0, octets(lines)); !ok) return ok;
    if (!disk_.flush(*file)) return std::unexpected(Trouble::input_output);
    return {};
  }();
  disk_.close(*file);
  if (!written) return written;
  const auto renamed = disk_.rename(root, new_file_name, root, file_name);
  if (!renamed) return renamed;
  if (!disk_.flush_directory(root)) {
    return std::unexpected(Trouble::input_output);
  }
  return {};
}

}  // namespace postkeep::store
