// Drop heads: what a local program says of a message that it leaves in the drop
// directory, in the words of SMTP's envelope.
//
// Here:      DropHead, DropHeadReader, write_drop_head().
// Not here:  the directory (role/pickup.h), who writes there (cli/sendmail.h).
// Grammar:   grammar/postkeep_drop.rl, rule drop_head; its lines are read by
//            smtp/command.h.
// Laws:      proptests/smtp/drop_head_laws.h.
//
//   POSTKEEP 1
//   MAIL FROM:<ann@example.org> BODY=8BITMIME
//   RCPT TO:<bob@example.org> NOTIFY=FAILURE       one or more
//   BDAT 1234 LAST
//
// Then come the message's octets, as many as BDAT says, and nothing after them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/octets.h"
#include "smtp/client_mail.h"
#include "smtp/command.h"

namespace postkeep::smtp {

// As many as one session of SMTP may name (smtp/server_options.h).
inline constexpr std::size_t drop_recipients_max = 1000;
// So many with addresses and parameters as long as people have them.
inline constexpr std::size_t drop_head_octets_max = 1024 * 1024;

struct DropHead {
  Mail mail;
  std::vector<Rcpt> recipients;  // At least one.
  std::uint64_t message_octets = 0;
  bool operator==(const DropHead&) const = default;
};

enum class DropFault : std::uint8_t {
  outside_grammar,
  refused_value,  // An address that is too long, a parameter nobody knows.
  too_many_recipients,
  too_long,
};
[[nodiscard]] std::string_view name(DropFault fault);

// Does no I/O, keeps no pointer into its input.
class DropHeadReader {
 public:
  // Takes octets from the front of `input` and moves `input` past them.
  //   a DropHead  the message begins where `input` does now
  //   nullopt     `input` is used up and the head goes on: call again
  //   an error    the file is no drop file: every later call says so
  [[nodiscard]] std::expected<std::optional<DropHead>, DropFault> read(
      Octets& input);

 private:
  enum class Expected : std::uint8_t { version, mail, recipient, nothing };

  std::optional<DropFault> line(const Line& line);
  std::optional<DropFault> command(Command command);

  LineReader lines_;
  DropHead head_;
  Expected expected_ = Expected::version;
  std::size_t head_octets_ = 0;
  bool complete_ = false;
  std::optional<DropFault> fault_;
};

// With the octets of `mail.content` as what BDAT says. What is written is read
// as the same again (but for parameters that only a server is told).
[[nodiscard]] std::string write_drop_head(const OutgoingMail& mail);

}  // namespace postkeep::smtp
