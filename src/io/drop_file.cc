#include "io/drop_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>

#include "base/drop_box.h"
#include "io/errno.h"

namespace postkeep::io {
namespace {

// Its group is the directory's: that of the role that takes it away.
constexpr mode_t file_mode = 0640;

std::unexpected<Trouble> failed() { return std::unexpected(trouble_of(errno)); }

std::string random_name(Random& random) {
  std::array<Octet, drop_name_random_octets> octets{};
  random.fill(octets);
  std::string name;
  for (const Octet octet : octets) {
    constexpr std::string_view digits = "0123456789abcdef";
    name += digits[octet >> 4];
    name += digits[octet & 15];
  }
  return name;
}

bool write_all(int file, Octets octets) {
  while (!octets.empty()) {
    const ssize_t wrote = ::write(file, octets.data(), octets.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return false;
    octets = octets.subspan(static_cast<std::size_t>(wrote));
  }
  return true;
}

// The new name is durable with the file where a flush of a file takes its last
// change of name along, which the file systems of Linux that keep a journal do:
// the directory itself cannot be opened by those who may not read it. Who may
// flushes it, too.
bool flush_name(const Descriptor& file, const std::string& directory) {
  if (fsync(file.number()) != 0) return false;
  const Descriptor opened =
      own(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return !opened.holds() || fsync(opened.number()) == 0;
}

}  // namespace

std::expected<std::string, Trouble> leave_in_drop_directory(
    const std::string& directory, std::span<const Octets> pieces,
    Random& random) {
  const Descriptor in =
      own(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!in.holds()) return failed();
  const std::string digits = random_name(random);
  const std::string begun = std::string(drop_begun_prefix) + digits;
  std::string whole = std::string(drop_whole_prefix) + digits;
  const Descriptor file =
      own(openat(in.number(), begun.c_str(),
                 O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file.holds()) return failed();
  bool written = fchmod(file.number(), file_mode) == 0;
  for (const Octets piece : pieces) {
    written = written && write_all(file.number(), piece);
  }
  written = written && fsync(file.number()) == 0;
  if (!written ||
      renameat(in.number(), begun.c_str(), in.number(), whole.c_str()) != 0) {
    const auto why = failed();
    unlinkat(in.number(), begun.c_str(), 0);
    return why;
  }
  if (!flush_name(file, directory)) {
    const auto why = failed();
    unlinkat(in.number(), whole.c_str(), 0);
    return why;
  }
  return whole;
}

}  // namespace postkeep::io
