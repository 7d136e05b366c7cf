// The transaction: MAIL, RCPT, DATA and what becomes of the message (RFC 5321
// section 3.3; RFC 1870, 2033, 3461, 6152, 6531).

#include <algorithm>
#include <utility>

#include "smtp/server_session.h"

namespace postkeep::smtp {
namespace {

// What a reply says of an address or of a message.
constexpr std::size_t detail_octets_max = 400;

constexpr ReplyName reply_to(MessageVerdict verdict) {
  switch (verdict) {
    case MessageVerdict::durable: return ReplyName::message_accepted;
    case MessageVerdict::no_space: return ReplyName::message_no_space;
    case MessageVerdict::busy: return ReplyName::message_busy;
    case MessageVerdict::stopped: return ReplyName::message_stopped;
    case MessageVerdict::unfit: return ReplyName::message_unfit;
    case MessageVerdict::author_refused: return ReplyName::author_refused;
    case MessageVerdict::limited: return ReplyName::sending_limited;
    case MessageVerdict::refused: break;
  }
  return ReplyName::message_refused;
}

}  // namespace

void ServerSession::on_mail() {
  const Mail& mail = std::get<Mail>(command_);
  if (!mail_allowed()) return;
  if (const auto fault = mail_fault(mail)) {
    if (*fault == ReplyName::unknown_parameter) return refuse(*fault, "mail");
    return refuse(*fault, std::to_string(options_->limits.message_octets_max));
  }
  transaction_.mail = mail;
  // RFC 4954 section 5: nobody vouches for a login that was not proved.
  if (login_.empty() && mail.parameters.auth) {
    transaction_.mail.parameters.auth = ReversePath{};
  }
  if (!wants_login(options_->service)) return start_transaction();
  question_ += 1;
  effects_.emplace_back(AskSender{question_, login_, mail.reverse_path});
  enter_wait(ServerState::sender_wait, options_->limits.answer_wait);
}

void ServerSession::start_transaction() {
  transactions_count_ += 1;
  state_ = ServerState::mail;
  note(Noted::What::mail, write(transaction_.mail.reverse_path));
  say(ReplyName::mail_ok);
}

void ServerSession::on_sender_answer() {
  switch (sender_answer_.verdict) {
    case SenderVerdict::permitted:
      transaction_.recipients_max = sender_answer_.recipients_max;
      return start_transaction();
    case SenderVerdict::refused:
      return refuse_sender(ReplyName::sender_refused,
                           write(transaction_.mail.reverse_path));
    case SenderVerdict::limited:
      return refuse_sender(ReplyName::sending_limited, sender_answer_.detail);
    case SenderVerdict::trouble: break;
  }
  refuse_sender(ReplyName::sender_trouble, {});
}

void ServerSession::on_sender_timeout() {
  sender_answer_ = {};
  on_sender_answer();
}

void ServerSession::refuse_sender(ReplyName reply, std::string_view detail) {
  note(Noted::What::sender_refused, write(transaction_.mail.reverse_path));
  end_transaction();
  state_ = ServerState::idle;
  // RFC 5321 section 4.5.3.1.5: a reply line has 512 octets at most.
  refuse(reply, detail.substr(0, detail_octets_max));
}

bool ServerSession::mail_allowed() {
  if (transactions_count_ >= options_->limits.transactions_max) {
    note(Noted::What::limit_reached, "transactions");
    say(ReplyName::closing_transactions, options_->hostname);
    close("transactions");
    return false;
  }
  if (!wants_login(options_->service)) return true;
  if (!tls_) {
    refuse(ReplyName::tls_first);
    return false;
  }
  if (login_.empty()) {
    refuse(ReplyName::auth_first);
    return false;
  }
  return true;
}

std::optional<ReplyName> ServerSession::mail_fault(const Mail& mail) const {
  const ServerOptions& options = *options_;
  const MailParameters& parameters = mail.parameters;
  // RFC 5321 section 4.1.1.11: a parameter of an extension that this session
  // was not offered is not recognized.
  const bool offered = extended_ || parameters == MailParameters{};
  const bool dsn = !parameters.envid && parameters.ret == Ret::not_said;
  if (!offered || (!options.smtputf8 && parameters.smtputf8) ||
      (!options.dsn && !dsn) ||
      (options.auth_mechanisms.empty() && parameters.auth) ||
      (!(options.chunking && options.binarymime) &&
       parameters.body == BodyType::binary_mime)) {
    return ReplyName::unknown_parameter;
  }
  if (mail.reverse_path && !mail.reverse_path->is_ascii() &&
      !parameters.smtputf8) {
    return ReplyName::smtputf8_wanted;
  }
  const std::uint64_t size = parameters.size_octets.value_or(0);
  if (size > options.limits.message_octets_max) {
    return ReplyName::size_too_large;
  }
  if (size > room_octets_) return ReplyName::no_room;
  return std::nullopt;
}

void ServerSession::on_rcpt() {
  const Rcpt& rcpt = std::get<Rcpt>(command_);
  const RcptParameters& parameters = rcpt.parameters;
  if ((!extended_ || !options_->dsn) && parameters != RcptParameters{}) {
    return refuse(ReplyName::unknown_parameter, "rcpt");
  }
  if (!rcpt.forward_path.is_ascii() && !transaction_.mail.parameters.smtputf8) {
    return refuse_recipient(ReplyName::smtputf8_wanted);
  }
  // RFC 5321 section 4.5.3.1.10: those before it stay accepted.
  if (transaction_.recipients.size() >= options_->limits.recipients_max) {
    return say(ReplyName::too_many_recipients);
  }
  if (transaction_.recipients.size() >= transaction_.recipients_max) {
    return say(ReplyName::recipients_limited);
  }
  transaction_.rcpt = rcpt;
  question_ += 1;
  std::size_t users_count = 0;
  for (const Recipient& accepted : transaction_.recipients) {
    users_count += std::max<std::size_t>(accepted.users.size(), 1);
  }
  effects_.emplace_back(
      AskRecipient{question_, rcpt.forward_path, users_count});
  enter_wait(ServerState::recipient_wait, options_->limits.answer_wait);
}

void ServerSession::on_recipient_answer() {
  state_ = transaction_.recipients.empty() ? ServerState::mail
                                           : ServerState::recipients;
  switch (recipient_answer_.verdict) {
    case RecipientVerdict::local: return accept_recipient();
    case RecipientVerdict::unknown:
      return refuse_recipient(ReplyName::recipient_unknown);
    case RecipientVerdict::not_local:
      recipient_answer_.users.clear();
      if (may_relay()) return accept_recipient();
      return refuse_recipient(wants_login(options_->service)
                                  ? ReplyName::sending_not_possible
                                  : ReplyName::relaying_denied);
    case RecipientVerdict::over_quota:
      return refuse_recipient(ReplyName::recipient_over_quota);
    case RecipientVerdict::trouble: break;
  }
  refuse_recipient(ReplyName::recipient_trouble);
}

void ServerSession::accept_recipient() {
  transaction_.accepted_count += 1;
  transaction_.recipients.push_back({std::move(transaction_.rcpt.forward_path),
                                     std::move(transaction_.rcpt.parameters),
                                     std::move(recipient_answer_.users)});
  state_ = ServerState::recipients;
  say(ReplyName::rcpt_ok);
}

// Never an open relay: whoever hands mail on for others has said who he is, or
// comes from where the operator trusts everyone. An address literal could name
// a host that only this one can reach: nobody's mail goes there.
bool ServerSession::may_relay() const {
  if (!options_->relays || transaction_.rcpt.forward_path.is_literal()) {
    return false;
  }
  if (wants_login(options_->service)) return !login_.empty();
  return options_->service == Service::mx && peer_.is_trusted;
}

void ServerSession::on_recipient_timeout() {
  recipient_answer_ = {};
  on_recipient_answer();
}

void ServerSession::refuse_recipient(ReplyName reply) {
  transaction_.recipient_refused = true;
  note(Noted::What::recipient_refused,
       write(std::get<Rcpt>(command_).forward_path));
  // A server that hands over for many senders keeps its connection: what they
  // got wrong is not its error.
  if (is_lmtp()) return say(reply);
  refuse(reply);
}

void ServerSession::on_data() {
  if (!turn_kept()) return;
  if (transaction_.mail.parameters.body == BodyType::binary_mime) {
    return refuse(ReplyName::bdat_wanted);  // RFC 3030 section 3.
  }
  start_message();
  data_.start();
  state_ = ServerState::data;
  say(ReplyName::start_data);
}

void ServerSession::start_message() {
  text_check_.start();
  hops_.start();
  pieces_.clear();
  transaction_.octets = 0;
  data_started_ = now_;
  data_octets_ = 0;
}

void ServerSession::on_data_end() {
  if (transaction_.fault) {
    return refuse_message(*transaction_.fault, end_replies_count());
  }
  offer_message();
}

void ServerSession::refuse_message(ReplyName reply, std::size_t replies_count) {
  refuse_message(reply, replies_count,
                 std::to_string(options_->limits.message_octets_max));
}

void ServerSession::refuse_message(ReplyName reply, std::size_t replies_count,
                                   std::string_view detail) {
  note(Noted::What::message_refused,
       std::string{server_reply(reply, detail).lines.front()});
  end_transaction();
  state_ = ServerState::idle;
  say_at_end(reply, detail, replies_count);
  count_error();
}

Envelope ServerSession::envelope() {
  return {.session = session_,
          .peer = peer_,
          .client = client_,
          .extended = extended_,
          .lmtp = is_lmtp(),
          .tls = tls_,
          .login = login_,
          .reverse_path = transaction_.mail.reverse_path,
          .parameters = transaction_.mail.parameters,
          .recipients = std::move(transaction_.recipients),
          .number = transactions_count_};
}

void ServerSession::offer_message() {
  question_ += 1;
  note(Noted::What::message_offered, std::to_string(pieces_.size()));
  effects_.emplace_back(
      OfferMessage{question_, envelope(), std::exchange(pieces_, {})});
  enter_wait(ServerState::message_wait, options_->limits.durable_wait);
}

void ServerSession::on_message_answer() {
  const std::size_t replies_count = end_replies_count();
  if (message_answer_.verdict != MessageVerdict::durable) {
    const std::string_view detail = message_answer_.detail;
    return refuse_message(reply_to(message_answer_.verdict), replies_count,
                          detail.substr(0, detail_octets_max));
  }
  end_transaction();
  idle_commands_count_ = 0;
  state_ = ServerState::idle;
  note(Noted::What::message_accepted, message_answer_.queue_id);
  // One journal record holds all of them: what is durable is so for each.
  say_at_end(ReplyName::message_accepted, message_answer_.queue_id,
             replies_count);
}

// It may yet become durable, and then the client's second try is a duplicate:
// that is what RFC 5321 section 4.5.3.2.6 prefers to a loss.
void ServerSession::on_message_timeout() {
  refuse_message(ReplyName::message_busy, end_replies_count());
}

}  // namespace postkeep::smtp
