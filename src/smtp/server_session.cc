// Reading, stepping and saying. What a step does is in server_hello.cc,
// server_auth.cc, server_mail.cc and server_chunk.cc; which, in
// server_table.cc.

#include "smtp/server_session.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace postkeep::smtp {
namespace {

constexpr ServerEvent event_of(Verb verb) {
  switch (verb) {
    case Verb::ehlo:
    case Verb::lhlo: return ServerEvent::ehlo;
    case Verb::helo: return ServerEvent::helo;
    case Verb::mail: return ServerEvent::mail;
    case Verb::rcpt: return ServerEvent::rcpt;
    case Verb::data: return ServerEvent::data;
    case Verb::bdat: return ServerEvent::bdat;
    case Verb::rset: return ServerEvent::rset;
    case Verb::vrfy: return ServerEvent::vrfy;
    case Verb::expn: return ServerEvent::expn;
    case Verb::help: return ServerEvent::help;
    case Verb::noop: return ServerEvent::noop;
    case Verb::quit: return ServerEvent::quit;
    case Verb::starttls: return ServerEvent::starttls;
    case Verb::auth: return ServerEvent::auth;
    default: return ServerEvent::bad_command;
  }
}

constexpr bool is_command(ServerEvent event) {
  return event >= ServerEvent::ehlo && event <= ServerEvent::auth;
}

constexpr bool is_wait(ServerState state) {
  return state == ServerState::sender_wait ||
         state == ServerState::recipient_wait ||
         state == ServerState::message_wait || state == ServerState::tls_wait ||
         state == ServerState::auth_wait;
}

constexpr bool takes_data(ServerState state) {
  return state == ServerState::data || state == ServerState::chunk ||
         state == ServerState::skip;
}

}  // namespace

ServerSession::ServerSession(std::shared_ptr<const ServerOptions> options,
                             std::string session, Peer peer,
                             std::optional<TlsFacts> tls)
    : options_(std::move(options)),
      session_(std::move(session)),
      peer_(std::move(peer)),
      tls_(std::move(tls)) {}

void ServerSession::start(SteadyTime now) {
  now_ = now;
  started_ = now;
  step(ServerEvent::started);
  resume();
}

void ServerSession::received(Octets octets, SteadyTime now) {
  if (state_ == ServerState::closed) return;
  now_ = now;
  if (unread_.empty()) {
    input_ = octets;
    read_on();
    unread_.assign(input_.begin(), input_.end());
    input_ = {};
  } else {
    unread_.insert(unread_.end(), octets.begin(), octets.end());
    resume();
  }
  if (unread_.size() > options_->limits.unread_octets_max &&
      state_ != ServerState::closed) {
    note(Noted::What::limit_reached, "unread");
    say(ReplyName::closing_unread, options_->hostname);
    close("unread");
  }
}

bool ServerSession::wants_octets() const {
  return state_ != ServerState::closed && !is_wait(state_);
}

void ServerSession::sender_answer(QuestionNumber question, SenderAnswer answer,
                                  SteadyTime now) {
  if (question != question_ || state_ != ServerState::sender_wait) return;
  now_ = now;
  sender_answer_ = std::move(answer);
  step(ServerEvent::sender_answer);
  resume();
}

void ServerSession::recipient_answer(QuestionNumber question,
                                     RecipientAnswer answer, SteadyTime now) {
  if (question != question_ || state_ != ServerState::recipient_wait) return;
  now_ = now;
  recipient_answer_ = std::move(answer);
  step(ServerEvent::recipient_answer);
  resume();
}

void ServerSession::auth_answer(QuestionNumber question, AuthAnswer answer,
                                SteadyTime now) {
  if (question != question_ || state_ != ServerState::auth_wait) return;
  now_ = now;
  auth_answer_ = std::move(answer);
  step(ServerEvent::auth_answer);
  resume();
}

void ServerSession::message_answer(QuestionNumber question,
                                   MessageAnswer answer, SteadyTime now) {
  if (question != question_ || state_ != ServerState::message_wait) return;
  now_ = now;
  message_answer_ = std::move(answer);
  step(ServerEvent::message_answer);
  resume();
}

void ServerSession::tls_started(TlsFacts facts, SteadyTime now) {
  if (state_ != ServerState::tls_wait) return;
  now_ = now;
  tls_facts_ = std::move(facts);
  step(ServerEvent::tls_started);
}

std::optional<SteadyTime> ServerSession::deadline() const { return deadline_; }

void ServerSession::timeout(SteadyTime now) {
  if (!deadline_ || now < *deadline_) return;
  now_ = now;
  note(Noted::What::timed_out, std::string{name(state_)});
  step(ServerEvent::timeout);
  resume();
}

void ServerSession::drain(SteadyTime now) {
  if (state_ == ServerState::closed) return;
  now_ = now;
  step(ServerEvent::drain);
}

void ServerSession::connection_lost() {
  state_ = ServerState::closed;
  deadline_.reset();
  effects_.clear();
  unread_.clear();
  end_transaction();
}

std::optional<Effect> ServerSession::next_effect() {
  if (effects_.empty()) return std::nullopt;
  std::optional<Effect> effect{std::move(effects_.front())};
  effects_.pop_front();
  return effect;
}

// One event: the row that `state_` has for it decides.
void ServerSession::step(ServerEvent event) {
  const std::span<const Row> rows = table();
  const auto row = std::ranges::find_if(rows, [&](const Row& candidate) {
    return candidate.transition.event == event &&
           contains(candidate.transition.from, state_);
  });
  if (row == rows.end()) {
    PK_CHECK(is_command(event));
    out_of_order(event);
    set_deadline();
    return;
  }
  const ServerState before = state_;
  (this->*row->act)();
  if (draining_ &&
      (state_ == ServerState::idle || state_ == ServerState::unidentified)) {
    on_drain();
  }
  PK_CHECK(state_ == ServerState::closed ||
           (row->transition.to == 0 ? state_ == before
                                    : contains(row->transition.to, state_)));
  set_deadline();
}

// RFC 5321 section 4.1.4: 503, and nothing changes.
void ServerSession::out_of_order(ServerEvent event) {
  const std::string_view verb = smtp::name(event);
  if (state_ == ServerState::unidentified) {
    refuse(ReplyName::hello_first, hello_verb());
  } else if (event == ServerEvent::mail) {
    refuse(ReplyName::nested_mail);
  } else if (event == ServerEvent::auth) {
    refuse(ReplyName::auth_in_transaction);
  } else if (event == ServerEvent::data && state_ == ServerState::chunks) {
    refuse(ReplyName::data_after_bdat);
  } else if (event == ServerEvent::data && transaction_.recipient_refused) {
    refuse(is_lmtp() ? ReplyName::no_recipients_lmtp
                     : ReplyName::no_recipients);
  } else if (state_ == ServerState::idle) {
    refuse(ReplyName::mail_first);
  } else {
    refuse(ReplyName::bad_sequence, verb);
  }
}

// Reads what waited for an answer.
void ServerSession::resume() {
  const std::vector<Octet> octets = std::exchange(unread_, {});
  input_ = octets;
  read_on();
  unread_.assign(input_.begin(), input_.end());
  input_ = {};
}

void ServerSession::read_on() {
  while (read_some()) {
  }
  if (takes_data(state_)) set_deadline();
}

// One command, or what there is of a message; false: there is no more to do.
bool ServerSession::read_some() {
  switch (state_) {
    case ServerState::connected:
      if (input_.empty()) return false;
      step(ServerEvent::out_of_turn);
      return true;
    case ServerState::data: return read_data();
    case ServerState::chunk:
    case ServerState::skip: return read_chunk();
    case ServerState::auth_line: return read_auth_line();
    case ServerState::sender_wait:
    case ServerState::recipient_wait:
    case ServerState::message_wait: return false;
    case ServerState::auth_wait:
    case ServerState::tls_wait:
      if (input_.empty()) return false;
      step(ServerEvent::out_of_turn);
      return true;
    case ServerState::closed: input_ = {}; return false;
    default: return read_command_line();
  }
}

bool ServerSession::read_command_line() {
  if (input_.empty()) return false;
  auto command = commands_.read(input_);
  if (command && !*command) return false;

  commands_count_ += 1;
  if (commands_count_ > options_->limits.commands_max) {
    note(Noted::What::limit_reached, "commands");
    say(ReplyName::closing_commands, options_->hostname);
    close("commands");
    return true;
  }
  const Verb said = command ? verb(**command) : command.error().verb;
  if (!speaks(said)) {
    command_error_ = {CommandFault::unknown_command, said};
    step(ServerEvent::bad_command);
    return true;
  }
  if (!command) {
    command_error_ = command.error();
    step(is_lost(command_error_) ? ServerEvent::lost
                                 : ServerEvent::bad_command);
    return true;
  }
  // RFC 2920 section 3.1: nobody may talk ahead before EHLO has offered it.
  if (!extended_ && talks_ahead() && said != Verb::quit) {
    step(ServerEvent::out_of_turn);
    return true;
  }
  command_ = std::move(**command);
  step(event_of(said));
  return true;
}

bool ServerSession::read_data() {
  if (input_.empty()) return false;
  struct Sink final : DataSink {
    explicit Sink(ServerSession& to) : session(to) {}
    void data_octets(Octets octets) override { session.take_data(octets); }
    ServerSession& session;
  } sink{*this};
  const std::size_t offered = input_.size();
  const bool complete = data_.read(input_, sink);
  data_octets_ += offered - input_.size();
  const ServerLimits& limits = options_->limits;
  if (transaction_.octets >
      limits.message_octets_max + limits.refused_octets_max) {
    say_at_end(ReplyName::message_too_large,
               std::to_string(limits.message_octets_max), end_replies_count());
    close("endless");
  } else if (complete) {
    step(ServerEvent::data_end);
  }
  return true;
}

bool ServerSession::read_chunk() {
  const Octets part = input_.first(static_cast<std::size_t>(
      std::min<std::uint64_t>(chunk_octets_left_, input_.size())));
  input_ = input_.subspan(part.size());
  chunk_octets_left_ -= part.size();
  data_octets_ += part.size();
  if (state_ == ServerState::chunk && !part.empty()) take_data(part);
  if (chunk_octets_left_ > 0) return false;
  step(state_ == ServerState::chunk ? ServerEvent::chunk_end
                                    : ServerEvent::skip_end);
  return true;
}

bool ServerSession::read_auth_line() {
  if (input_.empty()) return false;
  const auto line = commands_.lines().read(input_, true);
  if (!line) {
    if (is_lost(line.error())) {
      command_error_ = {fault_of(line.error()), Verb::auth};
      step(ServerEvent::lost);
      return true;
    }
    auth_response_ = std::unexpected(ReplyName::auth_line_too_long);
  } else if (!*line) {
    return false;
  } else if (auto response = read_sasl_line((*line)->text)) {
    auth_response_ = std::move(*response);
  } else {
    auth_response_ = std::unexpected(ReplyName::auth_bad_base64);
  }
  step(ServerEvent::auth_response);
  return true;
}

// Octets of the message, from DATA or BDAT. Once something is wrong with it
// none is kept: what is refused costs no memory.
void ServerSession::take_data(Octets octets) {
  const ServerLimits& limits = options_->limits;
  transaction_.octets += octets.size();
  if (transaction_.fault) return;
  const bool binary =
      transaction_.mail.parameters.body == BodyType::binary_mime;
  if (!binary) text_check_.read(octets);
  hops_.read(octets);
  if (transaction_.octets > limits.message_octets_max) {
    transaction_.fault = ReplyName::message_too_large;
  } else if (transaction_.octets > room_octets_) {
    transaction_.fault = ReplyName::no_room;
  } else if (!binary && !text_check_.holds()) {
    transaction_.fault = ReplyName::bad_octets;
  } else if (hops_.received_fields() > limits.received_fields_max) {
    transaction_.fault = ReplyName::loop;
  }
  if (transaction_.fault) {
    pieces_.clear();
  } else {
    pieces_.append(octets);
  }
}

// Whether the client has sent something after the command that is answered.
bool ServerSession::talks_ahead() const {
  return !input_.empty() || !unread_.empty();
}

// For answers that RFC 2920 section 3.1 lets nobody run ahead of: false, and
// the session is closed, when the client has.
bool ServerSession::turn_kept() {
  if (!talks_ahead()) return true;
  on_out_of_turn();
  return false;
}

bool ServerSession::is_lmtp() const {
  return options_->service == Service::lmtp;
}

// RFC 2033 section 4.1: each of the two protocols has a greeting that the other
// does not know, so that none is taken for the other.
bool ServerSession::speaks(Verb verb) const {
  return is_lmtp() ? verb != Verb::ehlo && verb != Verb::helo
                   : verb != Verb::lhlo;
}

std::string_view ServerSession::hello_verb() const {
  return is_lmtp() ? "LHLO" : "EHLO";
}

// RFC 2033 sections 4.2 and 4.3: after the last octet LMTP has one reply for
// each recipient that was accepted, in their order; SMTP has one for all.
std::size_t ServerSession::end_replies_count() const {
  return is_lmtp() ? transaction_.accepted_count : 1;
}

void ServerSession::set_deadline() {
  const ServerLimits& limits = options_->limits;
  switch (state_) {
    case ServerState::connected:
    case ServerState::closed: deadline_.reset(); return;
    case ServerState::unidentified:
      deadline_ = now_ + limits.first_command_wait;
      return;
    case ServerState::idle:
      deadline_ = std::min(now_ + limits.command_wait,
                           std::max(started_ + limits.session_wait, now_));
      return;
    case ServerState::data:
    case ServerState::chunk:
    case ServerState::skip:
      deadline_ =
          data_started_ +
          limits.data_wait * static_cast<std::int64_t>(
                                 1 + data_octets_ / limits.data_octets_min);
      return;
    case ServerState::mail:
    case ServerState::recipients:
    case ServerState::chunks:
    case ServerState::auth_line: deadline_ = now_ + limits.command_wait; return;
    default: return;  // enter_wait() has set it.
  }
}

void ServerSession::enter_wait(ServerState state, Duration wait) {
  state_ = state;
  deadline_ = now_ + wait;
}

void ServerSession::say(ReplyName name, std::string_view detail) {
  say(server_reply(name, detail));
}

void ServerSession::say_at_end(ReplyName name, std::string_view detail,
                               std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) say(name, detail);
}

void ServerSession::say(const Reply& reply) { say_octets(write(reply)); }

// Replies that follow each other leave in one piece (RFC 2920 section 3.2).
void ServerSession::say_octets(std::string octets) {
  if (!effects_.empty()) {
    if (auto* last = std::get_if<SendReply>(&effects_.back())) {
      last->octets += octets;
      return;
    }
  }
  effects_.emplace_back(SendReply{std::move(octets)});
}

void ServerSession::refuse(ReplyName name, std::string_view detail) {
  say(name, detail);
  count_error();
}

void ServerSession::count_error() {
  errors_count_ += 1;
  if (errors_count_ <= options_->limits.errors_max) return;
  if (state_ == ServerState::closed) return;
  note(Noted::What::limit_reached, "errors");
  say(ReplyName::closing_errors, options_->hostname);
  close("errors");
}

void ServerSession::note(Noted::What what, std::string detail) {
  effects_.emplace_back(Noted{what, std::move(detail)});
}

void ServerSession::close(std::string_view why) {
  if (state_ == ServerState::closed) return;
  state_ = ServerState::closed;
  deadline_.reset();
  input_ = {};
  unread_.clear();
  end_transaction();
  note(Noted::What::closed, std::string{why});
  effects_.emplace_back(Close{});
}

// RFC 5321 section 4.1.1.5: as RSET does; so do EHLO, STARTTLS, the end of
// data and its refusal. Nothing of a transaction outlives this.
void ServerSession::end_transaction() {
  transaction_ = {};
  pieces_.clear();
  chunk_octets_left_ = 0;
  chunk_last_ = false;
}

}  // namespace postkeep::smtp
