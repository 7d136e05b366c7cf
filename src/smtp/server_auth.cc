// AUTH (RFC 4954): the frame of a SASL exchange. What the octets mean is
// decided elsewhere.

#include <algorithm>
#include <utility>

#include "smtp/server_session.h"

namespace postkeep::smtp {

void ServerSession::on_auth() {
  auto& auth = std::get<Auth>(command_);
  if (!turn_kept()) return;
  if (!auth_allowed(auth.mechanism)) return;
  auth_mechanism_ = auth.mechanism;
  ask_auth(auth.mechanism, std::move(auth.initial));
}

bool ServerSession::auth_allowed(const std::string& mechanism) {
  const auto& offered = options_->auth_mechanisms;
  if (offered.empty()) {
    refuse(ReplyName::not_implemented);
  } else if (!extended_) {
    refuse(ReplyName::hello_first, hello_verb());
  } else if (!tls_) {
    refuse(ReplyName::tls_first);
  } else if (!login_.empty()) {
    refuse(ReplyName::already_authenticated);
  } else if (std::ranges::find(offered, mechanism) == offered.end()) {
    refuse(ReplyName::mechanism_unknown);
  } else {
    return true;
  }
  return false;
}

void ServerSession::ask_auth(std::string mechanism,
                             std::optional<std::vector<Octet>> response) {
  question_ += 1;
  effects_.emplace_back(
      Authenticate{question_, std::move(mechanism), std::move(response)});
  enter_wait(ServerState::auth_wait, options_->limits.answer_wait);
}

void ServerSession::on_auth_answer() {
  if (!turn_kept()) return;
  switch (auth_answer_.verdict) {
    case AuthVerdict::challenge: return send_challenge(auth_answer_.octets);
    case AuthVerdict::success:
      if (auth_answer_.octets.empty()) return accept_login(auth_answer_.login);
      // RFC 4954 section 4: what comes with success is a challenge that the
      // client answers with an empty line.
      auth_login_ = auth_answer_.login;
      return send_challenge(auth_answer_.octets);
    case AuthVerdict::failure:
      state_ = ServerState::idle;
      note(Noted::What::login_refused, auth_mechanism_);
      auth_failures_count_ += 1;
      refuse(ReplyName::auth_refused);
      if (auth_failures_count_ < options_->limits.auth_attempts_max) return;
      if (state_ == ServerState::closed) return;
      note(Noted::What::limit_reached, "auth_attempts");
      say(ReplyName::closing_errors, options_->hostname);
      return close("auth_attempts");
    case AuthVerdict::trouble: break;
  }
  state_ = ServerState::idle;
  say(ReplyName::auth_trouble);
}

// continue-req = "334" SP [base64] CRLF
void ServerSession::send_challenge(Octets challenge) {
  say_octets("334 " + write_base64(challenge) + "\r\n");
  state_ = ServerState::auth_line;
}

void ServerSession::on_auth_response() {
  if (!turn_kept()) return;
  if (!auth_response_) return give_up_auth(auth_response_.error());
  if (auth_response_->cancelled) return give_up_auth(ReplyName::auth_cancelled);
  if (!auth_login_) return ask_auth({}, std::move(auth_response_->octets));
  if (!auth_response_->octets.empty()) {
    return give_up_auth(ReplyName::auth_bad_base64);
  }
  accept_login(*auth_login_);
}

void ServerSession::on_auth_timeout() {
  effects_.emplace_back(ForgetAuthentication{});
  auth_login_.reset();
  state_ = ServerState::idle;
  say(ReplyName::auth_trouble);
}

void ServerSession::give_up_auth(ReplyName reply) {
  effects_.emplace_back(ForgetAuthentication{});
  auth_login_.reset();
  state_ = ServerState::idle;
  refuse(reply);
}

void ServerSession::accept_login(std::string login) {
  login_ = std::move(login);
  auth_login_.reset();
  state_ = ServerState::idle;
  note(Noted::What::authenticated, login_);
  say(ReplyName::auth_accepted);
}

}  // namespace postkeep::smtp
