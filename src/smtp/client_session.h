// One SMTP or LMTP session, client side (RFC 5321, RFC 2033), as a value:
// octets and mail in, octets and results out. No socket, no clock, no file.
//
// Here:      ClientSession.
// Not here:  its states (smtp/client_state.h), what it tells
//            (smtp/client_event.h), what it is given (smtp/client_mail.h), how
//            it behaves (smtp/client_options.h).
// Grammar:   that of its readers: smtp/reply.h, capability.h, sasl_line.h.
// Laws:      proptests/smtp/client_session_laws.h; tests/dialogs/smtp_client.
#pragma once

#include <cstddef>
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
#include "smtp/capability.h"
#include "smtp/client_event.h"
#include "smtp/client_mail.h"
#include "smtp/client_options.h"
#include "smtp/client_state.h"
#include "smtp/dot_stuffer.h"
#include "smtp/reply.h"
#include "smtp/text_check.h"

namespace postkeep::smtp {

class ClientSession {
 public:
  // `options` may be shared by many sessions. `has_tls`: it was negotiated
  // before the first octet (port 465).
  explicit ClientSession(std::shared_ptr<const ClientOptions> options,
                         bool has_tls = false);

  // The connection is up.
  void start(SteadyTime now);
  // Octets from the peer, all of them used.
  void received(Octets octets, SteadyTime now);
  // The peer has closed its side, or the connection broke.
  void peer_closed(SteadyTime now);

  // Answers to effects. One that is not awaited (any more) changes nothing.
  void tls_started(SteadyTime now);
  void tls_failed(SteadyTime now);
  void sasl_answer(SaslAnswer answer, SteadyTime now);

  // Whether deliver() may be called: up, and nothing under way.
  [[nodiscard]] bool is_ready() const { return state_ == ClientState::ready; }
  // Begins a transaction for `mail`, which has a recipient. (PK_CHECK:
  // is_ready().) Exactly one TransactionEnded answers it, whatever happens.
  // Recipients that were put off are for another call, with the same content.
  void deliver(OutgoingMail mail, SteadyTime now);
  // The answer to ContentWanted: the next octets of the content, never more
  // than were asked for or than the content has (PK_CHECK).
  void give(Octets content, SteadyTime now);
  // The content cannot be read: the peer must not take what it has so far.
  void content_lost(SteadyTime now);

  // Ends the session: at once where no mail is under way, after the
  // transaction where there is.
  void quit(SteadyTime now);

  // When timeout() is to be called, unless something happens before; never
  // before start() and after SessionClosed.
  [[nodiscard]] std::optional<SteadyTime> deadline() const { return deadline_; }
  void timeout(SteadyTime now);

  // What the role is to do next, until there is nothing.
  [[nodiscard]] std::optional<ClientEffect> next_effect();

  [[nodiscard]] ClientState state() const { return state_; }
  // What the peer offers, as of its last answer to EHLO.
  [[nodiscard]] const Capabilities& capabilities() const { return offered_; }
  [[nodiscard]] bool has_tls() const { return has_tls_; }
  [[nodiscard]] bool is_logged_in() const { return logged_in_; }

  // The table of all transitions, for the documentation and the tests.
  [[nodiscard]] static std::span<const ClientTransition> transitions();

 private:
  struct Row {
    ClientTransition transition;
    void (ClientSession::*act)();
  };
  // client_table.cc
  static std::span<const Row> table();
  [[nodiscard]] static const Row* row_of(ClientState state, ClientEvent event);

  // client_session.cc: reading, stepping, saying, ending.
  void step(ClientEvent event);
  void read_on(Octets input);
  void set_deadline();
  [[nodiscard]] Duration wait() const;
  void say(std::string_view command);
  void say_octets(std::string octets);
  void close(Because because, bool with_reply = false);
  void farewell(Because because, bool with_reply = false);
  void say_quit();
  void on_closing();
  void on_malformed();
  void on_injected();
  void on_reply_refused();
  void on_unexpected();
  void on_peer_closed();
  void on_timeout();
  void on_quit();
  void on_quit_later();
  void on_give_up();
  void on_farewell();

  // client_hello.cc: greeting, EHLO, TLS, login.
  void on_started();
  void on_greeting();
  void on_ehlo();
  void on_ehlo_refused();
  void on_helo();
  void on_starttls();
  void on_starttls_refused();
  void on_tls_started();
  void on_tls_failed();
  void on_sasl_answer();
  void on_auth_challenge();
  void on_auth_success();
  void on_auth_refused();
  void say_hello();
  void after_hello();
  void begin_login();
  void begin_auth(const std::optional<std::vector<Octet>>& response);
  void become_ready();

  // client_transaction.cc: the envelope.
  void on_deliver();
  void on_reset();
  void on_reset_refused();
  void on_mail();
  void on_mail_refused();
  void on_rcpt();
  void on_rcpt_refused();
  [[nodiscard]] bool pipelines() const;
  [[nodiscard]] bool chunks() const;
  [[nodiscard]] std::optional<Because> unfit() const;
  void choose_recipients();
  void choose_way();
  void begin_envelope();
  [[nodiscard]] std::string rcpt_of(std::size_t asked) const;
  void after_rcpt();
  [[nodiscard]] bool is_too_many() const;
  void settle(std::size_t recipient, Outcome outcome, Because because);
  void settle_reply(std::size_t recipient);
  void settle_rest(Outcome outcome, Because because);
  void end_transaction();
  void go_on();

  // client_content.cc: DATA, BDAT and what they lead to.
  void on_data();
  void on_data_refused();
  void on_gathered();
  void on_gather_lost();
  void on_content();
  void on_content_lost();
  void on_content_refused();
  void on_end();
  void want_content();
  void begin_content();
  void content_complete(std::string wire);
  [[nodiscard]] bool content_is_fit();
  [[nodiscard]] bool content_is_whole() const;

  // How the content goes.
  enum class Way : std::uint8_t {
    data,        // DATA, dots stuffed.
    chunk,       // One BDAT, once a recipient was accepted.
    one_flight,  // One BDAT, together with the envelope.
  };

  std::shared_ptr<const ClientOptions> options_;
  ClientState state_ = ClientState::connected;
  std::deque<ClientEffect> effects_;
  ReplyReader replies_;
  SteadyTime now_;
  std::optional<SteadyTime> deadline_;

  // What the current event carries.
  Reply reply_;
  SaslAnswer sasl_answer_;
  Octets given_;
  bool more_input_ = false;  // Behind the reply that is read.

  // What the session knows.
  Capabilities offered_;
  bool extended_ = false;
  bool has_tls_ = false;
  bool logged_in_ = false;
  bool starttls_tried_ = false;
  bool quitting_ = false;
  bool needs_reset_ = false;
  std::string mechanism_;
  SaslWanted::Step sasl_step_ = SaslWanted::Step::start;
  std::uint32_t challenges_count_ = 0;
  // A response too long for the AUTH command: sent after an empty challenge.
  std::optional<std::vector<Octet>> held_response_;
  std::uint32_t transactions_count_ = 0;

  // What the transaction knows: end_transaction() forgets all of it.
  struct Transaction {
    OutgoingMail mail;
    std::vector<RecipientResult> results;
    std::vector<bool> settled;       // Of `results`.
    std::vector<std::size_t> asked;  // Recipients RCPT is said for, in order.
    std::vector<std::size_t> accepted;  // Of them, in order.
    std::size_t rcpts_answered = 0;     // Of `asked`.
    std::size_t ends_answered = 0;      // Of `accepted`, in LMTP.
    Way way = Way::data;
    bool under_way = false;
    bool mail_accepted = false;
    bool content_sent = false;  // To its last octet.
    std::uint64_t octets_given = 0;
    std::string flight;  // The content of Way::one_flight.
    SteadyTime started;
  };
  Transaction transaction_;
  TextCheck text_check_;
  DotStuffer dots_;
};

}  // namespace postkeep::smtp
