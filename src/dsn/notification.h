// Delivery status notifications: how a sender learns what became of his
// message (RFC 3464, in the multipart/report of RFC 6522, with the parameters
// of RFC 3461 and the UTF-8 of RFC 6533).
//
// Here:      Notification, compose(), wants_notice().
// Not here:  when one is due (spool/schedule.h), where it is kept
//            (spool/journal.h).
// Grammar:   grammar/rfc3464_delivery_status.rl, rule
//            written_delivery_status: what is written here, never read.
// Laws:      proptests/dsn/notification_laws.h: whatever a peer, a sender or a
//            message says, the delivery-status part is in the grammar, and no
//            line of it is anyone's but ours.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/octets.h"

namespace postkeep::dsn {

// Of a message that comes back without its body: more of its header is cut off.
inline constexpr std::size_t returned_header_octets_max = 64 * 1024;
// Whether a whole message comes back when its sender did not say (RFC 3461
// section 4.3 leaves that open).
inline constexpr std::size_t returned_message_octets_max = 50 * 1024;
// RFC 5322 section 2.1.1: what a line should not pass.
inline constexpr std::size_t line_octets_wanted = 78;

enum class Action : std::uint8_t { failed, delayed, delivered, relayed };
[[nodiscard]] std::string_view name(Action action);

// The bits of NOTIFY (RFC 3461 section 4.1). None set: it was not given.
inline constexpr std::uint8_t notify_never = 1;
inline constexpr std::uint8_t notify_success = 2;
inline constexpr std::uint8_t notify_failure = 4;
inline constexpr std::uint8_t notify_delay = 8;
// Whether that recipient's sender wants to hear of it. Without NOTIFY he hears
// of failures and of delays (sections 4.1 and 6.1).
[[nodiscard]] bool wants_notice(std::uint8_t notify, Action action);

struct RecipientStatus {
  std::string final_recipient;  // A mailbox, as it was last known.
  // ORCPT's value, decoded: "rfc822;user@example.org"; or empty.
  std::string original_recipient;
  Action action = Action::failed;
  std::string status;       // "5.1.1"
  std::string remote_host;  // Who said so; empty: we did.
  std::string diagnostic;   // "550 5.1.1 no such user", or our own words.
  std::optional<std::int64_t> last_attempt;  // Seconds since 1970.
};

enum class Returned : std::uint8_t { unsaid, full, headers };

struct Notice {
  std::string host;      // Ours: RFC 3464 section 2.2.2.
  std::string queue_id;  // Of the notification: random, nobody's to foretell.
  std::string sender;    // The reverse-path that it goes to; never empty.
  std::string envelope_id;   // ENVID's value, decoded; or empty.
  std::int64_t arrival = 0;  // Of the message, in seconds since 1970.
  std::int64_t now = 0;
  std::optional<std::int64_t> will_retry_until;  // Of delays.
  std::vector<RecipientStatus> recipients;       // At least one.
  Returned returned = Returned::unsaid;          // RET.
  bool smtputf8 = false;                         // Of the message.
  bool binary = false;                           // It came as BINARYMIME.
};

struct Notification {
  std::string text;  // The whole message, lines ended by CRLF.
  bool eight_bit = false;
  bool smtputf8 = false;
};

// `original` are the pieces of the message, trace fields first.
[[nodiscard]] Notification compose(const Notice& notice,
                                   std::span<const Octets> original);
// Its second part alone: message/delivery-status.
[[nodiscard]] std::string write_delivery_status(const Notice& notice);

}  // namespace postkeep::dsn
