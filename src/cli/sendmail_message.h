// What a local program wrote, made a message: line ends, addresses without a
// domain, fields that are missing.
//
// Here:      CompletedMessage, complete_message(), read_recipients().
// Not here:  where it goes then (cli/sendmail.h).
// Grammar:   that of its readers: message/header.h, address.h, smtp/path.h.
// Laws:      tests/cli/sendmail_message_test.cc: whatever was written, lines
//            end with CRLF and there is no NUL; Bcc is nowhere; a body is not
//            changed but for that.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "smtp/path.h"

namespace postkeep::cli {

// Who runs the command, and where.
struct LocalSender {
  std::string user;       // "ann".
  std::string full_name;  // "Ann Example", or empty.
  std::string domain;     // What an address without one gets.
  std::string hostname;
  WallTime now;
  std::string unique;  // Letters and digits that were never used before.
};

struct CompletedMessage {
  std::string text;
  // Of To, Cc and Bcc, or of their Resent- forms where there are any (RFC 5322
  // section 3.6.6).
  std::vector<smtp::Mailbox> recipients;
  // An address in one of these fields that cannot be read; empty: none.
  std::string unreadable;
  bool is_utf8 = false;  // The header has octets beyond ASCII (RFC 6532).
};

[[nodiscard]] CompletedMessage complete_message(std::string_view written,
                                                const LocalSender& sender);

// One argument: an address or several, with commas; `domain` for those without
// one. The error is what cannot be read.
[[nodiscard]] std::expected<std::vector<smtp::Mailbox>, std::string>
read_recipients(std::string_view text, std::string_view domain);

}  // namespace postkeep::cli
