#include "smtp/path.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "smtp/path_machine.h"

namespace postkeep::smtp {
namespace {

// What Dot-string can hold: no quotes are needed around it.
bool is_atext(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         (c >= '0' && c <= '9') || static_cast<Octet>(c) >= 0x80 ||
         std::string_view{"!#$%&'*+-/=?^_`{|}~"}.find(c) !=
             std::string_view::npos;
}

bool is_dot_string(std::string_view text) {
  if (text.empty() || text.front() == '.' || text.back() == '.') return false;
  if (text.find("..") != std::string_view::npos) return false;
  return std::ranges::all_of(text,
                             [](char c) { return c == '.' || is_atext(c); });
}

bool is_ascii_text(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return static_cast<Octet>(c) < 0x80; });
}

}  // namespace

Mailbox Mailbox::postmaster() { return MailboxMachine::postmaster(); }

bool Mailbox::is_ascii() const {
  return is_ascii_text(local_part_) && is_ascii_text(domain_);
}

Mailbox MailboxMachine::postmaster() {
  Mailbox mailbox;
  mailbox.local_part_ = "postmaster";
  return mailbox;
}

void MailboxMachine::local_octet(Octet octet) {
  mailbox_.local_part_.push_back(static_cast<char>(octet));
}

void MailboxMachine::domain_octet(Octet octet) {
  mailbox_.domain_.push_back(static_cast<char>(octet));
}

std::expected<Mailbox, PathError> read_mailbox(std::string_view text) {
  MailboxMachine machine;
  if (!machine.run(text)) return std::unexpected(PathError::outside_grammar);
  Mailbox mailbox = machine.mailbox();
  if (mailbox.local_part().size() > local_part_octets_max) {
    return std::unexpected(PathError::local_part_too_long);
  }
  if (mailbox.domain().size() > domain_octets_max) {
    return std::unexpected(PathError::domain_too_long);
  }
  return mailbox;
}

std::string write(const Mailbox& mailbox) {
  std::string text;
  if (is_dot_string(mailbox.local_part())) {
    text = mailbox.local_part();
  } else {
    text = '"';
    for (const char c : mailbox.local_part()) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    text += '"';
  }
  if (mailbox.domain().empty()) return text;
  return text + '@' + mailbox.domain();
}

std::string write(const ReversePath& reverse_path) {
  return reverse_path ? write(*reverse_path) : std::string{};
}

std::string_view name(PathError error) {
  switch (error) {
    case PathError::outside_grammar: return "outside_grammar";
    case PathError::local_part_too_long: return "local_part_too_long";
    case PathError::domain_too_long: return "domain_too_long";
  }
  check_failed("PathError holds one of its enumerators", __FILE__, __LINE__);
}

}  // namespace postkeep::smtp
