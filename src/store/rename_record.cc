#include "store/rename_record.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/checksum.h"
#include "store/folder_name.h"

namespace postkeep::store {
namespace {

constexpr std::array<Octet, 8> magic{'p', 'k', 'r', 'e', 'n', 'a', 'm', 'e'};
constexpr std::size_t checksum_octets = 4;

void put(std::vector<Octet>& out, std::uint64_t value, std::size_t octets) {
  for (std::size_t n = 0; n < octets; ++n) {
    out.push_back(static_cast<Octet>(value >> (8 * n)));
  }
}

void put(std::vector<Octet>& out, const std::string& name) {
  PK_CHECK(name.size() <= file_name_octets_max);
  put(out, name.size(), 1);
  out.insert(out.end(), name.begin(), name.end());
}

// The first `count` octets, taken off; nullopt when there are fewer.
std::optional<Octets> take(Octets& rest, std::size_t count) {
  if (count > rest.size()) return std::nullopt;
  const Octets taken = rest.first(count);
  rest = rest.subspan(count);
  return taken;
}

std::optional<std::uint64_t> take_number(Octets& rest, std::size_t count) {
  const auto taken = take(rest, count);
  if (!taken) return std::nullopt;
  std::uint64_t value = 0;
  for (std::size_t n = 0; n < count; ++n) {
    value |= std::uint64_t{(*taken)[n]} << (8 * n);
  }
  return value;
}

std::optional<std::string> take_directory(Octets& rest) {
  const auto size = take_number(rest, 1);
  if (!size) return std::nullopt;
  const auto taken = take(rest, static_cast<std::size_t>(*size));
  if (!taken) return std::nullopt;
  std::string name(taken->begin(), taken->end());
  if (!mailbox_of_directory(name)) return std::nullopt;
  return name;
}

}  // namespace

std::vector<Octet> write(std::span<const FolderRename> renames) {
  PK_CHECK(renames.size() <= renames_max);
  std::vector<Octet> out(magic.begin(), magic.end());
  put(out, renames.size(), 4);
  for (const FolderRename& one : renames) {
    put(out, one.folder, 8);
    put(out, one.from);
    put(out, one.to);
  }
  put(out, crc32c(out), checksum_octets);
  return out;
}

std::optional<std::vector<FolderRename>> read_rename_record(Octets octets) {
  if (octets.size() < magic.size() + checksum_octets ||
      octets.size() > rename_record_octets_max ||
      !std::ranges::equal(octets.first(magic.size()), magic)) {
    return std::nullopt;
  }
  const Octets covered = octets.first(octets.size() - checksum_octets);
  Octets checksum = octets.subspan(covered.size());
  if (take_number(checksum, checksum_octets) != crc32c(covered)) {
    return std::nullopt;
  }
  Octets rest = covered.subspan(magic.size());
  const auto count = take_number(rest, 4);
  if (!count || *count > renames_max) return std::nullopt;
  std::vector<FolderRename> renames;
  for (std::uint64_t n = 0; n < *count; ++n) {
    const auto folder = take_number(rest, 8);
    const auto from = take_directory(rest);
    const auto to = take_directory(rest);
    if (!folder || !from || !to) return std::nullopt;
    renames.push_back({*folder, *from, *to});
  }
  if (!rest.empty()) return std::nullopt;
  return renames;
}

}  // namespace postkeep::store
