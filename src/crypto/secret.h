// Secrets: octets that are wiped when they end and compared in equal time.
//
// Here:      Secret, equal_secrets(), wipe().
// Not here:  where secrets come from (crypto/hash.h, crypto/argon2id.h).
// Laws:      no == on secrets anywhere: Secret has none, tests/tidy.py looks
//            for memcmp; the time of equal_secrets depends on lengths alone.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/octets.h"

namespace postkeep::crypto {

// Overwrites in a way that no compiler leaves out.
void wipe(std::vector<Octet>& octets);
void wipe(std::string& text);

// Whether both hold the same octets. The lengths are no secret.
[[nodiscard]] bool equal_secrets(Octets one, Octets other);

class Secret {
 public:
  Secret() = default;
  explicit Secret(Octets octets) : octets_(octets.begin(), octets.end()) {}
  explicit Secret(std::size_t octets) : octets_(octets) {}
  explicit Secret(std::string_view text) : Secret(postkeep::octets(text)) {}
  Secret(Secret&& other) noexcept : octets_(std::move(other.octets_)) {}
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret& other) = default;
  Secret& operator=(const Secret& other);
  ~Secret() { wipe(octets_); }

  bool operator==(const Secret&) const = delete;

  [[nodiscard]] Octets octets() const { return octets_; }
  [[nodiscard]] std::span<Octet> room() { return octets_; }
  [[nodiscard]] std::size_t size() const { return octets_.size(); }
  [[nodiscard]] bool empty() const { return octets_.empty(); }

 private:
  std::vector<Octet> octets_;
};

}  // namespace postkeep::crypto
