// The content: DATA and BDAT, and the replies that decide (RFC 5321 section
// 4.1.1.4; RFC 3030; RFC 2033 section 4.2).

#include <algorithm>
#include <utility>

#include "smtp/client_session.h"

namespace postkeep::smtp {

void ClientSession::on_data() {
  if (!transaction_.accepted.empty()) return begin_content();
  // RFC 2920 section 3.1: nobody is left to send it to, and the server waits:
  // a lone dot. In LMTP nothing would answer that.
  if (options_->lmtp) return on_unexpected();
  say(".");
  state_ = ClientState::end;
}

void ClientSession::on_data_refused() {
  for (const std::size_t each : transaction_.accepted) settle_reply(each);
  needs_reset_ = transaction_.mail_accepted;
  go_on();
}

void ClientSession::begin_content() {
  state_ = ClientState::content;
  if (transaction_.way == Way::chunk) {
    say("BDAT " + std::to_string(transaction_.mail.content.octets) + " LAST");
  }
  if (content_is_whole()) return content_complete({});
  want_content();
}

bool ClientSession::content_is_whole() const {
  return transaction_.octets_given == transaction_.mail.content.octets;
}

void ClientSession::want_content() {
  const std::uint64_t left =
      transaction_.mail.content.octets - transaction_.octets_given;
  effects_.emplace_back(ContentWanted{static_cast<std::size_t>(
      std::min<std::uint64_t>(left, content_piece_octets_max))});
}

// The facts said so before; here no octet leaves that makes them untrue.
bool ClientSession::content_is_fit() {
  if (transaction_.mail.is_binary) return true;
  text_check_.read(given_);
  return content_is_whole() ? text_check_.holds_at_end() : text_check_.holds();
}

void ClientSession::on_gathered() {
  if (!content_is_fit()) {
    settle_rest(Outcome::refused, Because::bare_cr_or_lf);
    return go_on();
  }
  transaction_.flight.append(given_.begin(), given_.end());
  if (!content_is_whole()) return want_content();
  begin_envelope();
}

void ClientSession::on_gather_lost() {
  settle_rest(Outcome::deferred, Because::content_unavailable);
  go_on();
}

void ClientSession::on_content() {
  if (!content_is_fit()) {
    settle_rest(Outcome::refused, Because::bare_cr_or_lf);
    return close(Because::bare_cr_or_lf);
  }
  std::string wire;
  wire.reserve(given_.size() + given_.size() / 16);
  if (transaction_.way == Way::data) {
    dots_.append(given_, wire);
  } else {
    wire.append(given_.begin(), given_.end());
  }
  if (content_is_whole()) return content_complete(std::move(wire));
  say_octets(std::move(wire));
  want_content();
}

void ClientSession::content_complete(std::string wire) {
  if (transaction_.way == Way::data) dots_.end(wire);
  if (!wire.empty()) say_octets(std::move(wire));
  transaction_.content_sent = true;
  state_ = ClientState::end;
}

// The peer has only a part, and is not to take it for the whole: the end is not
// sent, the connection goes.
void ClientSession::on_content_lost() { close(Because::content_unavailable); }

// It does not want the rest either. Where its next command would begin, nobody
// can say for sure, so there is none.
void ClientSession::on_content_refused() {
  for (const std::size_t each : transaction_.accepted) settle_reply(each);
  close(Because::reply, true);
}

void ClientSession::on_end() {
  const bool positive = reply_.code < 300;
  const bool chunk = transaction_.way != Way::data;
  if (chunk && (reply_.code == 500 || reply_.code == 502)) {
    // It reads the content as commands: it must not get to the end of it.
    settle_rest(Outcome::deferred, Because::chunking_broken);
    return close(Because::chunking_broken, true);
  }
  // RFC 3030 section 2: after a BDAT that failed, RSET.
  if (chunk && !positive) needs_reset_ = true;
  const auto& accepted = transaction_.accepted;
  if (!options_->lmtp || accepted.empty()) {
    for (const std::size_t each : accepted) settle_reply(each);
    return go_on();
  }
  // RFC 2033 section 4.2: one reply for each that was accepted, in their order.
  settle_reply(accepted[transaction_.ends_answered]);
  transaction_.ends_answered += 1;
  if (transaction_.ends_answered == accepted.size()) go_on();
}

}  // namespace postkeep::smtp
