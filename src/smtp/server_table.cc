// The table of smtp/server_session.h: which event does what in which state.

#include <array>
#include <vector>

#include "base/check.h"
#include "smtp/server_session.h"

namespace postkeep::smtp {
namespace {

constexpr ServerStates connected = one(ServerState::connected);
constexpr ServerStates unidentified = one(ServerState::unidentified);
constexpr ServerStates idle = one(ServerState::idle);
constexpr ServerStates mail = one(ServerState::mail);
constexpr ServerStates sender_wait = one(ServerState::sender_wait);
constexpr ServerStates recipient_wait = one(ServerState::recipient_wait);
constexpr ServerStates recipients = one(ServerState::recipients);
constexpr ServerStates data = one(ServerState::data);
constexpr ServerStates chunk = one(ServerState::chunk);
constexpr ServerStates chunks = one(ServerState::chunks);
constexpr ServerStates skip = one(ServerState::skip);
constexpr ServerStates message_wait = one(ServerState::message_wait);
constexpr ServerStates tls_wait = one(ServerState::tls_wait);
constexpr ServerStates auth_wait = one(ServerState::auth_wait);
constexpr ServerStates auth_line = one(ServerState::auth_line);
constexpr ServerStates closed = one(ServerState::closed);

// Between MAIL and its end; and wherever a command may come.
constexpr ServerStates transaction = mail | recipients | chunks;
constexpr ServerStates commands = unidentified | idle | transaction;
// The state stays as it is.
constexpr ServerStates same = 0;

}  // namespace

#define PK_MEMBER(member) #member, &ServerSession::member

std::span<const ServerSession::Row> ServerSession::table() {
  constexpr auto row = [](ServerStates from, ServerEvent event, ServerStates to,
                          std::string_view member,
                          void (ServerSession::*act)()) {
    return Row{{from, event, to, member}, act};
  };
  constexpr auto timeout = ServerEvent::timeout;
  static constexpr Row rows[] = {
      row(connected, ServerEvent::started, unidentified, PK_MEMBER(on_started)),
      row(connected, ServerEvent::out_of_turn, closed,
          PK_MEMBER(on_talked_early)),
      row(commands, ServerEvent::ehlo, idle, PK_MEMBER(on_ehlo)),
      row(commands, ServerEvent::helo, idle, PK_MEMBER(on_helo)),
      row(idle, ServerEvent::mail, idle | mail | sender_wait,
          PK_MEMBER(on_mail)),
      row(sender_wait, ServerEvent::sender_answer, idle | mail,
          PK_MEMBER(on_sender_answer)),
      row(mail | recipients, ServerEvent::rcpt,
          mail | recipients | recipient_wait, PK_MEMBER(on_rcpt)),
      row(recipient_wait, ServerEvent::recipient_answer, mail | recipients,
          PK_MEMBER(on_recipient_answer)),
      row(recipients, ServerEvent::data, recipients | data, PK_MEMBER(on_data)),
      row(data, ServerEvent::data_end, idle | message_wait,
          PK_MEMBER(on_data_end)),
      row(recipients | chunks, ServerEvent::bdat, chunk | skip,
          PK_MEMBER(on_bdat)),
      row(unidentified | idle | mail, ServerEvent::bdat, skip,
          PK_MEMBER(on_stray_bdat)),
      row(chunk, ServerEvent::chunk_end, idle | chunks | message_wait,
          PK_MEMBER(on_chunk_end)),
      row(skip, ServerEvent::skip_end, unidentified | idle | mail | recipients,
          PK_MEMBER(on_skip_end)),
      row(message_wait, ServerEvent::message_answer, idle,
          PK_MEMBER(on_message_answer)),
      row(unidentified, ServerEvent::rset, unidentified, PK_MEMBER(on_noop)),
      row(idle | transaction, ServerEvent::rset, idle, PK_MEMBER(on_rset)),
      row(commands, ServerEvent::vrfy, same, PK_MEMBER(on_vrfy)),
      row(commands, ServerEvent::expn, same, PK_MEMBER(on_expn)),
      row(commands, ServerEvent::help, same, PK_MEMBER(on_help)),
      row(commands, ServerEvent::noop, same, PK_MEMBER(on_noop)),
      row(commands, ServerEvent::quit, closed, PK_MEMBER(on_quit)),
      row(commands, ServerEvent::bad_command, same, PK_MEMBER(on_bad_command)),
      row(commands | auth_line, ServerEvent::lost, closed, PK_MEMBER(on_lost)),
      row(unidentified | idle | mail | recipients | auth_wait | tls_wait,
          ServerEvent::out_of_turn, closed, PK_MEMBER(on_out_of_turn)),
      row(unidentified | idle, ServerEvent::starttls,
          unidentified | idle | tls_wait, PK_MEMBER(on_starttls)),
      row(tls_wait, ServerEvent::tls_started, unidentified,
          PK_MEMBER(on_tls_started)),
      row(idle, ServerEvent::auth, idle | auth_wait, PK_MEMBER(on_auth)),
      row(auth_wait, ServerEvent::auth_answer, idle | auth_line,
          PK_MEMBER(on_auth_answer)),
      row(auth_line, ServerEvent::auth_response, idle | auth_wait,
          PK_MEMBER(on_auth_response)),
      row(commands | data | chunk | skip | auth_line, timeout, closed,
          PK_MEMBER(on_timeout)),
      row(recipient_wait, timeout, mail | recipients,
          PK_MEMBER(on_recipient_timeout)),
      row(sender_wait, timeout, idle, PK_MEMBER(on_sender_timeout)),
      row(message_wait, timeout, idle, PK_MEMBER(on_message_timeout)),
      row(auth_wait, timeout, idle, PK_MEMBER(on_auth_timeout)),
      row(tls_wait, timeout, closed, PK_MEMBER(on_tls_timeout)),
      row(connected | unidentified | idle, ServerEvent::drain, closed,
          PK_MEMBER(on_drain)),
      row(transaction | sender_wait | recipient_wait | data | chunk | skip |
              message_wait | tls_wait | auth_wait | auth_line,
          ServerEvent::drain, same, PK_MEMBER(on_drain_later)),
  };
  return rows;
}

#undef PK_MEMBER

std::span<const ServerTransition> ServerSession::transitions() {
  static const std::vector<ServerTransition> transitions = [] {
    std::vector<ServerTransition> all;
    for (const Row& row : table()) all.push_back(row.transition);
    return all;
  }();
  return transitions;
}

std::string_view name(ServerState state) {
  switch (state) {
    case ServerState::connected: return "connected";
    case ServerState::unidentified: return "unidentified";
    case ServerState::idle: return "idle";
    case ServerState::mail: return "mail";
    case ServerState::sender_wait: return "sender_wait";
    case ServerState::recipient_wait: return "recipient_wait";
    case ServerState::recipients: return "recipients";
    case ServerState::data: return "data";
    case ServerState::chunk: return "chunk";
    case ServerState::chunks: return "chunks";
    case ServerState::skip: return "skip";
    case ServerState::message_wait: return "message_wait";
    case ServerState::tls_wait: return "tls_wait";
    case ServerState::auth_wait: return "auth_wait";
    case ServerState::auth_line: return "auth_line";
    case ServerState::closed: return "closed";
  }
  check_failed("ServerState holds one of its enumerators", __FILE__, __LINE__);
}

std::string_view name(ServerEvent event) {
  switch (event) {
    case ServerEvent::started: return "started";
    case ServerEvent::ehlo: return "ehlo";
    case ServerEvent::helo: return "helo";
    case ServerEvent::mail: return "mail";
    case ServerEvent::rcpt: return "rcpt";
    case ServerEvent::data: return "data";
    case ServerEvent::bdat: return "bdat";
    case ServerEvent::rset: return "rset";
    case ServerEvent::vrfy: return "vrfy";
    case ServerEvent::expn: return "expn";
    case ServerEvent::help: return "help";
    case ServerEvent::noop: return "noop";
    case ServerEvent::quit: return "quit";
    case ServerEvent::starttls: return "starttls";
    case ServerEvent::auth: return "auth";
    case ServerEvent::bad_command: return "bad_command";
    case ServerEvent::lost: return "lost";
    case ServerEvent::out_of_turn: return "out_of_turn";
    case ServerEvent::data_end: return "data_end";
    case ServerEvent::chunk_end: return "chunk_end";
    case ServerEvent::skip_end: return "skip_end";
    case ServerEvent::auth_response: return "auth_response";
    case ServerEvent::sender_answer: return "sender_answer";
    case ServerEvent::recipient_answer: return "recipient_answer";
    case ServerEvent::auth_answer: return "auth_answer";
    case ServerEvent::message_answer: return "message_answer";
    case ServerEvent::tls_started: return "tls_started";
    case ServerEvent::timeout: return "timeout";
    case ServerEvent::drain: return "drain";
  }
  check_failed("ServerEvent holds one of its enumerators", __FILE__, __LINE__);
}

}  // namespace postkeep::smtp
