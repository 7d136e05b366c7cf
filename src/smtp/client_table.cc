// The table of smtp/client_session.h: which event does what in which state.

#include <algorithm>
#include <vector>

#include "base/check.h"
#include "smtp/client_session.h"

namespace postkeep::smtp {
namespace {

constexpr ClientStates connected = one(ClientState::connected);
constexpr ClientStates greeting = one(ClientState::greeting);
constexpr ClientStates ehlo = one(ClientState::ehlo);
constexpr ClientStates helo = one(ClientState::helo);
constexpr ClientStates starttls = one(ClientState::starttls);
constexpr ClientStates tls_wait = one(ClientState::tls_wait);
constexpr ClientStates auth_wait = one(ClientState::auth_wait);
constexpr ClientStates auth = one(ClientState::auth);
constexpr ClientStates ready = one(ClientState::ready);
constexpr ClientStates gather = one(ClientState::gather);
constexpr ClientStates reset = one(ClientState::reset);
constexpr ClientStates mail = one(ClientState::mail);
constexpr ClientStates rcpt = one(ClientState::rcpt);
constexpr ClientStates data = one(ClientState::data);
constexpr ClientStates content = one(ClientState::content);
constexpr ClientStates end = one(ClientState::end);
constexpr ClientStates parting = one(ClientState::quit);
constexpr ClientStates closed = one(ClientState::closed);

// Before mail, and around it.
constexpr ClientStates opening = greeting | ehlo | helo | starttls | auth;
constexpr ClientStates transaction =
    gather | reset | mail | rcpt | data | content | end;
// No command of ours is unanswered.
constexpr ClientStates unasked = auth_wait | ready | gather;
// A session that goes on: to the next transaction, or to its end.
constexpr ClientStates idle = ready | parting;
constexpr ClientStates working = opening | unasked | transaction;
// The state stays as it is.
constexpr ClientStates same = 0;

constexpr ClientEvents started = one(ClientEvent::started);
constexpr ClientEvents positive = one(ClientEvent::positive);
constexpr ClientEvents intermediate = one(ClientEvent::intermediate);
constexpr ClientEvents transient = one(ClientEvent::transient);
constexpr ClientEvents permanent = one(ClientEvent::permanent);
constexpr ClientEvents negative = transient | permanent;
constexpr ClientEvents closing = one(ClientEvent::closing);
constexpr ClientEvents malformed = one(ClientEvent::malformed);
constexpr ClientEvents any_reply =
    positive | intermediate | negative | closing | malformed;
constexpr ClientEvents tls_up = one(ClientEvent::tls_started);
constexpr ClientEvents tls_down = one(ClientEvent::tls_failed);
constexpr ClientEvents sasl_said = one(ClientEvent::sasl_answer);
constexpr ClientEvents mail_given = one(ClientEvent::deliver);
constexpr ClientEvents piece = one(ClientEvent::content);
constexpr ClientEvents piece_lost = one(ClientEvent::content_lost);
constexpr ClientEvents leave = one(ClientEvent::quit);
constexpr ClientEvents gone = one(ClientEvent::peer_closed);
constexpr ClientEvents late = one(ClientEvent::timeout);

}  // namespace

#define PK_MEMBER(member) #member, &ClientSession::member

std::span<const ClientSession::Row> ClientSession::table() {
  constexpr auto row = [](ClientStates from, ClientEvents events,
                          ClientStates to, std::string_view member,
                          void (ClientSession::*act)()) {
    return Row{{from, events, to, member}, act};
  };
  static constexpr Row rows[] = {
      row(connected, started, greeting, PK_MEMBER(on_started)),
      row(greeting, positive, ehlo, PK_MEMBER(on_greeting)),
      row(greeting | helo, negative, closed, PK_MEMBER(on_reply_refused)),
      row(ehlo, positive, starttls | auth_wait | ready, PK_MEMBER(on_ehlo)),
      row(ehlo, transient, closed, PK_MEMBER(on_reply_refused)),
      row(ehlo, permanent, helo, PK_MEMBER(on_ehlo_refused)),
      row(helo, positive, ready, PK_MEMBER(on_helo)),
      row(starttls, positive, tls_wait, PK_MEMBER(on_starttls)),
      row(starttls, negative, auth_wait | ready,
          PK_MEMBER(on_starttls_refused)),
      row(tls_wait, tls_up, ehlo, PK_MEMBER(on_tls_started)),
      row(tls_wait, tls_down, closed, PK_MEMBER(on_tls_failed)),
      row(tls_wait, malformed, closed, PK_MEMBER(on_injected)),
      row(auth_wait, sasl_said, auth | ready, PK_MEMBER(on_sasl_answer)),
      row(auth, positive, auth_wait, PK_MEMBER(on_auth_success)),
      row(auth, intermediate, auth | auth_wait, PK_MEMBER(on_auth_challenge)),
      row(auth, negative, closed, PK_MEMBER(on_auth_refused)),
      row(ready, mail_given, ready | gather | reset | mail,
          PK_MEMBER(on_deliver)),
      row(gather, piece, gather | reset | mail | idle, PK_MEMBER(on_gathered)),
      row(gather, piece_lost, idle, PK_MEMBER(on_gather_lost)),
      row(reset, positive, mail, PK_MEMBER(on_reset)),
      row(reset, negative, closed, PK_MEMBER(on_reset_refused)),
      row(mail, positive, rcpt, PK_MEMBER(on_mail)),
      row(mail, negative, rcpt | idle, PK_MEMBER(on_mail_refused)),
      row(rcpt, positive, rcpt | data | content | end | idle,
          PK_MEMBER(on_rcpt)),
      row(rcpt, negative, rcpt | data | content | end | idle,
          PK_MEMBER(on_rcpt_refused)),
      row(data, intermediate, content | end, PK_MEMBER(on_data)),
      row(data, negative, idle, PK_MEMBER(on_data_refused)),
      row(content, piece, content | end, PK_MEMBER(on_content)),
      row(content, piece_lost, closed, PK_MEMBER(on_content_lost)),
      row(content, negative, closed, PK_MEMBER(on_content_refused)),
      row(end, positive | negative, end | idle, PK_MEMBER(on_end)),

      row(unasked | data | content, positive, closed, PK_MEMBER(on_unexpected)),
      row((opening & ~auth) | unasked | (transaction & ~data), intermediate,
          closed, PK_MEMBER(on_unexpected)),
      row(unasked, negative, closed, PK_MEMBER(on_unexpected)),
      row(working, closing, closed, PK_MEMBER(on_closing)),
      row(working, malformed, closed, PK_MEMBER(on_malformed)),
      row(working | tls_wait, gone, closed, PK_MEMBER(on_peer_closed)),
      row((working & ~ready) | tls_wait, late, closed, PK_MEMBER(on_timeout)),

      row(ready, late | leave, parting, PK_MEMBER(on_quit)),
      row(transaction, leave, same, PK_MEMBER(on_quit_later)),
      row(connected | opening | tls_wait | auth_wait, leave, closed,
          PK_MEMBER(on_give_up)),
      row(parting, any_reply | gone | late, closed, PK_MEMBER(on_farewell)),
  };
  return rows;
}

#undef PK_MEMBER

const ClientSession::Row* ClientSession::row_of(ClientState state,
                                                ClientEvent event) {
  const std::span<const Row> rows = table();
  const auto row = std::ranges::find_if(rows, [&](const Row& candidate) {
    return contains(candidate.transition.events, event) &&
           contains(candidate.transition.from, state);
  });
  return row == rows.end() ? nullptr : &*row;
}

std::span<const ClientTransition> ClientSession::transitions() {
  static const std::vector<ClientTransition> transitions = [] {
    std::vector<ClientTransition> all;
    for (const Row& row : table()) all.push_back(row.transition);
    return all;
  }();
  return transitions;
}

std::string_view name(ClientState state) {
  switch (state) {
    case ClientState::connected: return "connected";
    case ClientState::greeting: return "greeting";
    case ClientState::ehlo: return "ehlo";
    case ClientState::helo: return "helo";
    case ClientState::starttls: return "starttls";
    case ClientState::tls_wait: return "tls_wait";
    case ClientState::auth_wait: return "auth_wait";
    case ClientState::auth: return "auth";
    case ClientState::ready: return "ready";
    case ClientState::gather: return "gather";
    case ClientState::reset: return "reset";
    case ClientState::mail: return "mail";
    case ClientState::rcpt: return "rcpt";
    case ClientState::data: return "data";
    case ClientState::content: return "content";
    case ClientState::end: return "end";
    case ClientState::quit: return "quit";
    case ClientState::closed: return "closed";
  }
  check_failed("ClientState holds one of its enumerators", __FILE__, __LINE__);
}

std::string_view name(ClientEvent event) {
  switch (event) {
    case ClientEvent::started: return "started";
    case ClientEvent::positive: return "positive";
    case ClientEvent::intermediate: return "intermediate";
    case ClientEvent::transient: return "transient";
    case ClientEvent::permanent: return "permanent";
    case ClientEvent::closing: return "closing";
    case ClientEvent::malformed: return "malformed";
    case ClientEvent::tls_started: return "tls_started";
    case ClientEvent::tls_failed: return "tls_failed";
    case ClientEvent::sasl_answer: return "sasl_answer";
    case ClientEvent::deliver: return "deliver";
    case ClientEvent::content: return "content";
    case ClientEvent::content_lost: return "content_lost";
    case ClientEvent::quit: return "quit";
    case ClientEvent::peer_closed: return "peer_closed";
    case ClientEvent::timeout: return "timeout";
  }
  check_failed("ClientEvent holds one of its enumerators", __FILE__, __LINE__);
}

}  // namespace postkeep::smtp
