#include "login/session_core.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"
#include "crypto/base64.h"

namespace postkeep::login {
namespace {

bool says_the_same(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    const auto capital = [](char c) {
      return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    };
    return capital(x) == capital(y);
  });
}

}  // namespace

std::string_view name(Farewell why) {
  switch (why) {
    case Farewell::octets_after_starttls: return "octets_after_starttls";
    case Farewell::too_many_commands: return "too_many_commands";
    case Farewell::too_many_bad_commands: return "too_many_bad_commands";
    case Farewell::too_many_attempts: return "too_many_attempts";
    case Farewell::login_wait: return "login_wait";
    case Farewell::shut_down: return "shut_down";
  }
  check_failed("Farewell holds one of its enumerators", __FILE__, __LINE__);
}

std::string_view words(Farewell why) {
  switch (why) {
    case Farewell::octets_after_starttls: return "Octets after STARTTLS";
    case Farewell::too_many_commands: return "Too many commands";
    case Farewell::too_many_bad_commands: return "Too many wrong commands";
    case Farewell::too_many_attempts: return "Too many attempts";
    case Farewell::login_wait: return "Too slow";
    case Farewell::shut_down: return "The server ends";
  }
  check_failed("Farewell holds one of its enumerators", __FILE__, __LINE__);
}

bool is_http_verb(std::string_view word) {
  static constexpr std::array<std::string_view, 9> verbs = {
      "GET",     "HEAD",    "POST",  "PUT",  "DELETE",
      "CONNECT", "OPTIONS", "TRACE", "PATCH"};
  return std::ranges::find(verbs, word) != verbs.end();
}

SessionCore::SessionCore(Configuration configuration, const Clock& clock,
                         const Bounds& bounds)
    : configuration_(std::move(configuration)), clock_(clock), bounds_(bounds) {
  move_deadline();
}

void SessionCore::move_deadline() {
  deadline_ = clock_.steady() + std::max(configuration_.wait, bounds_.wait_min);
}

bool SessionCore::may_log_in() const {
  return configuration_.tls || configuration_.plaintext_login;
}

bool SessionCore::offers_starttls() const {
  return configuration_.offers_starttls && !configuration_.tls;
}

void SessionCore::received(Octets octets) {
  if (state_ == State::over) return;
  if (state_ == State::tls) {
    // Sent before the handshake that STARTTLS promised.
    return bye(Farewell::octets_after_starttls);
  }
  input_.append(reinterpret_cast<const char*>(octets.data()), octets.size());
  read_on();
}

bool SessionCore::wants_input() const {
  return state_ != State::over && input_.size() < unread_octets_max;
}

void SessionCore::read_on() {
  while (state_ == State::commands || expects_sasl_line()) {
    Octets rest = octets(input_);
    const bool is_whole = read(rest);
    octets_taken_ += input_.size() - rest.size();
    input_.erase(0, input_.size() - rest.size());
    if (!is_whole) return;
    move_deadline();
    act();
  }
}

bool SessionCore::begin_command() {
  if (++commands_ <= commands_max) return true;
  bye(Farewell::too_many_commands);
  return false;
}

void SessionCore::count_bad() {
  if (state_ == State::over) return;
  if (++bad_commands_ >= bad_commands_max) bye(Farewell::too_many_bad_commands);
}

void SessionCore::refuse_command(Said why) {
  say(why);
  count_bad();
}

void SessionCore::begin_tls() {
  if (configuration_.tls) return refuse_command(Said::tls_is_on);
  if (!configuration_.offers_starttls) {
    return refuse_command(Said::no_tls_here);
  }
  // No further commands before the handshake (RFC 9051 section 6.2.1, RFC 2595
  // section 4). What came in the same packet could have been put there by
  // somebody else.
  if (!input_.empty()) return bye(Farewell::octets_after_starttls);
  say(Said::begin_tls);
  effects_.emplace_back(BeginTls{octets_taken_});
  state_ = State::tls;
}

void SessionCore::check_password(std::string user_name, std::string password) {
  if (!may_log_in()) return refuse_command(Said::tls_first);
  state_ = State::asked;
  effects_.emplace_back(
      CheckPassword{std::move(user_name), std::move(password)});
}

std::optional<std::string> SessionCore::decode(std::string_view base64) {
  const auto decoded = crypto::read_base64(octets(base64), bounds_.sasl_octets);
  if (!decoded) return std::nullopt;
  return std::string(decoded->begin(), decoded->end());
}

void SessionCore::begin_sasl(std::string_view mechanism,
                             const std::optional<std::string>& initial_base64) {
  if (!may_log_in()) return refuse_command(Said::tls_first);
  const auto found = std::ranges::find_if(
      configuration_.mechanisms,
      [&](const auto& offered) { return says_the_same(offered, mechanism); });
  if (found == configuration_.mechanisms.end()) {
    return refuse_command(Said::no_such_mechanism);
  }
  SaslStart start{*found, std::nullopt};
  if (initial_base64) {
    start.initial = decode(*initial_base64);
    if (!start.initial) return refuse_command(Said::not_base64);
  }
  state_ = State::asked;
  effects_.emplace_back(std::move(start));
}

void SessionCore::read_sasl_line(std::string_view line) {
  PK_CHECK(expects_sasl_line());
  const bool is_last = state_ == State::last_line;
  std::optional<std::string> response;
  if (line != "*") response = decode(line);
  // After success there is nothing left to say but that it was heard.
  if (!response || (is_last && !response->empty())) {
    return refuse_response(line == "*" ? Said::cancelled : Said::not_base64);
  }
  if (is_last) return hand_over();
  state_ = State::asked;
  effects_.emplace_back(SaslNext{std::move(*response)});
}

void SessionCore::refuse_response(Said why) {
  effects_.emplace_back(SaslCancel{});
  state_ = State::commands;
  refuse_command(why);
}

void SessionCore::send_challenge(State next, Octets challenge) {
  state_ = next;
  expect_line();
  send("+ " + crypto::write_base64(challenge) + "\r\n");
  move_deadline();
  read_on();
}

void SessionCore::challenge(Octets octets) {
  if (state_ == State::asked) send_challenge(State::sasl_line, octets);
}

void SessionCore::accepted(std::optional<std::string> final_octets) {
  if (state_ != State::asked) return;
  if (final_octets) {
    send_challenge(State::last_line, octets(*final_octets));
  } else {
    hand_over();
  }
}

void SessionCore::refused(Refusal why) {
  if (state_ != State::asked) return;
  state_ = State::commands;
  switch (why) {
    case Refusal::credentials: say(Said::wrong_credentials); break;
    case Refusal::unavailable: say(Said::unavailable); break;
    case Refusal::too_many: say(Said::too_many_attempts); break;
  }
  if (++attempts_ >= attempts_max) return bye(Farewell::too_many_attempts);
  move_deadline();
  read_on();
}

void SessionCore::hand_over() {
  HandOver effect = handed_over();
  effect.unread = std::exchange(input_, {});
  effect.tls = configuration_.tls;
  effects_.emplace_back(std::move(effect));
  state_ = State::over;
}

void SessionCore::tls_started() {
  if (state_ != State::tls) return;
  configuration_.tls = true;
  forget();
  octets_taken_ = 0;
  state_ = State::commands;
  move_deadline();
}

void SessionCore::send(std::string octets) {
  if (!effects_.empty()) {
    if (auto* last = std::get_if<SendOctets>(&effects_.back())) {
      last->octets += octets;
      return;
    }
  }
  effects_.emplace_back(SendOctets{std::move(octets)});
}

void SessionCore::bye(Farewell why) { close(farewell(why), name(why)); }

void SessionCore::close(std::string last_words, std::string_view why) {
  if (!last_words.empty()) send(std::move(last_words));
  effects_.emplace_back(CloseConnection{why});
  state_ = State::over;
}

std::optional<Effect> SessionCore::next_effect() {
  if (effects_.empty()) return std::nullopt;
  Effect effect = std::move(effects_.front());
  effects_.pop_front();
  return effect;
}

SteadyTime SessionCore::deadline() const { return deadline_; }

void SessionCore::tick() {
  if (state_ == State::over || clock_.steady() < deadline_) return;
  bye(Farewell::login_wait);
}

void SessionCore::shut_down() {
  if (state_ != State::over) bye(Farewell::shut_down);
}

}  // namespace postkeep::login
