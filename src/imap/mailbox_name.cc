#include "imap/mailbox_name.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "imap/list_pattern.h"
#include "message/modified_utf_7.h"

namespace postkeep::imap {
namespace {

constexpr std::string_view inbox = "INBOX";

MailboxNameError error_of(message::ModifiedUtf7Error error) {
  switch (error) {
    case message::ModifiedUtf7Error::outside_grammar:
      return MailboxNameError::outside_grammar;
    case message::ModifiedUtf7Error::not_canonical:
      return MailboxNameError::not_canonical;
    case message::ModifiedUtf7Error::surrogate:
      return MailboxNameError::surrogate;
  }
  check_failed("ModifiedUtf7Error holds one of its enumerators", __FILE__,
               __LINE__);
}

// RFC 9051 section 5.1: "INBOX" in any case is INBOX.
void name_inbox(std::string& name) {
  const std::size_t level =
      std::min(name.find(hierarchy_separator), name.size());
  const bool is_inbox = std::equal(
      name.begin(), name.begin() + static_cast<std::ptrdiff_t>(level),
      inbox.begin(), inbox.end(),
      [](char c, char capital) { return c == capital || c == (capital | 32); });
  if (is_inbox) name.replace(0, level, inbox);
}

}  // namespace

std::string with_separator(std::string_view name, Separator separator) {
  std::string swapped(name);
  if (separator == Separator::slash) return swapped;
  for (char& c : swapped) {
    if (c == '.' || c == '/') c = c == '.' ? '/' : '.';
  }
  return swapped;
}

std::expected<std::string, MailboxNameError> read_mailbox_name(
    Octets whole, MailboxNameForm form, Separator separator) {
  if (whole.size() > mailbox_name_octets_max)
    return std::unexpected(MailboxNameError::too_long);
  std::string name{reinterpret_cast<const char*>(whole.data()), whole.size()};
  if (form == MailboxNameForm::modified_utf_7) {
    auto read = message::read_modified_utf_7(whole);
    if (!read) return std::unexpected(error_of(read.error()));
    name = std::move(*read);
  }
  if (!message::is_utf_8_name(octets(name)))
    return std::unexpected(MailboxNameError::control);
  if (name.size() > mailbox_name_octets_max)
    return std::unexpected(MailboxNameError::too_long);
  name = with_separator(name, separator);
  name_inbox(name);
  return name;
}

std::string write_mailbox_name(std::string_view utf_8, MailboxNameForm form,
                               Separator separator) {
  std::string name = with_separator(utf_8, separator);
  if (form == MailboxNameForm::modified_utf_7)
    return message::write_modified_utf_7(octets(name));
  return name;
}

std::string_view name(MailboxNameError error) {
  switch (error) {
    case MailboxNameError::outside_grammar: return "outside_grammar";
    case MailboxNameError::not_canonical: return "not_canonical";
    case MailboxNameError::surrogate: return "surrogate";
    case MailboxNameError::control: return "control";
    case MailboxNameError::too_long: return "too_long";
  }
  check_failed("MailboxNameError holds one of its enumerators", __FILE__,
               __LINE__);
}

}  // namespace postkeep::imap
