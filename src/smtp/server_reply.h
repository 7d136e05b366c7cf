// Everything a server says: one table of codes, enhanced codes (RFC 3463) and
// texts.
//
// Here:      ReplyName, server_reply().
// Not here:  the answer to EHLO (smtp/server_session.h); octets (smtp/reply.h).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "smtp/reply.h"

namespace postkeep::smtp {

enum class ReplyName : std::uint8_t {
  // 2xx and 3xx
  greeting,
  greeting_lmtp,
  bye,
  hello,
  ok,
  mail_ok,
  rcpt_ok,
  chunk_ok,
  start_data,
  message_accepted,
  help,
  cannot_verify,
  tls_ready,
  auth_accepted,
  // 4xx
  closing_timeout,
  closing_drain,
  closing_errors,
  closing_commands,
  closing_chunks,
  closing_transactions,
  closing_unread,
  no_room,
  too_many_recipients,
  sender_trouble,
  sending_limited,
  recipients_limited,
  recipient_over_quota,
  recipient_trouble,
  message_no_space,
  message_busy,
  message_stopped,
  auth_trouble,
  // 5xx
  talked_early,
  out_of_turn,
  unknown_command,
  lmtp_alone,
  line_too_long,
  stream_lost,
  not_implemented,
  no_http,
  bad_arguments,
  bad_address,
  unknown_parameter,
  bad_parameter,
  bad_sequence,
  hello_first,
  nested_mail,
  mail_first,
  no_recipients,
  no_recipients_lmtp,
  bdat_wanted,
  data_after_bdat,
  tls_first,
  auth_first,
  already_authenticated,
  auth_in_transaction,
  mechanism_unknown,
  auth_cancelled,
  auth_bad_base64,
  auth_line_too_long,
  auth_refused,
  tls_already,
  size_too_large,
  message_too_large,
  smtputf8_wanted,
  sender_refused,
  author_refused,
  recipient_unknown,
  relaying_denied,
  sending_not_possible,
  bad_octets,
  loop,
  message_refused,
  message_unfit,
};

struct ReplyRow {
  ReplyName name;
  std::uint16_t code;
  std::string_view enhanced;  // "5.7.0", or empty where RFC 2034 has none.
  std::string_view text;      // "%" stands for the detail.
};

// The whole table, in ReplyName's order.
[[nodiscard]] std::span<const ReplyRow> server_replies();

// One reply of the table. `detail` takes the place of "%".
[[nodiscard]] Reply server_reply(ReplyName name, std::string_view detail = {});

}  // namespace postkeep::smtp
