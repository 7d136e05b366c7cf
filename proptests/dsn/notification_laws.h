// The laws of dsn/notification.h. Said once, here; tried on examples by tests/
// and on generated values by proptests/. Each returns true when it holds.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dsn/notification.h"

namespace postkeep::dsn {

// The oracle: the bare rule of grammar/rfc3464_delivery_status.rl
// (proptests/dsn/delivery_status_reference.rl).
bool reference_accepts_delivery_status(Octets whole);

// The parts of a multipart, by its boundary, as a plain reader would find them.
inline std::vector<std::string> parts_of(const std::string& text,
                                         std::string_view queue_id) {
  const std::string line = "\r\n--=_" + std::string(queue_id) + "_report";
  std::vector<std::string> parts;
  for (std::size_t at = text.find(line); at != std::string::npos;) {
    const std::size_t start = at + line.size();
    if (text.compare(start, 2, "--") == 0) break;
    const std::size_t next = text.find(line, start);
    if (next == std::string::npos) break;
    parts.push_back(text.substr(start + 2, next - start - 2));
    at = next;
  }
  return parts;
}

inline std::string body_of(const std::string& part) {
  const std::size_t blank = part.find("\r\n\r\n");
  return blank == std::string::npos ? "" : part.substr(blank + 4);
}

// Whatever texts there are, the part for programs is in the grammar.
inline bool law_status_is_in_the_grammar(const Notice& notice) {
  return reference_accepts_delivery_status(
      octets(write_delivery_status(notice)));
}

// Three parts, of which the second says the same; and no line of the first two
// or of the header is longer than SMTP allows, or ended by anything but CRLF.
inline bool law_notification_has_three_parts(const Notice& notice,
                                             std::span<const Octets> original) {
  const Notification made = compose(notice, original);
  const auto parts = parts_of(made.text, notice.queue_id);
  if (parts.size() != 3) return false;
  if (body_of(parts[1]) != write_delivery_status(notice)) return false;
  const std::string ours = made.text.substr(0, made.text.find(parts[2]));
  for (std::size_t i = 0; i < ours.size(); ++i) {
    const bool is_cr = ours[i] == '\r';
    const bool is_lf = ours[i] == '\n';
    if (is_cr && (i + 1 == ours.size() || ours[i + 1] != '\n')) return false;
    if (is_lf && (i == 0 || ours[i - 1] != '\r')) return false;
    if (ours[i] == '\0') return false;
  }
  return true;
}

// What is marked as seven bits has no others.
inline bool law_eight_bits_are_marked(const Notice& notice,
                                      std::span<const Octets> original) {
  const Notification made = compose(notice, original);
  const bool has_eight = std::ranges::any_of(
      made.text, [](char c) { return static_cast<unsigned char>(c) > 127; });
  return !has_eight || made.eight_bit || made.smtputf8;
}

// The recipients are named in their order, each once.
inline bool law_each_recipient_has_its_fields(const Notice& notice) {
  const std::string status = write_delivery_status(notice);
  std::size_t count = 0;
  for (std::size_t at = status.find("\r\nFinal-Recipient: ");
       at != std::string::npos;
       at = status.find("\r\nFinal-Recipient: ", at + 1)) {
    count += 1;
  }
  return count == notice.recipients.size();
}

}  // namespace postkeep::dsn
