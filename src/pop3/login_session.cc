#include "pop3/login_session.h"

#include <utility>
#include <variant>

#include "pop3/capability.h"

namespace postkeep::pop3 {

using login::Said;

LoginSession::LoginSession(login::Configuration configuration,
                           const Clock& clock)
    : SessionCore(std::move(configuration), clock,
                  {.wait_min = std::chrono::seconds(login_wait_seconds_min),
                   .sasl_octets = sasl_octets_max}) {
  // No "<" in it: APOP is not here (RFC 1939 section 7).
  ok("Postkeep ready");
}

bool LoginSession::read(Octets& input) {
  line_ = lines_.read(input, expects_sasl_line() ? sasl_line_octets_max
                                                 : command_line_octets_max);
  return !line_ || line_->has_value();
}

void LoginSession::act() {
  if (!line_) return refuse_line(line_.error());
  const std::string line = std::move(**line_);
  if (expects_sasl_line()) {
    read_sasl_line(line);
  } else {
    read_line(line);
  }
}

void LoginSession::refuse_line(LineError why) {
  if (is_lost(why)) {
    std::string out;
    write_error(out, ResponseCode::none, "Not POP3");
    return close(std::move(out), name(why));
  }
  if (expects_sasl_line()) return refuse_response(Said::response_too_long);
  wrong("Too long");
}

void LoginSession::read_line(const std::string& line) {
  if (!begin_command()) return;
  const auto command = read_command(line);
  if (command) return answer(*command);
  user_.reset();
  switch (command.error()) {
    case CommandError::http: return close({}, "http_on_pop3");
    case CommandError::unknown_command: return wrong("Unknown command");
    case CommandError::bad_arguments: return wrong("Wrong arguments");
  }
}

void LoginSession::answer(const Command& command) {
  // RFC 1939 section 7: PASS comes immediately after USER.
  if (const auto* pass = std::get_if<Pass>(&command)) return answer_pass(*pass);
  user_.reset();
  if (const auto* user = std::get_if<User>(&command)) {
    answer_user(*user);
  } else if (const auto* auth = std::get_if<Auth>(&command)) {
    begin_sasl(auth->mechanism, auth->initial);
  } else if (std::holds_alternative<Stls>(command)) {
    begin_tls();
  } else if (std::holds_alternative<Utf8>(command)) {
    answer_utf8();
  } else if (std::holds_alternative<Capa>(command)) {
    std::string out;
    write_capabilities(out, {.stls = offers_starttls(),
                             .login = may_log_in(),
                             .mechanisms = configuration().mechanisms});
    send(std::move(out));
  } else if (const auto* lang = std::get_if<Lang>(&command)) {
    std::string out;
    answer_lang(out, lang->range);
    send(std::move(out));
  } else if (std::holds_alternative<Quit>(command)) {
    std::string out;
    write_ok(out, "Until next time");
    close(std::move(out), "quit");
  } else {
    wrong("Log in first");
  }
}

// RFC 1939 section 7: whether there is such a mailbox is not said here.
void LoginSession::answer_user(const User& user) {
  if (!may_log_in()) {
    say(Said::tls_first);
    return count_bad();
  }
  user_ = user.name;
  ok("Your password, please");
}

void LoginSession::answer_pass(const Pass& pass) {
  if (!user_) return wrong("USER comes first");
  check_password(*std::exchange(user_, std::nullopt), pass.password);
}

void LoginSession::answer_utf8() {
  utf8_ = true;
  ok("UTF-8 it is");
}

void LoginSession::say(Said what) {
  switch (what) {
    case Said::begin_tls: return ok("Begin TLS now");
    case Said::tls_is_on: return error(ResponseCode::none, "TLS is on already");
    case Said::no_tls_here: return error(ResponseCode::none, "No TLS here");
    case Said::tls_first: return error(ResponseCode::none, "TLS first");
    case Said::no_such_mechanism:
      return error(ResponseCode::none, "No such mechanism");
    case Said::not_base64: return error(ResponseCode::none, "Not base64");
    case Said::response_too_long: return error(ResponseCode::none, "Too long");
    case Said::cancelled: return error(ResponseCode::none, "AUTH cancelled");
    case Said::wrong_credentials:
      return error(ResponseCode::auth, "Wrong name or password");
    case Said::unavailable:
      return error(ResponseCode::temporary, "Try again later");
    case Said::too_many_attempts:
      return error(ResponseCode::temporary,
                   "Too many attempts, try again later");
  }
}

// One answer a command, and none without one: these are the answer.
std::string LoginSession::farewell(login::Farewell why) const {
  std::string out;
  if (why == login::Farewell::octets_after_starttls ||
      why == login::Farewell::too_many_commands) {
    write_error(out, ResponseCode::none, words(why));
  }
  return out;
}

void LoginSession::forget() {
  lines_ = LineReader();
  user_.reset();
  utf8_ = false;
}

login::HandOver LoginSession::handed_over() const {
  login::HandOver effect;
  effect.utf8 = utf8_;
  return effect;
}

void LoginSession::ok(std::string_view text) {
  std::string out;
  write_ok(out, text);
  send(std::move(out));
}

void LoginSession::error(ResponseCode code, std::string_view text) {
  std::string out;
  write_error(out, code, text);
  send(std::move(out));
}

void LoginSession::wrong(std::string_view text) {
  error(ResponseCode::none, text);
  count_bad();
}

}  // namespace postkeep::pop3
