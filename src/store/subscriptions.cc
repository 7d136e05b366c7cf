#include "store/subscriptions.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "store/folder_name.h"

namespace postkeep::store {
namespace {

constexpr std::string_view file_name = "subscriptions";
constexpr std::string_view new_file_name = "postkeep-subscriptions.new";
constexpr std::uint64_t file_octets_max = std::uint64_t{16} * 1024 * 1024;

}  // namespace

DiskResult<> Subscriptions::read(std::size_t most) {
  if (was_read_) return {};
  const auto file = disk_.open(disk_.root(), file_name, Open::read);
  if (!file && file.error() != Trouble::not_found) {
    return std::unexpected(file.error());
  }
  if (file) {
    const auto status = disk_.status(*file);
    std::vector<Octet> all(status ? std::min(status->octets, file_octets_max)
                                  : 0);
    const auto got = disk_.read(*file, 0, all);
    disk_.close(*file);
    if (!status) return std::unexpected(status.error());
    if (!got) return std::unexpected(got.error());
    std::string_view rest(reinterpret_cast<const char*>(all.data()), *got);
    while (!rest.empty() && names_.size() < most) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      if (auto name = canonical_mailbox(rest.substr(0, end))) {
        names_.insert(*std::move(name));
      }
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  was_read_ = true;
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
