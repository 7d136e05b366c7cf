#include "io/shared_memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "io/errno.h"

namespace postkeep::io {
namespace {

constexpr int all_seals =
    F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
constexpr std::size_t pieces_at_once_max = 64;

#ifndef MFD_NOEXEC_SEAL
constexpr unsigned MFD_NOEXEC_SEAL = 0x0008U;
#endif

class MappedView final : public SharedMemory::View {
 public:
  MappedView(void* start, std::size_t size) : start_(start), size_(size) {}
  ~MappedView() override {
    if (size_ != 0) munmap(start_, size_);
  }
  MappedView(const MappedView&) = delete;
  MappedView& operator=(const MappedView&) = delete;
  [[nodiscard]] Octets octets() const override {
    return {static_cast<const Octet*>(start_), size_};
  }

 private:
  void* start_;
  std::size_t size_;
};

// Writes the pieces one after the other; an error number, or 0.
int write_all(int file, std::span<const Octets> pieces) {
  std::size_t skip = 0;  // Of the first piece.
  while (!pieces.empty()) {
    std::array<iovec, pieces_at_once_max> parts{};
    const std::size_t count = std::min(pieces.size(), parts.size());
    for (std::size_t i = 0; i < count; ++i) {
      const Octets part = i == 0 ? pieces[i].subspan(skip) : pieces[i];
      parts[i] = {const_cast<Octet*>(part.data()), part.size()};
    }
    const ssize_t wrote = writev(file, parts.data(), static_cast<int>(count));
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return errno;
    auto left = static_cast<std::size_t>(wrote);
    while (!pieces.empty() && left >= pieces.front().size() - skip) {
      left -= pieces.front().size() - skip;
      pieces = pieces.subspan(1);
      skip = 0;
    }
    skip += left;
  }
  return 0;
}

}  // namespace

std::expected<Descriptor, Trouble> SealedMemory::seal(
    std::span<const Octets> pieces) {
  // Kernels before 6.3 do not know that memory need not be executable.
  int number = memfd_create("postkeep",
                            MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);
  if (number < 0 && errno == EINVAL) {
    number = memfd_create("postkeep", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  }
  Descriptor memory = own(number);
  if (!memory.holds()) return std::unexpected(trouble_of(errno));
  if (const int error = write_all(memory.number(), pieces); error != 0) {
    return std::unexpected(trouble_of(error));
  }
  if (fcntl(memory.number(), F_ADD_SEALS, all_seals) != 0) {
    return std::unexpected(trouble_of(errno));
  }
  return memory;
}

std::expected<Descriptor, Trouble> SealedMemory::another(
    const Descriptor& memory) {
  Descriptor copy = own(fcntl(memory.number(), F_DUPFD_CLOEXEC, 0));
  if (!copy.holds()) return std::unexpected(trouble_of(errno));
  return copy;
}

std::expected<std::unique_ptr<SharedMemory::View>, Trouble> SealedMemory::view(
    const Descriptor& memory, std::size_t octets_max) {
  // Only a memfd has seals at all: anything else fails here, unread.
  const int seals = fcntl(memory.number(), F_GET_SEALS);
  if (seals < 0 || (seals & all_seals) != all_seals) {
    return std::unexpected(Trouble::malformed);
  }
  struct stat status{};
  if (fstat(memory.number(), &status) != 0 || !S_ISREG(status.st_mode) ||
      status.st_size < 0) {
    return std::unexpected(Trouble::malformed);
  }
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size > octets_max) return std::unexpected(Trouble::no_space);
  if (size == 0) return std::make_unique<MappedView>(nullptr, 0);
  // Private: before 6.7 the kernel maps no write-sealed memory as shared.
  void* const start =
      mmap(nullptr, size, PROT_READ, MAP_PRIVATE, memory.number(), 0);
  if (start == MAP_FAILED) return std::unexpected(trouble_of(errno));
  return std::make_unique<MappedView>(start, size);
}

}  // namespace postkeep::io
