#include "smtp/drop_head.h"

#include <utility>

#include "base/check.h"

namespace postkeep::smtp {
namespace {

constexpr std::string_view version_line = "POSTKEEP 1\r\n";

DropFault fault_of(const CommandError& error) {
  switch (error.fault) {
    case CommandFault::bad_address:
    case CommandFault::unknown_parameter:
    case CommandFault::bad_parameter: return DropFault::refused_value;
    default: return DropFault::outside_grammar;
  }
}

}  // namespace

std::expected<std::optional<DropHead>, DropFault> DropHeadReader::read(
    Octets& input) {
  while (!fault_ && !complete_) {
    // The reader of lines is shown no octet past the limit.
    const std::size_t room = drop_head_octets_max - head_octets_;
    Octets head = input.first(std::min(room, input.size()));
    const std::size_t offered = head.size();
    const auto read = lines_.read(head);
    input = input.subspan(offered - head.size());
    head_octets_ += offered - head.size();
    if (!read) {
      fault_ = read.error() == LineError::too_long ? DropFault::too_long
                                                   : DropFault::outside_grammar;
    } else if (*read) {
      fault_ = line(**read);
    } else if (head_octets_ == drop_head_octets_max) {
      fault_ = DropFault::too_long;
    } else {
      return std::nullopt;
    }
  }
  if (fault_) return std::unexpected(*fault_);
  PK_CHECK(!head_.recipients.empty());
  return head_;
}

std::optional<DropFault> DropHeadReader::line(const Line& line) {
  if (expected_ == Expected::version) {
    if (line.text != version_line) return DropFault::outside_grammar;
    expected_ = Expected::mail;
    return std::nullopt;
  }
  auto read = read_command(line);
  if (!read) return fault_of(read.error());
  return command(std::move(*read));
}

std::optional<DropFault> DropHeadReader::command(Command command) {
  if (expected_ == Expected::mail) {
    Mail* const mail = std::get_if<Mail>(&command);
    if (mail == nullptr) return DropFault::outside_grammar;
    head_.mail = std::move(*mail);
    expected_ = Expected::recipient;
    return std::nullopt;
  }
  if (Rcpt* const rcpt = std::get_if<Rcpt>(&command)) {
    if (head_.recipients.size() == drop_recipients_max) {
      return DropFault::too_many_recipients;
    }
    head_.recipients.push_back(std::move(*rcpt));
    return std::nullopt;
  }
  const Bdat* const end = std::get_if<Bdat>(&command);
  if (end == nullptr || !end->last || head_.recipients.empty()) {
    return DropFault::outside_grammar;
  }
  head_.message_octets = end->octets;
  expected_ = Expected::nothing;
  complete_ = true;
  return std::nullopt;
}

std::string write_drop_head(const OutgoingMail& mail) {
  PK_CHECK(!mail.recipients.empty());
  Capabilities offered;
  offered.eight_bit_mime = true;
  offered.smtputf8 = true;
  offered.dsn = true;
  std::string text(version_line);
  text += write_mail(mail, offered, false);
  for (const OutgoingRecipient& recipient : mail.recipients) {
    text += write_rcpt(recipient, offered);
  }
  return text + "BDAT " + std::to_string(mail.content.octets) + " LAST\r\n";
}

std::string_view name(DropFault fault) {
  switch (fault) {
    case DropFault::outside_grammar: return "outside_grammar";
    case DropFault::refused_value: return "refused_value";
    case DropFault::too_many_recipients: return "too_many_recipients";
    case DropFault::too_long: break;
  }
  return "too_long";
}

}  // namespace postkeep::smtp
