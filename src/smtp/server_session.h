// One SMTP session, server side (RFC 5321), as a value: octets and answers in,
// replies and questions out. No socket, no clock, no file.
//
// Here:      ServerSession, its states, its events and their table.
// Not here:  what it asks (smtp/server_event.h), what it says
//            (smtp/server_reply.h), what it bears (smtp/server_options.h).
// Grammar:   that of its readers: smtp/command.h, data.h, sasl_line.h.
// Laws:      proptests/smtp/server_session_laws.h; tests/dialogs/smtp.
#pragma once

#include <cstdint>
#include <deque>
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
#include "smtp/server_event.h"
#include "smtp/server_options.h"
#include "smtp/text_check.h"

namespace postkeep::smtp {

enum class ServerState : std::uint8_t {
  connected,       // The banner has not been sent.
  unidentified,    // No EHLO yet, or none since STARTTLS.
  idle,            // Identified; no transaction.
  mail,            // MAIL was accepted.
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
  ehlo,
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

// One row of the table: what `event` may lead to in `from`. Any event without
// a row is a command out of order (503), or an answer that came too late.
struct ServerTransition {
  ServerState from;
  ServerEvent event;
  std::string_view handler;         // The member that is called.
  std::span<const ServerState> to;  // Where it may lead.
};

class ServerSession final : private DataSink {
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
  using Handler = void (ServerSession::*)();
  struct Row;
  static std::span<const Row> table();

  // server_session.cc: reading and stepping.
  void step(ServerEvent event);
  void read_on();
  bool read_commands();
  bool read_data();
  bool read_chunk();
  bool read_auth_line();
  void check_turn();
  void enter(ServerState state);
  void say(ReplyName name, std::string_view detail = {});
  void say(const Reply& reply);
  void refuse(ReplyName name, std::string_view detail = {});
  void note(Noted::What what, std::string detail = {});
  void close(std::string_view why);
  void out_of_order();
  [[nodiscard]] ServerState rest_state() const;
  void reset_transaction();
  void data_octets(Octets octets) override;

  // server_hello.cc: the handlers of greeting, TLS, time and small commands.
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
  void on_timeout();
  void on_answer_timeout();
  void on_message_timeout();
  void on_drain();
  void on_drain_later();
  [[nodiscard]] Reply ehlo_reply() const;
  [[nodiscard]] bool idle_command();

  // server_auth.cc
  void on_auth();
  void on_auth_answer();
  void on_auth_response();
  void on_auth_timeout();
  void auth_success();

  // server_mail.cc: the transaction.
  void on_mail();
  void on_rcpt();
  void on_recipient_answer();
  void on_data();
  void on_data_end();
  void on_message_answer();

  // server_chunk.cc: BDAT.
  void on_bdat();
  void on_stray_bdat();
  void on_chunk_end();
  void on_skip_end();

  void start_message();
  void offer_message();
  void ask_wait(Duration wait);
  [[nodiscard]] bool mail_allowed();
  [[nodiscard]] bool accepts_mail_parameters(const Mail& mail);

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
  RecipientAnswer recipient_answer_;
  AuthAnswer auth_answer_;
  MessageAnswer message_answer_;
  std::optional<std::vector<Octet>> auth_response_;

  // What the session knows.
  CommandReader commands_;
  std::string client_;
  bool extended_ = false;
  std::string login_;
  std::string auth_mechanism_;
  bool auth_done_ = false;
  bool auth_in_use_ = false;
  std::string auth_login_;
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

  // What the transaction knows; reset_transaction() forgets all of it.
  std::optional<Mail> mail_;
  std::vector<Recipient> recipients_;
  std::uint32_t recipients_refused_count_ = 0;
  std::optional<Rcpt> rcpt_;  // The one that is asked about.
  DataReader data_;
  TextCheck text_check_;
  HopCount hops_;
  Pieces pieces_;
  std::uint64_t message_octets_ = 0;  // Kept or passed over.
  SteadyTime message_started_;
  std::uint64_t chunk_octets_left_ = 0;
  bool chunk_last_ = false;
  std::uint32_t chunks_count_ = 0;
  std::optional<ReplyName> message_fault_;
  ReplyName skip_reply_ = ReplyName::bad_sequence;
  ServerState skip_state_ = ServerState::idle;
  std::uint64_t room_octets_ = UINT64_MAX;
};

}  // namespace postkeep::smtp
