// One SMTP or LMTP session, server side (RFC 5321, RFC 2033), as a value:
// octets and answers in, replies and questions out. No socket, no clock, no
// file.
//
// Here:      ServerSession, its states, its events and their table.
// Not here:  what it asks (smtp/server_event.h), what it says
//            (smtp/server_reply.h), what it bears (smtp/server_options.h).
// Grammar:   that of its readers: smtp/command.h, data.h, sasl_line.h.
// Laws:      proptests/smtp/server_session_laws.h; tests/dialogs/smtp.
#pragma once

#include <cstdint>
#include <deque>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/octets.h"
#include "smtp/command.h"
#include "smtp/data.h"
#include "smtp/envelope.h"
#include "smtp/hop_count.h"
#include "smtp/pieces.h"
#include "smtp/sasl_line.h"
#include "smtp/server_event.h"
#include "smtp/server_options.h"
#include "smtp/text_check.h"

namespace postkeep::smtp {

enum class ServerState : std::uint8_t {
  connected,       // The banner has not been sent.
  unidentified,    // No EHLO yet, or none since STARTTLS.
  idle,            // Identified; no transaction.
  mail,            // MAIL was accepted.
  sender_wait,     // The role was asked about the reverse path.
  recipient_wait,  // The role was asked about a recipient.
  recipients,      // There is at least one recipient.
  data,            // Between 354 and the end of data.
  chunk,           // The octets of a BDAT.
  chunks,          // Between two BDATs of one message.
  skip,            // The octets of a BDAT that was refused.
  message_wait,    // The message was offered.
  tls_wait,        // The role was told to start TLS.
  auth_wait,       // The role was asked about a SASL step.
  auth_line,       // The client is to answer a challenge.
  closed,          // Nothing more is read or said.
};

enum class ServerEvent : std::uint8_t {
  started,
  // Commands.
  ehlo,  // LHLO, where the service is LMTP.
  helo,
  mail,
  rcpt,
  data,
  bdat,
  rset,
  vrfy,
  expn,
  help,
  noop,
  quit,
  starttls,
  auth,
  bad_command,  // A line that is no command; the stream goes on.
  lost,         // A line after which the stream means nothing.
  out_of_turn,  // The client talked when it had to wait.
  // Octets.
  data_end,
  chunk_end,
  skip_end,
  auth_response,
  // The role.
  sender_answer,
  recipient_answer,
  auth_answer,
  message_answer,
  tls_started,
  // Time and the operator.
  timeout,
  drain,
};

[[nodiscard]] std::string_view name(ServerState state);
[[nodiscard]] std::string_view name(ServerEvent event);

// A set of states, one bit for each.
using ServerStates = std::uint32_t;
[[nodiscard]] constexpr ServerStates one(ServerState state) {
  return ServerStates{1} << static_cast<unsigned>(state);
}
[[nodiscard]] constexpr bool contains(ServerStates states, ServerState state) {
  return (states & one(state)) != 0;
}

// One row of the table: what `event` leads to in each state of `from`. Any of
// them leads to `closed` too, where a limit says so. A command without a row
// is out of order (503 and no change); an answer without one came too late.
struct ServerTransition {
  ServerStates from;
  ServerEvent event;
  ServerStates to;          // Empty: the state stays as it is.
  std::string_view member;  // Of ServerSession: what is done.
};

class ServerSession {
 public:
  // `options` may be shared by many sessions. `tls`: what was negotiated
  // before the first octet (port 465).
  ServerSession(std::shared_ptr<const ServerOptions> options,
                std::string session, Peer peer,
                std::optional<TlsFacts> tls = std::nullopt);

  // Sends the banner. Octets that came before it end the session.
  void start(SteadyTime now);

  // Octets from the client, all of them used or kept.
  void received(Octets octets, SteadyTime now);
  // False: octets that came now would only wait; stop reading until true.
  [[nodiscard]] bool wants_octets() const;

  // Answers to effects. One that is not awaited (any more) changes nothing.
  void sender_answer(QuestionNumber question, SenderAnswer answer,
                     SteadyTime now);
  void recipient_answer(QuestionNumber question, RecipientAnswer answer,
                        SteadyTime now);
  void auth_answer(QuestionNumber question, AuthAnswer answer, SteadyTime now);
  void message_answer(QuestionNumber question, MessageAnswer answer,
                      SteadyTime now);
  void tls_started(TlsFacts facts, SteadyTime now);

  // When timeout() is to be called, unless something happens before; never
  // before start() and after Close.
  [[nodiscard]] std::optional<SteadyTime> deadline() const;
  void timeout(SteadyTime now);
  // The role is going to end: finish what is under way, begin nothing new.
  void drain(SteadyTime now);
  // The connection has gone: say nothing more, forget everything.
  void connection_lost();

  // How many octets of a message this session may hold from now on; one that
  // would be longer is refused with 452. At first: no such limit.
  void set_room(std::uint64_t octets) { room_octets_ = octets; }
  // Octets of a message held now.
  [[nodiscard]] std::uint64_t held_octets() const { return pieces_.size(); }

  // What the role is to do next, until there is nothing.
  [[nodiscard]] std::optional<Effect> next_effect();

  [[nodiscard]] ServerState state() const { return state_; }
  [[nodiscard]] const std::string& session() const { return session_; }
  [[nodiscard]] bool is_authenticated() const { return !login_.empty(); }
  [[nodiscard]] const std::optional<TlsFacts>& tls() const { return tls_; }

  // The table of all transitions, for the documentation and the tests.
  [[nodiscard]] static std::span<const ServerTransition> transitions();

 private:
  struct Row {
    ServerTransition transition;
    void (ServerSession::*act)();
  };
  // server_table.cc
  static std::span<const Row> table();

  // server_session.cc: reading, stepping, saying.
  void step(ServerEvent event);
  void out_of_order(ServerEvent event);
  void read_on();
  void resume();
  [[nodiscard]] bool read_some();
  [[nodiscard]] bool read_command_line();
  [[nodiscard]] bool read_data();
  [[nodiscard]] bool read_chunk();
  [[nodiscard]] bool read_auth_line();
  void take_data(Octets octets);
  [[nodiscard]] bool talks_ahead() const;
  [[nodiscard]] bool turn_kept();
  [[nodiscard]] bool is_lmtp() const;
  [[nodiscard]] bool speaks(Verb verb) const;
  [[nodiscard]] std::string_view hello_verb() const;
  [[nodiscard]] std::size_t end_replies_count() const;
  void set_deadline();
  void enter_wait(ServerState state, Duration wait);
  void say(ReplyName name, std::string_view detail = {});
  void say(const Reply& reply);
  void say_at_end(ReplyName name, std::string_view detail, std::size_t count);
  void say_octets(std::string octets);
  void refuse(ReplyName name, std::string_view detail = {});
  void count_error();
  void note(Noted::What what, std::string detail = {});
  void close(std::string_view why);
  void end_transaction();

  // server_hello.cc: greeting, TLS, time and the small commands.
  void on_started();
  void on_ehlo();
  void on_helo();
  void on_starttls();
  void on_tls_started();
  void on_rset();
  void on_vrfy();
  void on_expn();
  void on_help();
  void on_noop();
  void on_quit();
  void on_bad_command();
  void on_lost();
  void on_out_of_turn();
  void on_talked_early();
  void on_timeout();
  void on_tls_timeout();
  void on_drain();
  void on_drain_later();
  void greet(const std::string& client, bool extended);
  void count_idle_command();
  [[nodiscard]] Reply ehlo_reply() const;

  // server_auth.cc
  void on_auth();
  void on_auth_answer();
  void on_auth_response();
  void on_auth_timeout();
  void ask_auth(std::string mechanism,
                std::optional<std::vector<Octet>> response);
  void send_challenge(Octets challenge);
  void give_up_auth(ReplyName reply);
  void accept_login(std::string login);
  [[nodiscard]] bool auth_allowed(const std::string& mechanism);

  // server_mail.cc: the transaction.
  void on_mail();
  void on_sender_answer();
  void on_sender_timeout();
  void on_rcpt();
  void on_recipient_answer();
  void on_recipient_timeout();
  void on_data();
  void on_data_end();
  void on_message_answer();
  void on_message_timeout();
  void start_transaction();
  void refuse_sender(ReplyName reply, std::string_view detail);
  void start_message();
  void offer_message();
  void refuse_message(ReplyName reply, std::size_t replies_count);
  void refuse_message(ReplyName reply, std::size_t replies_count,
                      std::string_view detail);
  void accept_recipient();
  void refuse_recipient(ReplyName reply);
  [[nodiscard]] bool may_relay() const;
  [[nodiscard]] bool mail_allowed();
  [[nodiscard]] std::optional<ReplyName> mail_fault(const Mail& mail) const;
  [[nodiscard]] Envelope envelope();

  // server_chunk.cc: BDAT.
  void on_bdat();
  void on_stray_bdat();
  void on_chunk_end();
  void on_skip_end();
  void pass_over(std::uint64_t octets, ReplyName reply, ServerState after,
                 std::size_t replies_count = 1);

  std::shared_ptr<const ServerOptions> options_;
  std::string session_;
  Peer peer_;
  std::optional<TlsFacts> tls_;
  ServerState state_ = ServerState::connected;
  std::deque<Effect> effects_;
  std::vector<Octet> unread_;
  Octets input_;  // Only while octets are read.
  bool reading_ = false;

  // What the current event carries.
  Command command_;
  CommandError command_error_;
  SenderAnswer sender_answer_;
  RecipientAnswer recipient_answer_;
  AuthAnswer auth_answer_;
  MessageAnswer message_answer_;
  TlsFacts tls_facts_;
  std::expected<SaslResponse, ReplyName> auth_response_;

  // What the session knows.
  CommandReader commands_;
  std::string client_;
  bool extended_ = false;
  std::string login_;
  std::string auth_mechanism_;
  std::optional<std::string> auth_login_;  // Success, but for an empty line.
  bool draining_ = false;
  QuestionNumber question_ = 0;
  SteadyTime now_;
  SteadyTime started_;
  std::optional<SteadyTime> deadline_;
  std::uint32_t commands_count_ = 0;
  std::uint32_t errors_count_ = 0;
  std::uint32_t idle_commands_count_ = 0;
  std::uint32_t auth_failures_count_ = 0;
  std::uint32_t transactions_count_ = 0;
  std::uint64_t room_octets_ = UINT64_MAX;

  // What the transaction knows: end_transaction() forgets all of it.
  struct Transaction {
    Mail mail;
    std::uint64_t recipients_max = UINT64_MAX;  // Of the login, just now.
    std::vector<Recipient> recipients;
    std::size_t accepted_count = 0;  // Of `recipients`, even once offered.
    bool recipient_refused = false;
    Rcpt rcpt;  // The one that is asked about.
    std::uint32_t chunks_count = 0;
    std::uint64_t octets = 0;  // Kept or passed over.
    std::optional<ReplyName> fault;
  };
  Transaction transaction_;
  DataReader data_;
  TextCheck text_check_;
  HopCount hops_;
  Pieces pieces_;
  SteadyTime data_started_;
  std::uint64_t data_octets_ = 0;  // Since data_started_.
  std::uint64_t chunk_octets_left_ = 0;
  bool chunk_last_ = false;
  ReplyName skip_reply_ = ReplyName::bad_sequence;
  ServerState skip_after_ = ServerState::idle;
  std::size_t skip_replies_count_ = 1;
};

}  // namespace postkeep::smtp
