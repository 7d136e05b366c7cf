// The part that programs read: message/delivery-status (RFC 3464 section 2),
// or message/global-delivery-status (RFC 6533 section 4.2).
#include <algorithm>

#include "base/check.h"
#include "dsn/notification.h"
#include "dsn/text.h"

namespace postkeep::dsn {

std::string_view name(Action action) {
  switch (action) {
    case Action::failed: return "failed";
    case Action::delayed: return "delayed";
    case Action::delivered: return "delivered";
    case Action::relayed: return "relayed";
  }
  check_failed("Action holds one of its enumerators", __FILE__, __LINE__);
}

bool wants_notice(std::uint8_t notify, Action action) {
  if ((notify & notify_never) != 0) return false;
  switch (action) {
    case Action::failed: return notify == 0 || (notify & notify_failure) != 0;
    case Action::delayed: return notify == 0 || (notify & notify_delay) != 0;
    case Action::delivered:
    case Action::relayed: return (notify & notify_success) != 0;
  }
  check_failed("Action holds one of its enumerators", __FILE__, __LINE__);
}

namespace {

bool is_atom(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z') || c == '-';
  });
}

// RFC 3461 section 4.2 hands on what the sender's server wrote. What could not
// stand in a line is left out: changed, it would be a lie.
std::string original_recipient_field(const std::string& value) {
  const std::size_t semicolon = value.find(';');
  if (semicolon == std::string::npos) return {};
  const std::string_view address =
      std::string_view(value).substr(semicolon + 1);
  const std::string_view type = std::string_view(value).substr(0, semicolon);
  if (!is_atom(type) || address.empty() || !is_clean(address)) return {};
  return "Original-Recipient: " + std::string(type) + ";" +
         std::string(address) + "\r\n";
}

// "5.1.1", or the nearest that can be said of the action.
std::string status_of(const RecipientStatus& recipient) {
  const std::string& status = recipient.status;
  int dots = 0;
  std::size_t digits = 0;
  bool is_code = status.size() >= 5 &&
                 (status[0] == '2' || status[0] == '4' || status[0] == '5');
  for (const char c : status) {
    if (c == '.' && digits > 0) {
      is_code = is_code && digits <= (dots == 0 ? 1U : 3U);
      dots += 1;
      digits = 0;
    } else {
      is_code = is_code && c >= '0' && c <= '9';
      digits += 1;
    }
  }
  if (is_code && dots == 2 && digits >= 1 && digits <= 3) return status;
  switch (recipient.action) {
    case Action::failed: return "5.0.0";
    case Action::delayed: return "4.0.0";
    case Action::delivered:
    case Action::relayed: break;
  }
  return "2.0.0";
}

std::string recipient_fields(const Notice& notice,
                             const RecipientStatus& recipient) {
  std::string text = original_recipient_field(recipient.original_recipient);
  const std::string address = clean(recipient.final_recipient);
  text += is_ascii(address) ? "Final-Recipient: rfc822;"
                            : "Final-Recipient: utf-8;";
  text += (address.empty() ? "unknown" : address) + "\r\n";
  text += "Action: " + std::string(name(recipient.action)) + "\r\n";
  text += "Status: " + status_of(recipient) + "\r\n";
  const std::string host = clean_ascii(recipient.remote_host);
  if (!host.empty()) text += "Remote-MTA: dns;" + host + "\r\n";
  const std::string said = clean_ascii(recipient.diagnostic);
  // RFC 3464 section 2.3.6: what a host said in SMTP; our own words are ours.
  if (!said.empty()) {
    text += folded(host.empty() ? "Diagnostic-Code: x-postkeep;"
                                : "Diagnostic-Code: smtp;",
                   said);
  }
  if (recipient.last_attempt) {
    text += "Last-Attempt-Date: " + date(*recipient.last_attempt) + "\r\n";
  }
  if (recipient.action == Action::delayed && notice.will_retry_until) {
    text += "Will-Retry-Until: " + date(*notice.will_retry_until) + "\r\n";
  }
  return text;
}

}  // namespace

std::string write_delivery_status(const Notice& notice) {
  PK_CHECK(!notice.recipients.empty());
  std::string text;
  if (!notice.envelope_id.empty() && is_clean(notice.envelope_id) &&
      is_ascii(notice.envelope_id)) {
    text += "Original-Envelope-Id: " + notice.envelope_id + "\r\n";
  }
  const std::string host = clean_ascii(notice.host);
  text += "Reporting-MTA: dns;" + (host.empty() ? "localhost" : host) + "\r\n";
  text += "Arrival-Date: " + date(notice.arrival) + "\r\n";
  for (const RecipientStatus& recipient : notice.recipients) {
    text += "\r\n" + recipient_fields(notice, recipient);
  }
  return text;
}

}  // namespace postkeep::dsn
