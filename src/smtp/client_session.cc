// Reading, stepping, saying and ending. What a step does is in client_hello.cc,
// client_transaction.cc and client_content.cc; which, in client_table.cc.

#include "smtp/client_session.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace postkeep::smtp {
namespace {

// RFC 5321 section 4.3.2: by the first digit, and 421 whatever was asked.
ClientEvent event_of(const Reply& reply) {
  if (reply.code == 421) return ClientEvent::closing;
  switch (reply.code / 100) {
    case 2: return ClientEvent::positive;
    case 3: return ClientEvent::intermediate;
    case 4: return ClientEvent::transient;
    default: return ClientEvent::permanent;
  }
}

// An answer of the role may come too late; everything else has a row wherever
// it can happen.
bool may_come_late(ClientEvent event) {
  return event >= ClientEvent::tls_started && event <= ClientEvent::quit;
}

}  // namespace

ClientSession::ClientSession(std::shared_ptr<const ClientOptions> options,
                             bool has_tls)
    : options_(std::move(options)), has_tls_(has_tls) {}

void ClientSession::start(SteadyTime now) {
  PK_CHECK(state_ == ClientState::connected);
  now_ = now;
  step(ClientEvent::started);
}

void ClientSession::received(Octets octets, SteadyTime now) {
  PK_CHECK(state_ != ClientState::connected);
  now_ = now;
  read_on(octets);
}

void ClientSession::read_on(Octets input) {
  while (!input.empty() && state_ != ClientState::closed) {
    // RFC 3207 section 5: not even half a reply may stand here.
    if (state_ == ClientState::tls_wait) return step(ClientEvent::malformed);
    auto reply = replies_.read(input);
    if (!reply) return step(ClientEvent::malformed);
    if (!*reply) return;
    more_input_ = !input.empty();
    reply_ = std::move(**reply);
    step(event_of(reply_));
  }
}

void ClientSession::peer_closed(SteadyTime now) {
  if (state_ == ClientState::closed) return;
  PK_CHECK(state_ != ClientState::connected);
  now_ = now;
  step(ClientEvent::peer_closed);
}

void ClientSession::tls_started(SteadyTime now) {
  now_ = now;
  step(ClientEvent::tls_started);
}

void ClientSession::tls_failed(SteadyTime now) {
  now_ = now;
  step(ClientEvent::tls_failed);
}

void ClientSession::sasl_answer(SaslAnswer answer, SteadyTime now) {
  now_ = now;
  sasl_answer_ = std::move(answer);
  step(ClientEvent::sasl_answer);
}

void ClientSession::deliver(OutgoingMail mail, SteadyTime now) {
  PK_CHECK(is_ready());
  PK_CHECK(!mail.recipients.empty());
  now_ = now;
  transaction_ = {};
  transaction_.results.resize(mail.recipients.size());
  transaction_.settled.resize(mail.recipients.size(), false);
  transaction_.mail = std::move(mail);
  transaction_.under_way = true;
  transaction_.started = now;
  step(ClientEvent::deliver);
}

void ClientSession::give(Octets content, SteadyTime now) {
  if (state_ != ClientState::gather && state_ != ClientState::content) return;
  const std::uint64_t left =
      transaction_.mail.content.octets - transaction_.octets_given;
  PK_CHECK(!content.empty() && content.size() <= content_piece_octets_max);
  PK_CHECK(content.size() <= left);
  now_ = now;
  given_ = content;
  transaction_.octets_given += content.size();
  step(ClientEvent::content);
  given_ = {};
}

void ClientSession::content_lost(SteadyTime now) {
  now_ = now;
  step(ClientEvent::content_lost);
}

void ClientSession::quit(SteadyTime now) {
  now_ = now;
  step(ClientEvent::quit);
}

void ClientSession::timeout(SteadyTime now) {
  if (!deadline_ || now < *deadline_) return;
  now_ = now;
  step(ClientEvent::timeout);
}

std::optional<ClientEffect> ClientSession::next_effect() {
  if (effects_.empty()) return std::nullopt;
  std::optional<ClientEffect> effect{std::move(effects_.front())};
  effects_.pop_front();
  return effect;
}

// One event: the row that `state_` has for it decides.
void ClientSession::step(ClientEvent event) {
  const Row* row = row_of(state_, event);
  if (row == nullptr) {
    PK_CHECK(may_come_late(event));
    return;
  }
  const ClientStates to = row->transition.to;
  const ClientState before = state_;
  (this->*row->act)();
  PK_CHECK(state_ == ClientState::closed ||
           (to == 0 ? state_ == before : contains(to, state_)));
  if (to != 0) set_deadline();
}

void ClientSession::set_deadline() {
  if (state_ == ClientState::closed) return deadline_.reset();
  deadline_ = now_ + wait();
  if (transaction_.under_way) {
    // Never before now: what is due is due by timeout().
    const SteadyTime last =
        transaction_.started + options_->limits.transaction_wait;
    deadline_ = std::min(*deadline_, std::max(last, now_));
  }
}

Duration ClientSession::wait() const {
  const ClientLimits& limits = options_->limits;
  switch (state_) {
    case ClientState::greeting: return limits.greeting_wait;
    case ClientState::starttls: return limits.starttls_wait;
    case ClientState::tls_wait: return limits.handshake_wait;
    case ClientState::auth_wait:
    case ClientState::auth: return limits.auth_wait;
    case ClientState::ready: return limits.idle_wait;
    case ClientState::reset: return limits.reset_wait;
    case ClientState::mail: return limits.mail_wait;
    case ClientState::rcpt: return limits.rcpt_wait;
    case ClientState::data: return limits.data_wait;
    case ClientState::gather:
    case ClientState::content: return limits.block_wait;
    case ClientState::end: return limits.data_end_wait;
    case ClientState::quit: return limits.quit_wait;
    default: return limits.hello_wait;
  }
}

void ClientSession::say(std::string_view command) {
  say_octets(std::string{command} + "\r\n");
}

void ClientSession::say_octets(std::string octets) {
  effects_.emplace_back(SendOctets{std::move(octets)});
}

// What is not settled yet has not been delivered, as far as anyone can know.
void ClientSession::close(Because because, bool with_reply) {
  if (transaction_.under_way) {
    settle_rest(
        transaction_.content_sent ? Outcome::unanswered : Outcome::deferred,
        because);
    end_transaction();
  }
  effects_.emplace_back(SessionClosed{
      because, state_, with_reply ? peer_reply(reply_) : PeerReply{}});
  state_ = ClientState::closed;
  deadline_.reset();
}

// A connection that is of no use, but works: nobody waits for the 221.
void ClientSession::farewell(Because because, bool with_reply) {
  say("QUIT");
  close(because, with_reply);
}

void ClientSession::say_quit() {
  say("QUIT");
  state_ = ClientState::quit;
}

// RFC 5321 section 3.8: as though the answer had been 451.
void ClientSession::on_closing() {
  if (transaction_.under_way) {
    for (std::size_t i = 0; i < transaction_.results.size(); ++i) {
      if (!transaction_.settled[i]) settle_reply(i);
    }
  }
  close(Because::closing, true);
}

void ClientSession::on_malformed() { close(Because::reply_malformed); }
void ClientSession::on_injected() { close(Because::starttls_injection); }
void ClientSession::on_unexpected() { close(Because::reply_unexpected, true); }
void ClientSession::on_reply_refused() { farewell(Because::reply, true); }
void ClientSession::on_peer_closed() { close(Because::peer_closed); }
void ClientSession::on_timeout() { close(Because::timed_out); }
void ClientSession::on_quit() { say_quit(); }
void ClientSession::on_quit_later() { quitting_ = true; }
void ClientSession::on_give_up() { close(Because::quit); }
void ClientSession::on_farewell() { close(Because::quit); }

}  // namespace postkeep::smtp
