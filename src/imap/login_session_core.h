// The inside of LoginSession: its state, and what each event does to it.
//
// Here:      LoginSession::Core.
// Not here:  what it promises (imap/login_session.h).
// Grammar:   imap/framer.h, imap/command.h, crypto/base64.h.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "imap/command.h"
#include "imap/framer.h"
#include "imap/login_session.h"
#include "imap/responses.h"

namespace postkeep::imap {

// States, and who leaves them:
//   commands      received(): to asked, sasl_line, tls or over
//   tls           tls_started(): to commands
//   asked         challenge(): to sasl_line; refused(): to commands;
//                 accepted(): to over, or to last_line with final octets
//   sasl_line     received(): to asked; "*" or no base64: to commands
//   last_line     received(): an empty answer, to over; else to commands
//   over          never: HandOver or CloseConnection was asked for
class LoginSession::Core {
 public:
  Core(LoginConfiguration configuration, const Clock& clock);

  void received(Octets octets);
  [[nodiscard]] bool wants_input() const;
  [[nodiscard]] std::optional<LoginEffect> next_effect();
  void tls_started();
  void challenge(Octets octets);
  void accepted(const std::optional<std::string>& final_octets);
  void refused(Refusal why);
  [[nodiscard]] SteadyTime deadline() const;
  void tick();
  void shut_down();

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
  void read_event(FramerEvent&& event);
  void read_frame(Frame&& frame);
  void read_line(const std::string& line);
  void refuse_response(std::string_view text);
  void answer(Command&& command);
  void bad_command(const BadCommand& bad);
  void refuse(const Refused& refused);

  void start_tls();
  void log_in(const Login& login);
  void authenticate(const Authenticate& request);
  [[nodiscard]] std::optional<std::string> decode(std::string_view base64);
  void expect_sasl_line(State state, Octets challenge);

  void send(std::string octets);
  void tagged(Condition condition, std::string_view code,
              std::string_view text);
  void count_bad();
  void bye(std::string_view text, std::string_view why);
  void hand_over();
  [[nodiscard]] bool may_log_in() const;
  [[nodiscard]] std::string capabilities() const;

  LoginConfiguration configuration_;
  const Clock& clock_;
  Framer framer_;
  State state_ = State::commands;
  std::string tag_;  // Of the command under way.
  std::string input_;
  std::uint64_t octets_taken_ = 0;
  std::deque<LoginEffect> effects_;
  std::size_t commands_ = 0;
  std::size_t bad_commands_ = 0;
  std::size_t attempts_ = 0;
  SteadyTime deadline_;
};

}  // namespace postkeep::imap
