#include "imap/login_session.h"

#include <algorithm>
#include <array>
#include <type_traits>
#include <utility>

#include "base/check.h"
#include "crypto/base64.h"
#include "imap/capability.h"
#include "imap/login_session_core.h"

namespace postkeep::imap {
namespace {

// What a web browser's first word is. No client of IMAP has such a tag, and a
// page that makes a browser talk to this port must not get an answer that it
// could use (cross-protocol scripting).
bool is_http_verb(std::string_view tag) {
  static constexpr std::array<std::string_view, 9> verbs = {
      "GET",     "HEAD",    "POST",  "PUT",  "DELETE",
      "CONNECT", "OPTIONS", "TRACE", "PATCH"};
  return std::ranges::find(verbs, tag) != verbs.end();
}

bool says_the_same(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    const auto capital = [](char c) {
      return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    };
    return capital(x) == capital(y);
  });
}

}  // namespace

LoginSession::Core::Core(LoginConfiguration configuration, const Clock& clock)
    : configuration_(std::move(configuration)),
      clock_(clock),
      framer_(limits_before_login()),
      deadline_(clock.steady() + std::chrono::seconds(login_wait_seconds_max)) {
  std::string greeting;
  write_status(greeting, Condition::ok, "CAPABILITY " + capabilities(),
               "Postkeep ready");
  send(std::move(greeting));
}

bool LoginSession::Core::may_log_in() const {
  return configuration_.tls || configuration_.plaintext_login;
}

std::string LoginSession::Core::capabilities() const {
  return capabilities_before_login(
      configuration_.offers_starttls && !configuration_.tls, may_log_in(),
      configuration_.mechanisms);
}

void LoginSession::Core::received(Octets octets) {
  if (state_ == State::over) return;
  if (state_ == State::tls) {
    // Sent before the handshake that STARTTLS promised.
    bye("Octets after STARTTLS", "octets_after_starttls");
    return;
  }
  input_.append(reinterpret_cast<const char*>(octets.data()), octets.size());
  read_on();
}

bool LoginSession::Core::wants_input() const {
  return state_ != State::over && input_.size() < login_unread_octets_max;
}

void LoginSession::Core::read_on() {
  while (state_ == State::commands || state_ == State::sasl_line ||
         state_ == State::last_line) {
    Octets rest = octets(input_);
    auto event = framer_.read(rest);
    octets_taken_ += input_.size() - rest.size();
    input_.erase(0, input_.size() - rest.size());
    if (!event) {
      bye("Not IMAP", name(event.error()));
      return;
    }
    if (!*event) return;
    read_event(std::move(**event));
  }
}

void LoginSession::Core::read_event(FramerEvent&& event) {
  deadline_ = clock_.steady() + std::chrono::seconds(login_wait_seconds_max);
  if (auto* frame = std::get_if<Frame>(&event)) {
    read_frame(std::move(*frame));
  } else if (const auto* line = std::get_if<Line>(&event)) {
    read_line(line->text);
  } else if (const auto* asked = std::get_if<LiteralAsked>(&event)) {
    if (can_become_command(asked->text)) {
      std::string out;
      write_continuation(out, "Ready for the literal");
      send(std::move(out));
    } else {
      framer_.refuse_literal();
      bad_command({read_tag(asked->text), CommandError::outside_grammar});
    }
  } else {
    refuse(std::get<Refused>(event));
  }
}

void LoginSession::Core::read_frame(Frame&& frame) {
  if (++commands_ > login_commands_max) {
    bye("Too many commands", "too_many_commands");
    return;
  }
  auto command =
      read_command(std::move(frame), MailboxNameForm::modified_utf_7);
  if (!command) {
    bad_command(command.error());
    return;
  }
  tag_ = command->tag;
  answer(std::move(*command));
}

void LoginSession::Core::bad_command(const BadCommand& bad) {
  if (is_http_verb(bad.tag)) {
    effects_.emplace_back(CloseConnection{"http_on_imap"});
    state_ = State::over;
    return;
  }
  tag_ = bad.tag.empty() ? "*" : bad.tag;
  tagged(Condition::bad, {},
         bad.error == CommandError::unknown_command ? "Unknown command"
                                                    : "Wrong arguments");
  count_bad();
}

void LoginSession::Core::refuse(const Refused& refused) {
  if (state_ == State::sasl_line || state_ == State::last_line) {
    // A response line, not a command: the exchange ends, under its own tag.
    refuse_response("Too long, or octets that no response has");
    return;
  }
  const std::string tag = read_tag(refused.text);
  tag_ = tag.empty() ? "*" : tag;
  tagged(Condition::bad, {},
         refused.error == FrameError::outside_grammar ? "Wrong arguments"
                                                      : "Too long");
  count_bad();
}

void LoginSession::Core::answer(Command&& command) {
  if (std::holds_alternative<Capability>(command.request)) {
    send("* CAPABILITY " + capabilities() + "\r\n");
    tagged(Condition::ok, {}, "CAPABILITY completed");
  } else if (std::holds_alternative<Noop>(command.request)) {
    tagged(Condition::ok, {}, "NOOP completed");
  } else if (std::holds_alternative<Id>(command.request)) {
    send("* ID (\"name\" \"Postkeep\")\r\n");
    tagged(Condition::ok, {}, "ID completed");
  } else if (std::holds_alternative<Logout>(command.request)) {
    std::string out;
    write_bye(out, "Until next time");
    send(std::move(out));
    tagged(Condition::ok, {}, "LOGOUT completed");
    effects_.emplace_back(CloseConnection{"logout"});
    state_ = State::over;
  } else if (std::holds_alternative<imap::StartTls>(command.request)) {
    start_tls();
  } else if (const auto* login = std::get_if<Login>(&command.request)) {
    log_in(*login);
  } else if (const auto* request =
                 std::get_if<Authenticate>(&command.request)) {
    authenticate(*request);
  } else {
    tagged(Condition::bad, {}, "Log in first");
    count_bad();
  }
}

void LoginSession::Core::start_tls() {
  if (configuration_.tls || !configuration_.offers_starttls) {
    tagged(Condition::bad, {},
           configuration_.tls ? "TLS is on already" : "No TLS here");
    count_bad();
    return;
  }
  // RFC 9051 section 6.2.1: no further commands before the handshake. What
  // came in the same packet could have been put there by somebody else.
  if (!input_.empty()) {
    bye("Octets after STARTTLS", "octets_after_starttls");
    return;
  }
  tagged(Condition::ok, {}, "Begin TLS now");
  effects_.emplace_back(BeginTls{octets_taken_});
  state_ = State::tls;
}

void LoginSession::Core::log_in(const Login& login) {
  if (!may_log_in()) {
    tagged(Condition::no, "PRIVACYREQUIRED", "TLS first");
    count_bad();
    return;
  }
  state_ = State::asked;
  effects_.emplace_back(CheckPassword{login.user, login.password});
}

std::optional<std::string> LoginSession::Core::decode(std::string_view base64) {
  const auto decoded = crypto::read_base64(octets(base64), sasl_octets_max);
  if (!decoded) return std::nullopt;
  return std::string(decoded->begin(), decoded->end());
}

void LoginSession::Core::authenticate(const Authenticate& request) {
  if (!may_log_in()) {
    tagged(Condition::no, "PRIVACYREQUIRED", "TLS first");
    count_bad();
    return;
  }
  const auto found = std::ranges::find_if(
      configuration_.mechanisms, [&](const std::string& mechanism) {
        return says_the_same(mechanism, request.mechanism);
      });
  if (found == configuration_.mechanisms.end()) {
    tagged(Condition::no, "CANNOT", "No such mechanism");
    count_bad();
    return;
  }
  SaslStart start{*found, std::nullopt};
  if (request.initial_response) {
    start.initial = decode(*request.initial_response);
    if (!start.initial) {
      tagged(Condition::bad, {}, "Not base64");
      count_bad();
      return;
    }
  }
  state_ = State::asked;
  effects_.emplace_back(std::move(start));
}

void LoginSession::Core::read_line(const std::string& line) {
  if (is_authenticate_cancel(line)) {
    refuse_response("AUTHENTICATE cancelled");
    return;
  }
  std::optional<std::string> response = decode(line);
  // After success there is nothing left to say but that it was heard.
  const bool is_wrong =
      !response || (state_ == State::last_line && !response->empty());
  if (is_wrong) {
    refuse_response("Not base64");
    return;
  }
  if (state_ == State::last_line) {
    hand_over();
    return;
  }
  state_ = State::asked;
  effects_.emplace_back(SaslNext{std::move(*response)});
}

void LoginSession::Core::refuse_response(std::string_view text) {
  effects_.emplace_back(SaslCancel{});
  state_ = State::commands;
  tagged(Condition::bad, {}, text);
  count_bad();
}

void LoginSession::Core::expect_sasl_line(State state, Octets challenge) {
  state_ = state;
  framer_.expect_line();
  send("+ " + crypto::write_base64(challenge) + "\r\n");
  deadline_ = clock_.steady() + std::chrono::seconds(login_wait_seconds_max);
  read_on();
}

void LoginSession::Core::challenge(Octets octets) {
  if (state_ != State::asked) return;
  expect_sasl_line(State::sasl_line, octets);
}

void LoginSession::Core::accepted(
    const std::optional<std::string>& final_octets) {
  if (state_ != State::asked) return;
  if (final_octets) {
    expect_sasl_line(State::last_line, octets(*final_octets));
  } else {
    hand_over();
  }
}

void LoginSession::Core::refused(Refusal why) {
  if (state_ != State::asked) return;
  state_ = State::commands;
  switch (why) {
    case Refusal::credentials:
      tagged(Condition::no, "AUTHENTICATIONFAILED", "Wrong name or password");
      break;
    case Refusal::unavailable:
      tagged(Condition::no, "UNAVAILABLE", "Try again later");
      break;
    case Refusal::too_many:
      tagged(Condition::no, "LIMIT", "Too many attempts, try again later");
      break;
  }
  if (++attempts_ >= login_attempts_max) {
    bye("Too many attempts", "too_many_attempts");
    return;
  }
  deadline_ = clock_.steady() + std::chrono::seconds(login_wait_seconds_max);
  read_on();
}

void LoginSession::Core::hand_over() {
  effects_.emplace_back(
      HandOver{tag_, std::exchange(input_, {}), configuration_.tls});
  state_ = State::over;
}

void LoginSession::Core::tls_started() {
  if (state_ != State::tls) return;
  configuration_.tls = true;
  // RFC 9051 section 6.2.1: what was known before the handshake is forgotten.
  framer_ = Framer(limits_before_login());
  octets_taken_ = 0;
  state_ = State::commands;
  deadline_ = clock_.steady() + std::chrono::seconds(login_wait_seconds_max);
}

void LoginSession::Core::send(std::string octets) {
  if (!effects_.empty()) {
    if (auto* last = std::get_if<SendOctets>(&effects_.back())) {
      last->octets += octets;
      return;
    }
  }
  effects_.emplace_back(SendOctets{std::move(octets)});
}

void LoginSession::Core::tagged(Condition condition, std::string_view code,
                                std::string_view text) {
  std::string out;
  write_tagged(out, tag_, condition, code, text);
  send(std::move(out));
}

void LoginSession::Core::count_bad() {
  if (state_ == State::over) return;
  if (++bad_commands_ >= login_bad_commands_max) {
    bye("Too many wrong commands", "too_many_bad_commands");
  }
}

void LoginSession::Core::bye(std::string_view text, std::string_view why) {
  std::string out;
  write_bye(out, text);
  send(std::move(out));
  effects_.emplace_back(CloseConnection{why});
  state_ = State::over;
}

std::optional<LoginEffect> LoginSession::Core::next_effect() {
  if (effects_.empty()) return std::nullopt;
  LoginEffect effect = std::move(effects_.front());
  effects_.pop_front();
  return effect;
}

SteadyTime LoginSession::Core::deadline() const { return deadline_; }

void LoginSession::Core::tick() {
  if (state_ == State::over || clock_.steady() < deadline_) return;
  bye("Too slow", "login_wait");
}

void LoginSession::Core::shut_down() {
  if (state_ != State::over) bye("The server ends", "shut_down");
}

LoginSession::LoginSession(LoginConfiguration configuration, const Clock& clock)
    : core_(std::make_unique<Core>(std::move(configuration), clock)) {}
LoginSession::~LoginSession() = default;

void LoginSession::received(Octets octets) { core_->received(octets); }
bool LoginSession::wants_input() const { return core_->wants_input(); }
std::optional<LoginEffect> LoginSession::next_effect() {
  return core_->next_effect();
}
void LoginSession::tls_started() { core_->tls_started(); }
void LoginSession::challenge(Octets octets) { core_->challenge(octets); }
void LoginSession::accepted(std::optional<std::string> final_octets) {
  core_->accepted(std::move(final_octets));
}
void LoginSession::refused(Refusal why) { core_->refused(why); }
SteadyTime LoginSession::deadline() const { return core_->deadline(); }
void LoginSession::tick() { core_->tick(); }
void LoginSession::shut_down() { core_->shut_down(); }

}  // namespace postkeep::imap
