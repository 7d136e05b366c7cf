// SimMemory: sealed memory between roles, in one process.
//
// Here:      SimMemory.
// Not here:  the port (base/channel.h).
// Laws:      what was sealed stays as it was, as long as the SimMemory lives.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/channel.h"

namespace postkeep::sim {

class SimMemory final : public SharedMemory {
 public:
  [[nodiscard]] std::expected<Descriptor, Trouble> seal(
      std::span<const Octets> pieces) override {
    auto& sealed = sealed_.emplace_back(std::make_unique<Sealed>());
    for (const Octets piece : pieces)
      sealed->octets.insert(sealed->octets.end(), piece.begin(), piece.end());
    return Descriptor(static_cast<int>(sealed_.size() - 1), nullptr);
  }
  [[nodiscard]] std::expected<Descriptor, Trouble> another(
      const Descriptor& memory) override {
    return Descriptor(memory.number(), nullptr);
  }
  [[nodiscard]] std::expected<std::unique_ptr<View>, Trouble> view(
      const Descriptor& memory, std::size_t octets_max) override {
    const auto number = static_cast<std::size_t>(memory.number());
    if (!memory.holds() || number >= sealed_.size())
      return std::unexpected(Trouble::malformed);
    if (sealed_[number]->octets.size() > octets_max)
      return std::unexpected(Trouble::no_space);
    return std::make_unique<Seen>(*sealed_[number]);
  }
  // How often memory was sealed so far.
  [[nodiscard]] std::size_t seals() const { return sealed_.size(); }
  [[nodiscard]] Descriptor seal_text(std::string_view text) {
    const Octets piece = octets(text);
    return std::move(*seal({&piece, 1}));
  }

 private:
  struct Sealed {
    std::vector<Octet> octets;
  };
  class Seen final : public View {
   public:
    explicit Seen(const Sealed& sealed) : sealed_(sealed) {}
    [[nodiscard]] Octets octets() const override { return sealed_.octets; }

   private:
    const Sealed& sealed_;
  };
  std::vector<std::unique_ptr<Sealed>> sealed_;
};

}  // namespace postkeep::sim
