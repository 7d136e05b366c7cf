// Little-endian integers and counted texts, in records of the journal.
//
// Here:      put() to append, Taker to read with bounds.
// Not here:  what the numbers mean (record.h, entry.h).
// Grammar:   none.
// Laws:      a Taker never reads past its octets; once it failed, it gives
//            zeros and stays failed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/octets.h"

namespace postkeep::spool {

template <typename Integer, typename Container>
void put(Container& out, Integer value) {
  for (std::size_t i = 0; i < sizeof(Integer); ++i) {
    out.push_back(
        static_cast<Octet>(static_cast<std::uint64_t>(value) >> (8 * i)));
  }
}

inline void put_text(std::vector<Octet>& out, std::string_view text) {
  put(out, static_cast<std::uint32_t>(text.size()));
  out.insert(out.end(), text.begin(), text.end());
}

template <typename Integer>
Integer get(Octets octets, std::size_t offset) {
  std::uint64_t value = 0;
  for (std::size_t i = sizeof(Integer); i-- > 0;) {
    value = value << 8 | octets[offset + i];
  }
  return static_cast<Integer>(value);
}

class Taker {
 public:
  explicit Taker(Octets octets) : rest_(octets) {}

  template <typename Integer>
  Integer take() {
    const Octets octets = take_octets(sizeof(Integer));
    return ok_ ? get<Integer>(octets, 0) : Integer{};
  }
  Octets take_octets(std::size_t count) {
    if (!ok_ || count > rest_.size()) {
      ok_ = false;
      return {};
    }
    const Octets taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }
  std::string take_text(std::size_t octets_max) {
    const auto count = take<std::uint32_t>();
    if (count > octets_max) ok_ = false;
    const Octets taken = take_octets(count);
    return {taken.begin(), taken.end()};
  }
  Octets take_rest() { return take_octets(rest_.size()); }
  void fail() { ok_ = false; }

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool is_empty() const { return rest_.empty(); }

 private:
  Octets rest_;
  bool ok_ = true;
};

}  // namespace postkeep::spool
