#include "cli/sendmail_message.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <utility>

#include "message/address.h"
#include "message/date_time.h"
#include "message/header.h"

namespace postkeep::cli {
namespace {

using message::Address;
using message::AddressKind;
using message::same_without_case;

// One field as it stands, its line end included.
struct Lines {
  std::string name;
  std::string text;
};

constexpr std::array<std::string_view, 3> recipient_fields{"To", "Cc", "Bcc"};
constexpr std::array<std::string_view, 3> resent_fields{
    "Resent-To", "Resent-Cc", "Resent-Bcc"};
constexpr std::array<std::string_view, 11> address_fields{
    "From",      "Sender",     "Reply-To",     "To",
    "Cc",        "Bcc",        "Resent-From",  "Resent-To",
    "Resent-Cc", "Resent-Bcc", "Resent-Sender"};
// Only for who sends (Bcc), or only for who delivers.
constexpr std::array<std::string_view, 4> dropped_fields{
    "Bcc", "Resent-Bcc", "Return-Path", "Content-Length"};

template <std::size_t count>
bool is_one_of(std::string_view name,
               const std::array<std::string_view, count>& names) {
  return std::ranges::any_of(names, [&](std::string_view one) {
    return same_without_case(name, one);
  });
}

// CRLF at the end of each line, whatever stood there: LF, CRLF, CR CR LF, CR
// alone. NUL, which no mail may hold, is shown as "?".
std::string with_line_ends(std::string_view written) {
  std::string text;
  text.reserve(written.size() + written.size() / 32 + 2);
  for (std::size_t at = 0; at < written.size(); ++at) {
    const char c = written[at];
    if (c != '\r' && c != '\n') {
      text += c == '\0' ? '?' : c;
      continue;
    }
    while (at + 1 < written.size() && c == '\r' && written[at + 1] == '\r') {
      at += 1;
    }
    if (c == '\r' && at + 1 < written.size() && written[at + 1] == '\n') {
      at += 1;
    }
    text += "\r\n";
  }
  if (!text.empty() && !text.ends_with('\n')) text += "\r\n";
  return text;
}

std::string_view take_line(std::string_view& text) {
  const std::string_view line =
      text.substr(0, std::min(text.find('\n') + 1, text.size()));
  text.remove_prefix(line.size());
  return line;
}

// The fields at the front of `text`, which is moved past them and the empty
// line. A line that is no field begins the body.
std::vector<Lines> take_fields(std::string_view& text) {
  std::vector<Lines> fields;
  // mbox's line, which some programs write first.
  if (text.starts_with("From ")) take_line(text);
  while (!text.empty()) {
    std::string_view rest = text;
    const std::string_view line = take_line(rest);
    if (line == "\r\n") {
      text = rest;
      break;
    }
    message::FieldStart start;
    if ((line[0] == ' ' || line[0] == '\t') && !fields.empty()) {
      fields.back().text += line;
    } else if (start.read(line)) {
      fields.push_back({std::string(line.substr(0, start.name_octets())),
                        std::string(line)});
    } else {
      break;
    }
    text = rest;
  }
  return fields;
}

std::string_view value_of(const Lines& field) {
  std::string_view value = field.text;
  value.remove_prefix(std::min(value.find(':') + 1, value.size()));
  if (value.ends_with("\r\n")) value.remove_suffix(2);
  return value;
}

// In the grammar, with a domain for each mailbox: it lets one go without.
bool is_readable(const std::string& element) {
  const auto read = message::read_address_list(element);
  return read && std::ranges::none_of(*read, [](const Address& one) {
           return one.kind == AddressKind::mailbox && one.domain.empty();
         });
}

// `element`, a part of a list between commas, as the grammar has it: as it is,
// or with a domain where an address has none ("root (Cron Daemon)", "<ann>").
std::optional<std::string> with_domain(std::string_view element,
                                       std::string_view domain) {
  std::string text = message::unfold(element);
  if (is_readable(text)) return text;
  const std::string at = "@" + std::string(domain);
  if (const std::size_t angle = text.rfind('>'); angle != std::string::npos) {
    text.insert(angle, at);
  } else {
    text.insert(std::min(text.find_first_of(" \t("), text.size()), at);
  }
  if (!is_readable(text)) return std::nullopt;
  return text;
}

struct AddressList {
  std::string text;
  std::vector<smtp::Mailbox> mailboxes;
  std::string unreadable;
};

AddressList read_list(std::string_view value, std::string_view domain) {
  AddressList list;
  const auto add = [&](const std::string& text) {
    if (!is_readable(text)) return false;
    const auto read = message::read_address_list(text);
    for (const Address& one : *read) {
      if (one.kind != AddressKind::mailbox) continue;
      const auto mailbox = smtp::read_mailbox(
          message::write(Address{.kind = AddressKind::mailbox,
                                 .display_name = {},
                                 .route = {},
                                 .local_part = one.local_part,
                                 .domain = one.domain}));
      if (!mailbox) return false;
      list.mailboxes.push_back(*mailbox);
    }
    return true;
  };
  // Groups have commas of their own: what can be read stays as it is.
  if (add(std::string(value))) {
    list.text = value;
    return list;
  }
  list.mailboxes.clear();
  message::AddressListCutter cutter;
  for (const std::string_view element : cutter.cut(value)) {
    const auto text = with_domain(element, domain);
    if (!text || !add(*text)) {
      if (list.unreadable.empty()) list.unreadable = message::unfold(element);
      continue;
    }
    if (text->empty()) continue;
    if (!list.text.empty()) list.text += ", ";
    list.text += *text;
  }
  return list;
}

bool has(const std::vector<Lines>& fields, std::string_view name) {
  return std::ranges::any_of(fields, [&](const Lines& one) {
    return same_without_case(one.name, name);
  });
}

std::string missing_fields(const std::vector<Lines>& fields,
                           const LocalSender& sender) {
  std::string text;
  if (!has(fields, "From")) {
    text += message::write_field(
        "From", message::write(Address{.kind = AddressKind::mailbox,
                                       .display_name = sender.full_name,
                                       .route = {},
                                       .local_part = sender.user,
                                       .domain = sender.domain}));
  }
  if (!has(fields, "Date")) {
    const auto now = std::chrono::floor<std::chrono::seconds>(sender.now);
    text += "Date: " +
            message::write(message::DateTime{now.time_since_epoch().count()}) +
            "\r\n";
  }
  if (!has(fields, "Message-ID")) {
    text += "Message-ID: <" + sender.unique + "@" + sender.hostname + ">\r\n";
  }
  return text;
}

}  // namespace

CompletedMessage complete_message(std::string_view written,
                                  const LocalSender& sender) {
  CompletedMessage made;
  const std::string canonical = with_line_ends(written);
  std::string_view rest = canonical;
  const std::vector<Lines> fields = take_fields(rest);
  const bool is_resent = std::ranges::any_of(fields, [](const Lines& one) {
    return is_one_of(one.name, resent_fields);
  });
  made.text = missing_fields(fields, sender);
  for (const Lines& field : fields) {
    std::string text = field.text;
    if (is_one_of(field.name, address_fields)) {
      AddressList list = read_list(value_of(field), sender.domain);
      if (is_one_of(field.name, is_resent ? resent_fields : recipient_fields)) {
        std::ranges::move(list.mailboxes, std::back_inserter(made.recipients));
        if (made.unreadable.empty()) made.unreadable = list.unreadable;
      }
      if (list.unreadable.empty() && list.text != value_of(field)) {
        text = message::write_field(field.name, list.text);
      }
    }
    if (!is_one_of(field.name, dropped_fields)) made.text += text;
  }
  made.is_utf8 = std::ranges::any_of(
      made.text, [](char c) { return static_cast<unsigned char>(c) > 127; });
  made.text += "\r\n";
  made.text += rest;
  return made;
}

std::expected<std::vector<smtp::Mailbox>, std::string> read_recipients(
    std::string_view text, std::string_view domain) {
  AddressList list = read_list(text, domain);
  if (!list.unreadable.empty()) return std::unexpected(list.unreadable);
  return std::move(list.mailboxes);
}

}  // namespace postkeep::cli
