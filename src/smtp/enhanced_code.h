// Enhanced status codes: the three numbers in front of a reply's text (RFC
// 2034 section 4, RFC 3463 section 2).
//
// Here:      EnhancedCode, read_enhanced_code(), write().
// Not here:  the codes that we send ourselves (smtp/server_reply.cc).
// Grammar:   grammar/rfc3463_status_code.rl, rule status_code_text.
// Laws:      proptests/smtp/capability_laws.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/octets.h"
#include "smtp/reply.h"

namespace postkeep::smtp {

// Invariant: made by the reader or written down here, so `kind` is 2, 4 or 5
// and the others are at most 999.
struct EnhancedCode {
  std::uint16_t kind = 0;  // RFC 3463's "class".
  std::uint16_t subject = 0;
  std::uint16_t detail = 0;
  bool operator==(const EnhancedCode&) const = default;
};

// Of the first line of `reply`. One whose class is not the code's first digit
// says nothing (RFC 2034 section 4 forbids it).
[[nodiscard]] std::optional<EnhancedCode> read_enhanced_code(
    const Reply& reply);

// "5.1.1".
[[nodiscard]] std::string write(const EnhancedCode& code);

class EnhancedCodeReader {
 public:
  // Whether `text` begins with a status code that ends there or at a space.
  [[nodiscard]] std::optional<EnhancedCode> read(std::string_view text);

 private:
  bool run(Octets text);  // smtp/enhanced_code.rl: the machine.

  // smtp/enhanced_code.cc: its actions.
  void kind_digit(Octet octet);
  void subject_digit(Octet octet);
  void detail_digit(Octet octet);

  EnhancedCode code_;
};

}  // namespace postkeep::smtp
