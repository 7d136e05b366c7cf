// Greeting, TLS, time and the small commands of a session (RFC 5321 sections
// 4.1.1.1 and 4.1.1.5 to 4.1.1.10; RFC 3207).

#include <utility>

#include "smtp/server_session.h"

namespace postkeep::smtp {

void ServerSession::on_started() {
  state_ = ServerState::unidentified;
  say(is_lmtp() ? ReplyName::greeting_lmtp : ReplyName::greeting,
      options_->hostname);
}

void ServerSession::on_ehlo() {
  if (!turn_kept()) return;
  greet(is_lmtp() ? std::get<Lhlo>(command_).client
                  : std::get<Ehlo>(command_).client,
        true);
  if (state_ != ServerState::closed) say(ehlo_reply());
}

void ServerSession::on_helo() {
  if (!turn_kept()) return;
  greet(std::get<Helo>(command_).client, false);
  if (state_ != ServerState::closed) say(ReplyName::hello, options_->hostname);
}

void ServerSession::greet(const std::string& client, bool extended) {
  end_transaction();
  client_ = client;
  extended_ = extended;
  state_ = ServerState::idle;
  note(Noted::What::greeted, client_);
  count_idle_command();
}

Reply ServerSession::ehlo_reply() const {
  const ServerOptions& options = *options_;
  Reply reply{250, {options.hostname}};
  const auto add = [&](std::string line) {
    reply.lines.push_back(std::move(line));
  };
  add("PIPELINING");
  add("SIZE " + std::to_string(options.limits.message_octets_max));
  add("8BITMIME");
  add("ENHANCEDSTATUSCODES");
  if (options.smtputf8) add("SMTPUTF8");
  if (options.chunking) add("CHUNKING");
  if (options.chunking && options.binarymime) add("BINARYMIME");
  if (options.dsn) add("DSN");
  if (options.limits_keyword) {
    add("LIMITS MAILMAX=" + std::to_string(options.limits.transactions_max) +
        " RCPTMAX=" + std::to_string(options.limits.recipients_max));
  }
  if (options.starttls && !tls_) add("STARTTLS");
  if (tls_ && login_.empty() && !options.auth_mechanisms.empty()) {
    std::string line = "AUTH";
    for (const std::string& mechanism : options.auth_mechanisms) {
      line += ' ' + mechanism;
    }
    add(std::move(line));
  }
  add("HELP");
  return reply;
}

// What follows the command in plain text would be read as if it had come
// through TLS: whoever sends it is shut out (RFC 3207 section 6).
void ServerSession::on_starttls() {
  if (!turn_kept()) return;
  if (tls_) return refuse(ReplyName::tls_already);
  if (!options_->starttls) return refuse(ReplyName::not_implemented);
  say(ReplyName::tls_ready);
  effects_.emplace_back(StartTlsNow{});
  enter_wait(ServerState::tls_wait, options_->limits.tls_wait);
}

// RFC 3207 section 4.2: what was known before is forgotten.
void ServerSession::on_tls_started() {
  tls_ = std::move(tls_facts_);
  client_.clear();
  extended_ = false;
  login_.clear();
  end_transaction();
  commands_ = {};
  state_ = ServerState::unidentified;
  note(Noted::What::tls_started, tls_->version + ' ' + tls_->cipher);
}

void ServerSession::on_rset() {
  end_transaction();
  state_ = ServerState::idle;
  say(ReplyName::ok);
  count_idle_command();
}

// RFC 5321 section 3.5.3: 252 tells strangers nothing about who is here.
void ServerSession::on_vrfy() {
  say(ReplyName::cannot_verify);
  count_idle_command();
}

void ServerSession::on_expn() {
  say(ReplyName::not_implemented);
  count_idle_command();
}

void ServerSession::on_help() {
  say(ReplyName::help);
  count_idle_command();
}

void ServerSession::on_noop() {
  say(ReplyName::ok);
  count_idle_command();
}

void ServerSession::on_quit() {
  say(ReplyName::bye);
  close("quit");
}

// Commands that lead nowhere are free up to a number, then they are errors.
void ServerSession::count_idle_command() {
  idle_commands_count_ += 1;
  if (idle_commands_count_ > options_->limits.idle_commands_max) count_error();
}

void ServerSession::on_bad_command() {
  const std::string verb{smtp::name(command_error_.verb)};
  note(Noted::What::command_refused,
       std::string{smtp::name(command_error_.fault)} + ' ' + verb);
  if (!speaks(command_error_.verb)) {
    return refuse(is_lmtp() ? ReplyName::lmtp_alone
                            : ReplyName::unknown_command);
  }
  switch (command_error_.fault) {
    case CommandFault::not_implemented:
      return refuse(ReplyName::not_implemented);
    case CommandFault::bad_arguments:
      return refuse(ReplyName::bad_arguments, verb);
    case CommandFault::bad_address: return refuse(ReplyName::bad_address);
    case CommandFault::unknown_parameter:
      return refuse(ReplyName::unknown_parameter, verb);
    case CommandFault::bad_parameter:
      return refuse(ReplyName::bad_parameter, verb);
    case CommandFault::line_too_long: return refuse(ReplyName::line_too_long);
    case CommandFault::http: say(ReplyName::no_http); return close("http");
    default: return refuse(ReplyName::unknown_command);
  }
}

void ServerSession::on_lost() {
  const std::string fault{smtp::name(command_error_.fault)};
  note(Noted::What::command_refused, fault);
  say(ReplyName::stream_lost, fault);
  close("lost");
}

void ServerSession::on_out_of_turn() {
  note(Noted::What::out_of_turn, std::string{smtp::name(state_)});
  say(ReplyName::out_of_turn);
  close("out_of_turn");
}

void ServerSession::on_talked_early() {
  note(Noted::What::out_of_turn, std::string{smtp::name(state_)});
  say(ReplyName::talked_early, options_->hostname);
  close("talked_early");
}

void ServerSession::on_timeout() {
  say(ReplyName::closing_timeout, options_->hostname);
  close("timeout");
}

// There is no way to say anything between plain text and TLS.
void ServerSession::on_tls_timeout() { close("timeout"); }

void ServerSession::on_drain() {
  say(ReplyName::closing_drain, options_->hostname);
  close("drain");
}

void ServerSession::on_drain_later() { draining_ = true; }

}  // namespace postkeep::smtp
