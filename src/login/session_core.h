// What sessions before login have in common: TLS, the SASL exchange, the
// attempts and how many there may be, time, the end.
//
// Here:      SessionCore: a protocol derives from it and says its words.
// Not here:  what it promises (login/session.h); the words
//            (imap/login_session.h, pop3/login_session.h).
// Grammar:   crypto/base64.h.
// Laws:      those of login/session.h.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "login/session.h"

namespace postkeep::login {

// What happened to a command; each protocol has words for it.
enum class Said : std::uint8_t {
  begin_tls,
  tls_is_on,
  no_tls_here,
  tls_first,
  no_such_mechanism,
  not_base64,
  response_too_long,  // Or with octets that no response has.
  cancelled,
  wrong_credentials,
  unavailable,
  too_many_attempts,
};

// Why the server ends the connection, with a last word.
enum class Farewell : std::uint8_t {
  octets_after_starttls,
  too_many_commands,
  too_many_bad_commands,
  too_many_attempts,
  login_wait,  // Too slow.
  shut_down,
};
[[nodiscard]] std::string_view name(Farewell why);
[[nodiscard]] std::string_view words(Farewell why);

// Whether a browser begins so: a page that makes one talk to this port must
// not get an answer that it could use (cross-protocol scripting).
[[nodiscard]] bool is_http_verb(std::string_view word);

// States, and who leaves them:
//   commands      received(): to asked, sasl_line, tls or over
//   tls           tls_started(): to commands
//   asked         challenge(): to sasl_line; refused(): to commands;
//                 accepted(): to over, or to last_line with final octets
//   sasl_line     received(): to asked; "*" or no base64: to commands
//   last_line     received(): an empty answer, to over; else to commands
//   over          never: HandOver or CloseConnection was asked for
class SessionCore : public Session {
 public:
  void received(Octets octets) final;
  [[nodiscard]] bool wants_input() const final;
  [[nodiscard]] std::optional<Effect> next_effect() final;
  void tls_started() final;
  void challenge(Octets octets) final;
  using Session::accepted;
  void accepted(std::optional<std::string> final_octets) final;
  void refused(Refusal why) final;
  [[nodiscard]] SteadyTime deadline() const final;
  void tick() final;
  void shut_down() final;

 protected:
  // How long a client may take for one step at least, whatever the
  // configuration says, and how many octets one of its SASL responses may
  // have, decoded.
  struct Bounds {
    Duration wait_min{0};
    std::size_t sasl_octets = 0;
  };
  SessionCore(Configuration configuration, const Clock& clock,
              const Bounds& bounds);

  // Takes the next command, or SASL line, from the front of `input`, and
  // keeps it. False: it is not all there yet.
  [[nodiscard]] virtual bool read(Octets& input) = 0;
  // Does what read() has kept.
  virtual void act() = 0;
  // The answer to the command under way.
  virtual void say(Said what) = 0;
  [[nodiscard]] virtual std::string farewell(Farewell why) const = 0;
  // The next line is a SASL response.
  virtual void expect_line() {}
  // What was known before TLS is forgotten.
  virtual void forget() = 0;
  // What a hand-over says beside what is said here.
  [[nodiscard]] virtual HandOver handed_over() const { return {}; }

  // For act(). False: there have been too many, and the session is over.
  [[nodiscard]] bool begin_command();
  void count_bad();
  void begin_tls();
  void check_password(std::string user_name, std::string password);
  void begin_sasl(std::string_view mechanism,
                  const std::optional<std::string>& initial_base64);
  // A line without CRLF, while expects_sasl_line().
  void read_sasl_line(std::string_view line);
  // What came instead of one ends the exchange, and is answered as its end.
  void refuse_response(Said why);
  void send(std::string octets);
  void bye(Farewell why);
  void close(std::string last_words, std::string_view why);

  [[nodiscard]] bool expects_sasl_line() const {
    return state_ == State::sasl_line || state_ == State::last_line;
  }
  [[nodiscard]] bool may_log_in() const;
  [[nodiscard]] bool offers_starttls() const;
  [[nodiscard]] const Configuration& configuration() const {
    return configuration_;
  }

 private:
  enum class State : std::uint8_t {
    commands,
    tls,
    asked,
    sasl_line,
    last_line,
    over,
  };

  void read_on();
  void move_deadline();
  void refuse_command(Said why);
  void send_challenge(State next, Octets challenge);
  void hand_over();
  [[nodiscard]] std::optional<std::string> decode(std::string_view base64);

  Configuration configuration_;
  const Clock& clock_;
  Bounds bounds_;
  State state_ = State::commands;
  std::string input_;
  std::uint64_t octets_taken_ = 0;
  std::deque<Effect> effects_;
  std::size_t commands_ = 0;
  std::size_t bad_commands_ = 0;
  std::size_t attempts_ = 0;
  SteadyTime deadline_;
};

}  // namespace postkeep::login
