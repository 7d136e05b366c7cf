// Sealed memory made real: memfd_create(2) with all its seals.
//
// Here:      SealedMemory.
// Laws:      tests/io/shared_memory_test.cc: what lacks a seal, is no memfd or
//            is too large is refused before it is mapped.
#pragma once

#include "base/channel.h"

namespace postkeep::io {

class SealedMemory final : public SharedMemory {
 public:
  [[nodiscard]] std::expected<Descriptor, Trouble> seal(
      std::span<const Octets> pieces) override;
  [[nodiscard]] std::expected<Descriptor, Trouble> another(
      const Descriptor& memory) override;
  [[nodiscard]] std::expected<std::unique_ptr<View>, Trouble> view(
      const Descriptor& memory, std::size_t octets_max) override;
};

}  // namespace postkeep::io
