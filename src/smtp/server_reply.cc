#include "smtp/server_reply.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/check.h"

namespace postkeep::smtp {
namespace {

constexpr ReplyRow rows[] = {
    {ReplyName::greeting, 220, "", "% ESMTP Postkeep"},
    {ReplyName::greeting_lmtp, 220, "", "% LMTP Postkeep"},
    {ReplyName::bye, 221, "2.0.0", "Bye"},
    {ReplyName::hello, 250, "", "%"},
    {ReplyName::ok, 250, "2.0.0", "OK"},
    {ReplyName::mail_ok, 250, "2.1.0", "Sender OK"},
    {ReplyName::rcpt_ok, 250, "2.1.5", "Recipient OK"},
    {ReplyName::chunk_ok, 250, "2.0.0", "% octets received"},
    {ReplyName::start_data, 354, "", "End data with <CR><LF>.<CR><LF>"},
    {ReplyName::message_accepted, 250, "2.0.0", "Message accepted as %"},
    {ReplyName::help, 214, "2.0.0", "Commands are described in RFC 5321"},
    {ReplyName::cannot_verify, 252, "2.5.0", "Cannot say; send mail and see"},
    {ReplyName::tls_ready, 220, "2.0.0", "Ready to start TLS"},
    {ReplyName::auth_accepted, 235, "2.7.0", "Authentication succeeded"},
    {ReplyName::closing_timeout, 421, "4.4.2",
     "% waited too long, closing the connection"},
    {ReplyName::closing_drain, 421, "4.3.2",
     "% is going down for a moment, come again"},
    {ReplyName::closing_errors, 421, "4.7.0",
     "% saw too many errors, closing the connection"},
    {ReplyName::closing_commands, 421, "4.7.0",
     "% read too many commands, closing the connection"},
    {ReplyName::closing_chunks, 421, "4.7.0",
     "% read too many chunks, closing the connection"},
    {ReplyName::closing_transactions, 421, "4.7.0",
     "% takes no more messages in this connection, come again"},
    {ReplyName::closing_unread, 421, "4.7.0",
     "% was sent too much ahead of its answers, closing the connection"},
    {ReplyName::no_room, 452, "4.3.1",
     "Too much mail is coming in at the moment, come again later"},
    {ReplyName::too_many_recipients, 452, "4.5.3",
     "Too many recipients, send the rest in another transaction"},
    {ReplyName::sender_trouble, 451, "4.3.0",
     "Cannot look up this sender now, come again later"},
    {ReplyName::sending_limited, 450, "4.7.1", "%"},
    {ReplyName::recipients_limited, 450, "4.7.1",
     "Your login may not send to more recipients now, come again later"},
    {ReplyName::recipient_over_quota, 452, "4.2.2", "The mailbox is full"},
    {ReplyName::recipient_trouble, 451, "4.3.0",
     "Cannot look up this recipient now, come again later"},
    {ReplyName::message_no_space, 452, "4.3.1",
     "No space for the message, come again later"},
    {ReplyName::message_busy, 451, "4.3.2",
     "Too busy to keep the message, come again later"},
    {ReplyName::message_stopped, 451, "4.3.0",
     "Cannot keep the message, come again later"},
    {ReplyName::auth_trouble, 454, "4.7.0", "Temporary authentication failure"},
    {ReplyName::talked_early, 554, "5.5.0", "% had not greeted you yet"},
    {ReplyName::out_of_turn, 554, "5.5.0",
     "You must wait for the answer to that command"},
    {ReplyName::unknown_command, 500, "5.5.2", "Command not recognized"},
    {ReplyName::lmtp_alone, 500, "5.5.1", "This is LMTP: say LHLO"},
    {ReplyName::line_too_long, 500, "5.5.2", "Line too long"},
    {ReplyName::stream_lost, 500, "5.5.2",
     "Lines end with <CR><LF> and hold no bare CR, bare LF or NUL (%)"},
    {ReplyName::not_implemented, 502, "5.5.1", "Command not implemented"},
    {ReplyName::no_http, 500, "5.5.2", "This is SMTP"},
    {ReplyName::bad_arguments, 501, "5.5.4",
     "Syntax error in the arguments of %"},
    {ReplyName::bad_address, 501, "5.1.3", "The address is too long"},
    {ReplyName::unknown_parameter, 555, "5.5.4",
     "Parameter of % not recognized"},
    {ReplyName::bad_parameter, 501, "5.5.4",
     "Syntax error in a parameter of %"},
    {ReplyName::bad_sequence, 503, "5.5.1", "% is out of order"},
    {ReplyName::hello_first, 503, "5.5.1", "Say % first"},
    {ReplyName::nested_mail, 503, "5.5.1", "A transaction is under way"},
    {ReplyName::mail_first, 503, "5.5.1", "Say MAIL first"},
    {ReplyName::no_recipients, 554, "5.5.1", "No valid recipients"},
    {ReplyName::no_recipients_lmtp, 503, "5.5.1", "No valid recipients"},
    {ReplyName::bdat_wanted, 503, "5.5.1", "BODY=BINARYMIME wants BDAT"},
    {ReplyName::data_after_bdat, 503, "5.5.1",
     "The message has begun with BDAT"},
    {ReplyName::tls_first, 530, "5.7.0", "Must issue a STARTTLS command first"},
    {ReplyName::auth_first, 530, "5.7.0", "Authentication required"},
    {ReplyName::already_authenticated, 503, "5.5.1", "Already authenticated"},
    {ReplyName::auth_in_transaction, 503, "5.5.1",
     "AUTH is not allowed in a transaction"},
    {ReplyName::mechanism_unknown, 504, "5.5.4", "Mechanism not offered"},
    {ReplyName::auth_cancelled, 501, "5.7.0", "Authentication cancelled"},
    {ReplyName::auth_bad_base64, 501, "5.5.2", "Not a base64 line"},
    {ReplyName::auth_line_too_long, 500, "5.5.6",
     "Authentication exchange line is too long"},
    {ReplyName::auth_refused, 535, "5.7.8",
     "Authentication credentials invalid"},
    {ReplyName::tls_already, 503, "5.5.1", "TLS is active already"},
    {ReplyName::size_too_large, 552, "5.3.4",
     "The message is larger than % octets"},
    {ReplyName::message_too_large, 552, "5.3.4",
     "The message is larger than % octets"},
    {ReplyName::smtputf8_wanted, 553, "5.6.7",
     "The address wants the parameter SMTPUTF8"},
    {ReplyName::sender_refused, 550, "5.7.1", "Your login may not send as <%>"},
    {ReplyName::author_refused, 550, "5.7.1", "%"},
    {ReplyName::recipient_unknown, 550, "5.1.1", "No such mailbox here"},
    {ReplyName::relaying_denied, 550, "5.7.1",
     "Not a domain of this server, and it relays for nobody"},
    {ReplyName::sending_not_possible, 550, "5.7.1",
     "No mail goes to that server from here"},
    {ReplyName::bad_octets, 550, "5.6.11",
     "The message has a bare CR, a bare LF or a NUL"},
    {ReplyName::loop, 554, "5.4.6", "The message has passed too many servers"},
    {ReplyName::message_refused, 554, "5.6.0", "Message refused"},
    {ReplyName::message_unfit, 554, "5.6.0", "%"},
};

// The row of a name is found by its number.
static_assert([] {
  for (std::size_t i = 0; i < std::size(rows); ++i) {
    if (static_cast<std::size_t>(rows[i].name) != i) return false;
  }
  return true;
}());
static_assert(std::size(rows) ==
              static_cast<std::size_t>(ReplyName::message_unfit) + 1);

}  // namespace

std::span<const ReplyRow> server_replies() { return rows; }

Reply server_reply(ReplyName name, std::string_view detail) {
  const ReplyRow& row = rows[static_cast<std::size_t>(name)];
  PK_CHECK(row.name == name);
  std::string line{row.enhanced};
  if (!line.empty()) line += ' ';
  const std::size_t hole = row.text.find('%');
  if (hole == std::string_view::npos) {
    line += row.text;
  } else {
    line += row.text.substr(0, hole);
    line += detail;
    line += row.text.substr(hole + 1);
  }
  return {row.code, {line}};
}

}  // namespace postkeep::smtp
