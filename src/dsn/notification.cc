#include "dsn/notification.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "dsn/text.h"

namespace postkeep::dsn {
namespace {

struct Words {
  std::string_view subject;
  std::string_view says;
};

Words words_of(Action action) {
  switch (action) {
    case Action::failed:
      return {"Your message could not be delivered",
              "Your message could not be delivered to\r\n"};
    case Action::delayed:
      return {"Your message is delayed",
              "Your message has not been delivered yet to\r\n"};
    case Action::delivered:
      return {"Your message was delivered",
              "Your message was delivered to\r\n"};
    case Action::relayed:
      return {"Your message was handed on",
              "Your message was handed on, to a server that does not report "
              "deliveries,\r\nfor\r\n"};
  }
  check_failed("Action holds one of its enumerators", __FILE__, __LINE__);
}

// The part that people read.
std::string explanation(const Notice& notice) {
  const Action action = notice.recipients.front().action;
  std::string text = "This is the mail system at " + clean_ascii(notice.host) +
                     ".\r\n\r\n" + std::string(words_of(action).says);
  for (const RecipientStatus& recipient : notice.recipients) {
    text += "\r\n  <" + clean(recipient.final_recipient) + ">\r\n";
    const std::string host = clean_ascii(recipient.remote_host);
    const std::string said = clean_ascii(recipient.diagnostic);
    if (!host.empty()) text += "    " + host + " said:\r\n";
    if (!said.empty()) text += folded("    ", said);
  }
  if (action == Action::delayed && notice.will_retry_until) {
    text += "\r\nIt will be tried again until " +
            date(*notice.will_retry_until) +
            ".\r\nYou need not send it again.\r\n";
  } else if (action == Action::failed) {
    text += "\r\nIt will not be tried again.\r\n";
  }
  return text;
}

std::string joined(std::span<const Octets> pieces, std::size_t octets_max) {
  std::string text;
  for (const Octets piece : pieces) {
    const std::size_t room = octets_max - text.size();
    text.append(piece.begin(),
                piece.begin() +
                    static_cast<std::ptrdiff_t>(std::min(piece.size(), room)));
  }
  return text;
}

// The header fields, whole ones, as many as are returned.
std::string header_of(std::span<const Octets> original) {
  std::string text = joined(original, returned_header_octets_max);
  const std::size_t end = text.find("\r\n\r\n");
  if (end != std::string::npos) {
    text.resize(end + 2);
  } else if (const std::size_t last = text.rfind("\r\n");
             last != std::string::npos) {
    text.resize(last + 2);
  } else {
    text.clear();
  }
  return text;
}

std::string returned_part(const Notice& notice,
                          std::span<const Octets> original, bool full,
                          bool global) {
  std::string_view type = full ? "message/rfc822" : "text/rfc822-headers";
  if (global) type = full ? "message/global" : "message/global-headers";
  std::string content;
  if (full) {
    content = joined(original, SIZE_MAX);
  } else {
    content = header_of(original);
    if (!notice.smtputf8) {
      std::ranges::replace_if(
          content, [](char c) { return static_cast<unsigned char>(c) > 127; },
          '?');
    }
  }
  std::string text = "Content-Type: " + std::string(type) + "\r\n";
  if (!is_ascii(content)) text += "Content-Transfer-Encoding: 8bit\r\n";
  return text + "\r\n" + content;
}

// RFC 3461 section 4.3: RET is about failures; for the rest the header will do.
bool returns_all(const Notice& notice, std::span<const Octets> original) {
  if (notice.binary || notice.recipients.front().action != Action::failed) {
    return false;
  }
  std::size_t octets = 0;
  for (const Octets piece : original) octets += piece.size();
  return notice.returned == Returned::full ||
         (notice.returned == Returned::unsaid &&
          octets <= returned_message_octets_max);
}

}  // namespace

Notification compose(const Notice& notice, std::span<const Octets> original) {
  PK_CHECK(!notice.sender.empty() && !notice.recipients.empty());
  const bool full = returns_all(notice, original);
  const std::string status = write_delivery_status(notice);
  const std::string said = explanation(notice);
  // RFC 6533 section 4.2: only where there is something that needs it.
  const bool global = !is_ascii(status);
  const std::string returned =
      returned_part(notice, original, full, notice.smtputf8);
  const std::string host = clean_ascii(notice.host);
  const std::string boundary = "=_" + notice.queue_id + "_report";
  const std::string sender = clean(notice.sender);

  Notification made;
  std::string& text = made.text;
  text += "From: Mail Delivery System <postmaster@" + host + ">\r\n";
  text += "To: <" + sender + ">\r\n";
  text += "Subject: " +
          std::string(words_of(notice.recipients.front().action).subject) +
          "\r\n";
  text += "Date: " + date(notice.now) + "\r\n";
  text += "Message-ID: <" + notice.queue_id + "@" + host + ">\r\n";
  text += "Auto-Submitted: auto-replied\r\n";  // RFC 3834 section 5.1.
  text += "MIME-Version: 1.0\r\n";
  text +=
      "Content-Type: multipart/report; report-type=delivery-status;\r\n"
      "  boundary=\"" +
      boundary + "\"\r\n";
  made.eight_bit = !is_ascii(said) || !is_ascii(status) || !is_ascii(returned);
  if (made.eight_bit) text += "Content-Transfer-Encoding: 8bit\r\n";
  text += "\r\n--" + boundary + "\r\n";
  text += is_ascii(said) ? "Content-Type: text/plain; charset=us-ascii\r\n"
                         : "Content-Type: text/plain; charset=utf-8\r\n"
                           "Content-Transfer-Encoding: 8bit\r\n";
  text += "\r\n" + said;
  text += "\r\n--" + boundary + "\r\n";
  text += global ? "Content-Type: message/global-delivery-status\r\n"
                   "Content-Transfer-Encoding: 8bit\r\n"
                 : "Content-Type: message/delivery-status\r\n";
  text += "\r\n" + status;
  text += "\r\n--" + boundary + "\r\n" + returned;
  text += "\r\n--" + boundary + "--\r\n";
  // The header names the sender alone: only he can make it UTF-8.
  made.smtputf8 = !is_ascii(sender);
  return made;
}

}  // namespace postkeep::dsn
