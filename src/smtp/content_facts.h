// Content facts: what has to be known of a message's octets before the first
// word is said about it to another server.
//
// Here:      ContentFacts, ContentScan.
// Not here:  dot stuffing (smtp/dot_stuffer.h); what the lines say (message/).
// Grammar:   grammar/rfc5321_data.rl, rule profile_text (smtp/text_check.h).
// Laws:      proptests/smtp/client_content_laws.h.
#pragma once

#include <cstdint>

#include "base/octets.h"
#include "smtp/text_check.h"

namespace postkeep::smtp {

struct ContentFacts {
  std::uint64_t octets = 0;
  // CR and LF only as CRLF, and no NUL: fit for DATA.
  bool is_text = true;
  bool is_eight_bit = false;   // An octet above 127.
  bool ends_with_crlf = true;  // True of nothing at all, too.
  // RFC 5321 section 4.5.3.1.6 wants at most 1,000, with CRLF.
  std::uint64_t line_octets_max = 0;

  bool operator==(const ContentFacts&) const = default;
};

// Reads a message once, in pieces of any size, at the speed of memory.
class ContentScan {
 public:
  void read(Octets octets);
  // Of all that was read.
  [[nodiscard]] ContentFacts facts() const;

 private:
  TextCheck text_check_;
  ContentFacts facts_;
  std::uint64_t line_octets_ = 0;
  bool last_was_cr_ = false;
  bool last_was_crlf_ = true;
};

}  // namespace postkeep::smtp
