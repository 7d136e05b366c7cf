// Greeting, EHLO, STARTTLS and login (RFC 5321 section 3.2; RFC 3207; RFC
// 4954; RFC 2033 section 4.1).

#include <algorithm>
#include <utility>

#include "smtp/client_session.h"
#include "smtp/sasl_line.h"

namespace postkeep::smtp {
namespace {

// RFC 4954 section 4: an initial response that makes the AUTH command longer
// waits for an empty challenge.
constexpr std::size_t command_octets_max = 512;
// No mechanism of ours has more; an endless exchange ends here.
constexpr std::uint32_t challenges_max = 8;

}  // namespace

void ClientSession::on_started() { state_ = ClientState::greeting; }

void ClientSession::on_greeting() { say_hello(); }

void ClientSession::say_hello() {
  say((options_->lmtp ? "LHLO " : "EHLO ") + options_->hostname);
  state_ = ClientState::ehlo;
}

void ClientSession::on_ehlo() {
  offered_ = read_capabilities(reply_);
  extended_ = true;
  after_hello();
}

// RFC 5321 section 3.2: a server that does not know EHLO may know HELO. LMTP
// has nothing to fall back to.
void ClientSession::on_ehlo_refused() {
  if (options_->lmtp) return on_reply_refused();
  say("HELO " + options_->hostname);
  state_ = ClientState::helo;
}

void ClientSession::on_helo() {
  offered_ = {};
  extended_ = false;
  after_hello();
}

void ClientSession::after_hello() {
  const bool wanted = options_->tls != TlsPolicy::none;
  if (!has_tls_ && wanted && !starttls_tried_ && offered_.starttls) {
    starttls_tried_ = true;
    say("STARTTLS");
    state_ = ClientState::starttls;
    return;
  }
  if (!has_tls_ && options_->tls == TlsPolicy::required) {
    return farewell(Because::starttls_missing);
  }
  begin_login();
}

// RFC 3207 section 5: what stands behind the 220 was not said under TLS, so
// whoever sent it wants it to be taken for something that was.
void ClientSession::on_starttls() {
  if (more_input_) return on_injected();
  state_ = ClientState::tls_wait;
  effects_.emplace_back(TlsWanted{});
}

void ClientSession::on_starttls_refused() {
  if (options_->tls == TlsPolicy::required) {
    return farewell(Because::starttls_missing, true);
  }
  begin_login();
}

// RFC 3207 section 4.2: nothing that was known before is known now.
void ClientSession::on_tls_started() {
  has_tls_ = true;
  offered_ = {};
  extended_ = false;
  replies_ = {};
  say_hello();
}

void ClientSession::on_tls_failed() { close(Because::tls_failed); }

void ClientSession::begin_login() {
  const auto& ours = options_->auth_mechanisms;
  if (ours.empty()) return become_ready();
  if (!has_tls_ && !options_->auth_in_the_clear) {
    return farewell(Because::auth_missing);
  }
  const auto known = std::ranges::find_if(ours, [&](const std::string& each) {
    return std::ranges::find(offered_.auth_mechanisms, each) !=
           offered_.auth_mechanisms.end();
  });
  if (known == ours.end()) return farewell(Because::auth_missing);
  mechanism_ = *known;
  sasl_step_ = SaslWanted::Step::start;
  state_ = ClientState::auth_wait;
  effects_.emplace_back(SaslWanted{sasl_step_, mechanism_, {}});
}

void ClientSession::on_sasl_answer() {
  const SaslAnswer answer = std::exchange(sasl_answer_, {});
  if (!answer.goes_on) {
    if (sasl_step_ == SaslWanted::Step::challenge) say("*");
    return farewell(Because::auth_unproved);
  }
  switch (sasl_step_) {
    case SaslWanted::Step::start: return begin_auth(answer.response);
    case SaslWanted::Step::challenge:
      say(write_base64(answer.response.value_or(std::vector<Octet>{})));
      state_ = ClientState::auth;
      return;
    case SaslWanted::Step::success: logged_in_ = true; return become_ready();
  }
}

void ClientSession::begin_auth(
    const std::optional<std::vector<Octet>>& response) {
  const std::string line = "AUTH " + mechanism_;
  state_ = ClientState::auth;
  if (!response) return say(line);
  // RFC 4954 section 4: "=" is the response that is there and empty.
  const std::string initial = response->empty() ? "=" : write_base64(*response);
  if (line.size() + 1 + initial.size() + 2 > command_octets_max) {
    held_response_ = response;
    return say(line);
  }
  say(line + ' ' + initial);
}

void ClientSession::on_auth_challenge() {
  if (held_response_) {
    say(write_base64(*std::exchange(held_response_, {})));
    return;
  }
  challenges_count_ += 1;
  auto challenge = reply_.lines.size() == 1
                       ? read_sasl_line(reply_.lines.front() + "\r\n")
                       : std::nullopt;
  if (!challenge || challenge->cancelled ||
      challenges_count_ > challenges_max) {
    say("*");
    return farewell(Because::reply_unexpected, true);
  }
  sasl_step_ = SaslWanted::Step::challenge;
  state_ = ClientState::auth_wait;
  effects_.emplace_back(
      SaslWanted{sasl_step_, mechanism_, std::move(challenge->octets)});
}

void ClientSession::on_auth_success() {
  sasl_step_ = SaslWanted::Step::success;
  state_ = ClientState::auth_wait;
  effects_.emplace_back(SaslWanted{sasl_step_, mechanism_, {}});
}

void ClientSession::on_auth_refused() { farewell(Because::auth_refused, true); }

void ClientSession::become_ready() {
  state_ = ClientState::ready;
  effects_.emplace_back(SessionReady{offered_, extended_});
}

}  // namespace postkeep::smtp
