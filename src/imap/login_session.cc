#include "imap/login_session.h"

#include <utility>
#include <variant>

#include "imap/capability.h"

namespace postkeep::imap {

using login::Said;

LoginSession::LoginSession(login::Configuration configuration,
                           const Clock& clock)
    : SessionCore(std::move(configuration), clock,
                  {.sasl_octets = sasl_octets_max}),
      framer_(limits_before_login()) {
  std::string greeting;
  write_status(greeting, Condition::ok, "CAPABILITY " + capabilities(),
               "Postkeep ready");
  send(std::move(greeting));
}

std::string LoginSession::capabilities() const {
  return capabilities_before_login(offers_starttls(), may_log_in(),
                                   configuration().mechanisms);
}

bool LoginSession::read(Octets& input) {
  event_ = framer_.read(input);
  return !event_ || event_->has_value();
}

void LoginSession::act() {
  if (!event_) {
    std::string out;
    write_bye(out, "Not IMAP");
    return close(std::move(out), name(event_.error()));
  }
  FramerEvent event = std::move(**event_);
  if (auto* frame = std::get_if<Frame>(&event)) {
    read_frame(std::move(*frame));
  } else if (const auto* line = std::get_if<Line>(&event)) {
    read_sasl_line(line->text);
  } else if (const auto* asked = std::get_if<LiteralAsked>(&event)) {
    literal_asked(*asked);
  } else {
    refuse(std::get<Refused>(event));
  }
}

void LoginSession::literal_asked(const LiteralAsked& asked) {
  if (can_become_command(asked.text)) {
    std::string out;
    write_continuation(out, "Ready for the literal");
    return send(std::move(out));
  }
  framer_.refuse_literal();
  bad_command({read_tag(asked.text), CommandError::outside_grammar});
}

void LoginSession::read_frame(Frame&& frame) {
  if (!begin_command()) return;
  auto command =
      read_command(std::move(frame), MailboxNameForm::modified_utf_7);
  if (!command) return bad_command(command.error());
  tag_ = command->tag;
  answer(std::move(*command));
}

void LoginSession::bad_command(const BadCommand& bad) {
  if (login::is_http_verb(bad.tag)) return close({}, "http_on_imap");
  tag_ = bad.tag.empty() ? "*" : bad.tag;
  tagged(Condition::bad, {},
         bad.error == CommandError::unknown_command ? "Unknown command"
                                                    : "Wrong arguments");
  count_bad();
}

void LoginSession::refuse(const Refused& refused) {
  // A response line, not a command: the exchange ends, under its own tag.
  if (expects_sasl_line()) return refuse_response(Said::response_too_long);
  const std::string tag = read_tag(refused.text);
  tag_ = tag.empty() ? "*" : tag;
  tagged(Condition::bad, {},
         refused.error == FrameError::outside_grammar ? "Wrong arguments"
                                                      : "Too long");
  count_bad();
}

void LoginSession::answer(Command&& command) {
  if (std::holds_alternative<Capability>(command.request)) {
    send("* CAPABILITY " + capabilities() + "\r\n");
    tagged(Condition::ok, {}, "CAPABILITY completed");
  } else if (std::holds_alternative<Noop>(command.request)) {
    tagged(Condition::ok, {}, "NOOP completed");
  } else if (std::holds_alternative<Id>(command.request)) {
    send("* ID (\"name\" \"Postkeep\")\r\n");
    tagged(Condition::ok, {}, "ID completed");
  } else if (std::holds_alternative<Logout>(command.request)) {
    log_out();
  } else if (std::holds_alternative<StartTls>(command.request)) {
    begin_tls();
  } else if (auto* login = std::get_if<Login>(&command.request)) {
    check_password(std::move(login->user), std::move(login->password));
  } else if (const auto* request =
                 std::get_if<Authenticate>(&command.request)) {
    begin_sasl(request->mechanism, request->initial_response);
  } else {
    tagged(Condition::bad, {}, "Log in first");
    count_bad();
  }
}

void LoginSession::log_out() {
  std::string out;
  write_bye(out, "Until next time");
  write_tagged(out, tag_, Condition::ok, {}, "LOGOUT completed");
  close(std::move(out), "logout");
}

void LoginSession::say(Said what) {
  switch (what) {
    case Said::begin_tls: return tagged(Condition::ok, {}, "Begin TLS now");
    case Said::tls_is_on:
      return tagged(Condition::bad, {}, "TLS is on already");
    case Said::no_tls_here: return tagged(Condition::bad, {}, "No TLS here");
    case Said::tls_first:
      return tagged(Condition::no, "PRIVACYREQUIRED", "TLS first");
    case Said::no_such_mechanism:
      return tagged(Condition::no, "CANNOT", "No such mechanism");
    case Said::not_base64: return tagged(Condition::bad, {}, "Not base64");
    case Said::response_too_long:
      return tagged(Condition::bad, {},
                    "Too long, or octets that no response has");
    case Said::cancelled:
      return tagged(Condition::bad, {}, "AUTHENTICATE cancelled");
    case Said::wrong_credentials:
      return tagged(Condition::no, "AUTHENTICATIONFAILED",
                    "Wrong name or password");
    case Said::unavailable:
      return tagged(Condition::no, "UNAVAILABLE", "Try again later");
    case Said::too_many_attempts:
      return tagged(Condition::no, "LIMIT",
                    "Too many attempts, try again later");
  }
}

std::string LoginSession::farewell(login::Farewell why) const {
  std::string out;
  write_bye(out, words(why));
  return out;
}

login::HandOver LoginSession::handed_over() const {
  login::HandOver effect;
  effect.tag = tag_;
  return effect;
}

void LoginSession::tagged(Condition condition, std::string_view code,
                          std::string_view text) {
  std::string out;
  write_tagged(out, tag_, condition, code, text);
  send(std::move(out));
}

}  // namespace postkeep::imap
