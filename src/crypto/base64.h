// Base64: octets as text (RFC 4648 section 4), in its one canonical form.
//
// Here:      write_base64(), read_base64() and the reader behind it.
// Not here:  MIME's base64 with line breaks and strays (message/).
// Grammar:   grammar/rfc4648_base64.rl, rule canonical_base64.
// Laws:      proptests/crypto/base64_laws.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/octets.h"

namespace postkeep::crypto {

enum class Base64Error : std::uint8_t {
  outside_grammar,  // A stray octet, wrong padding, or bits after the end.
  too_long,         // More octets than the caller can take.
};

[[nodiscard]] std::string_view name(Base64Error error);

[[nodiscard]] std::string write_base64(Octets octets);

// Reads the whole of `text`. Nothing but the canonical form is taken (RFC 4648
// sections 3.3 and 3.5): no line breaks, no missing padding, no bits that mean
// nothing. At most `octets_max` octets come out.
[[nodiscard]] std::expected<std::vector<Octet>, Base64Error> read_base64(
    Octets text, std::size_t octets_max);

// One text, read once.
class Base64Reader {
 public:
  [[nodiscard]] std::expected<std::vector<Octet>, Base64Error> read(
      Octets text, std::size_t octets_max);

 private:
  bool run(Octets text);    // crypto/base64.rl: the machine.
  void octet(Octet octet);  // crypto/base64.cc: its action.

  std::uint32_t bits_ = 0;
  unsigned bits_held_ = 0;
  std::vector<Octet> octets_;
};

}  // namespace postkeep::crypto
