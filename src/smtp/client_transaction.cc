// The envelope: MAIL, RCPT and what becomes of each recipient (RFC 5321 section
// 3.3; RFC 2920; RFC 1870, 2852, 3461, 6152, 6531, 8689).

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "smtp/client_session.h"

namespace postkeep::smtp {

bool ClientSession::pipelines() const {
  return offered_.pipelining && options_->pipelining;
}

bool ClientSession::chunks() const {
  return offered_.chunking && options_->chunking;
}

// What this server cannot be given at all, before a word is said about it.
std::optional<Because> ClientSession::unfit() const {
  const OutgoingMail& mail = transaction_.mail;
  const ContentFacts& content = mail.content;
  if (!mail.is_binary && !content.is_text) return Because::bare_cr_or_lf;
  if (mail.is_binary && !(offered_.binarymime && chunks())) {
    return Because::binary_unwanted;
  }
  const bool utf8_path = mail.reverse_path && !mail.reverse_path->is_ascii();
  if ((mail.needs_smtputf8 || utf8_path) && !offered_.smtputf8) {
    return Because::smtputf8_unwanted;
  }
  if (!mail.is_binary && content.is_eight_bit && !offered_.eight_bit_mime) {
    return Because::eight_bit_unwanted;
  }
  if (mail.requiretls && !(has_tls_ && offered_.requiretls)) {
    return Because::requiretls_unmet;
  }
  if (mail.deliver_by && mail.deliver_by->returns_message) {
    const std::int32_t seconds = mail.deliver_by->seconds;
    const std::uint64_t least = offered_.deliver_by_seconds_min.value_or(0);
    if (!offered_.deliver_by || seconds <= 0 ||
        static_cast<std::uint64_t>(seconds) < least) {
      return Because::deliver_by_unmet;
    }
  }
  const std::uint64_t end = content.ends_with_crlf ? 0 : 2;
  if (offered_.message_octets_max &&
      content.octets + end > *offered_.message_octets_max) {
    return Because::too_large;
  }
  return std::nullopt;
}

void ClientSession::on_deliver() {
  if (const auto because = unfit()) {
    settle_rest(Outcome::refused, *because);
    return go_on();
  }
  choose_recipients();
  if (transaction_.asked.empty()) return go_on();
  choose_way();
  text_check_.start();
  dots_.start();
  if (transaction_.way == Way::one_flight && !content_is_whole()) {
    state_ = ClientState::gather;
    return want_content();
  }
  begin_envelope();
}

void ClientSession::choose_recipients() {
  const auto& recipients = transaction_.mail.recipients;
  const std::uint64_t room =
      std::min<std::uint64_t>(options_->limits.recipients_max,
                              offered_.recipients_max.value_or(UINT64_MAX));
  for (std::size_t i = 0; i < recipients.size(); ++i) {
    if (!recipients[i].forward_path.is_ascii() && !offered_.smtputf8) {
      settle(i, Outcome::refused, Because::smtputf8_unwanted);
    } else if (transaction_.asked.size() < room) {
      transaction_.asked.push_back(i);
    } else {
      settle(i, Outcome::put_off, Because::no_recipient_room);
    }
  }
}

// BDAT wherever it is offered: its octets are counted, so that nothing in a
// message can end it, whatever the peer takes for a line end; nothing has to be
// searched for dots; and a short message needs one round trip with its
// envelope. A long one waits for a recipient, so that refused mail costs no
// more than its envelope.
void ClientSession::choose_way() {
  const std::uint64_t octets = transaction_.mail.content.octets;
  if (!chunks()) {
    transaction_.way = Way::data;
  } else if (pipelines() && octets <= options_->limits.one_flight_octets_max) {
    transaction_.way = Way::one_flight;
  } else {
    transaction_.way = Way::chunk;
  }
}

// RFC 2920 section 3.1: RSET, MAIL and RCPTs in one flight, and DATA as its
// last command; BDAT may follow too, with its octets.
void ClientSession::begin_envelope() {
  transactions_count_ += 1;
  state_ = needs_reset_ ? ClientState::reset : ClientState::mail;
  std::string flight = std::exchange(needs_reset_, false) ? "RSET\r\n" : "";
  if (!pipelines()) {
    if (flight.empty()) {
      flight = write_mail(transaction_.mail, offered_, logged_in_);
    }
    return say_octets(std::move(flight));
  }
  flight += write_mail(transaction_.mail, offered_, logged_in_);
  for (std::size_t i = 0; i < transaction_.asked.size(); ++i) {
    flight += rcpt_of(i);
  }
  if (transaction_.way == Way::data) flight += "DATA\r\n";
  if (transaction_.way == Way::one_flight) {
    flight += "BDAT " + std::to_string(transaction_.mail.content.octets) +
              " LAST\r\n" + std::exchange(transaction_.flight, {});
    transaction_.content_sent = true;
  }
  say_octets(std::move(flight));
}

void ClientSession::on_reset() {
  state_ = ClientState::mail;
  if (pipelines()) return;
  say_octets(write_mail(transaction_.mail, offered_, logged_in_));
}

// Whatever is in flight behind it went into another transaction's end.
void ClientSession::on_reset_refused() { close(Because::reply, true); }

std::string ClientSession::rcpt_of(std::size_t asked) const {
  OutgoingRecipient recipient =
      transaction_.mail.recipients[transaction_.asked[asked]];
  // RFC 2852 section 4.1.4.2: a server that cannot keep an eye on the time is
  // asked to tell of delays.
  std::uint8_t& notify = recipient.parameters.notify;
  if (transaction_.mail.deliver_by && !offered_.deliver_by &&
      notify != static_cast<std::uint8_t>(Notify::never)) {
    if (notify == 0) notify |= static_cast<std::uint8_t>(Notify::failure);
    notify |= static_cast<std::uint8_t>(Notify::delay);
  }
  return write_rcpt(recipient, offered_);
}

void ClientSession::on_mail() {
  transaction_.mail_accepted = true;
  state_ = ClientState::rcpt;
  if (!pipelines()) say_octets(rcpt_of(0));
}

void ClientSession::on_mail_refused() {
  for (const std::size_t each : transaction_.asked) settle_reply(each);
  // What is in flight is answered all the same.
  if (!pipelines()) return go_on();
  state_ = ClientState::rcpt;
}

void ClientSession::on_rcpt() {
  const std::size_t recipient = transaction_.asked[transaction_.rcpts_answered];
  transaction_.rcpts_answered += 1;
  if (transaction_.mail_accepted) transaction_.accepted.push_back(recipient);
  after_rcpt();
}

void ClientSession::on_rcpt_refused() {
  const std::size_t recipient = transaction_.asked[transaction_.rcpts_answered];
  transaction_.rcpts_answered += 1;
  if (transaction_.mail_accepted) {
    settle_reply(recipient);
    if (is_too_many()) {
      transaction_.results[recipient].outcome = Outcome::put_off;
      // Who need not be asked is not.
      while (!pipelines() &&
             transaction_.rcpts_answered < transaction_.asked.size()) {
        settle(transaction_.asked[transaction_.rcpts_answered],
               Outcome::put_off, Because::no_recipient_room);
        transaction_.rcpts_answered += 1;
      }
    }
  }
  after_rcpt();
}

// RFC 5321 section 4.5.3.1.10: 452, and 552 of old, mean this transaction, not
// this recipient - unless the enhanced code says something else, or no
// recipient has found room in it.
bool ClientSession::is_too_many() const {
  if (reply_.code != 452 && reply_.code != 552) return false;
  if (transaction_.accepted.empty()) return false;
  const auto enhanced = read_enhanced_code(reply_);
  return !enhanced || (enhanced->subject == 5 && enhanced->detail == 3);
}

void ClientSession::after_rcpt() {
  if (transaction_.rcpts_answered < transaction_.asked.size()) {
    if (!pipelines()) say_octets(rcpt_of(transaction_.rcpts_answered));
    return;
  }
  if (pipelines() && transaction_.way != Way::chunk) {
    state_ =
        transaction_.way == Way::data ? ClientState::data : ClientState::end;
    return;
  }
  if (transaction_.accepted.empty()) {
    needs_reset_ = transaction_.mail_accepted;
    return go_on();
  }
  if (transaction_.way == Way::chunk) return begin_content();
  say("DATA");
  state_ = ClientState::data;
}

void ClientSession::settle(std::size_t recipient, Outcome outcome,
                           Because because) {
  if (transaction_.settled[recipient]) return;
  transaction_.settled[recipient] = true;
  transaction_.results[recipient] = {outcome, because, state_, {}};
}

void ClientSession::settle_reply(std::size_t recipient) {
  if (transaction_.settled[recipient]) return;
  const Outcome outcome = reply_.code < 400   ? Outcome::delivered
                          : reply_.code < 500 ? Outcome::deferred
                                              : Outcome::refused;
  settle(recipient, outcome,
         reply_.code == 421 ? Because::closing : Because::reply);
  transaction_.results[recipient].reply = peer_reply(reply_);
}

void ClientSession::settle_rest(Outcome outcome, Because because) {
  for (std::size_t i = 0; i < transaction_.results.size(); ++i) {
    settle(i, outcome, because);
  }
}

void ClientSession::end_transaction() {
  PK_CHECK(std::ranges::find(transaction_.settled, false) ==
           transaction_.settled.end());
  effects_.emplace_back(TransactionEnded{std::move(transaction_.results)});
  transaction_ = {};
}

// The transaction is over and the connection is good.
void ClientSession::go_on() {
  end_transaction();
  const std::uint64_t most =
      std::min<std::uint64_t>(options_->limits.transactions_max,
                              offered_.transactions_max.value_or(UINT64_MAX));
  if (quitting_ || transactions_count_ >= most) return say_quit();
  state_ = ClientState::ready;
}

}  // namespace postkeep::smtp
