// An IMAP session before login: greeting, STARTTLS, LOGIN, AUTHENTICATE
// (RFC 9051 section 6.1 and section 6.2, with RFC 3501's forms).
//
// Here:      LoginSession.
// Not here:  the effects it asks for (login/session.h); what it shares with
//            other protocols (login/session_core.h); after login
//            (imap/session.h).
// Grammar:   none of its own: imap/framer.h and imap/command.h read.
// Laws:      tests/imap/login_session_test.cc, tests/dialogs/imap.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "imap/command.h"
#include "imap/framer.h"
#include "imap/responses.h"
#include "login/session_core.h"

namespace postkeep::imap {

// One SASL answer, decoded: what a line of line_octets_max can hold.
inline constexpr std::size_t sasl_octets_max = 6UL * 1024;

class LoginSession final : public login::SessionCore {
 public:
  LoginSession(login::Configuration configuration, const Clock& clock);

 private:
  bool read(Octets& input) override;
  void act() override;
  void say(login::Said what) override;
  std::string farewell(login::Farewell why) const override;
  void expect_line() override { framer_.expect_line(); }
  void forget() override { framer_ = Framer(limits_before_login()); }
  login::HandOver handed_over() const override;

  void read_frame(Frame&& frame);
  void literal_asked(const LiteralAsked& asked);
  void answer(Command&& command);
  void log_out();
  void bad_command(const BadCommand& bad);
  void refuse(const Refused& refused);
  void tagged(Condition condition, std::string_view code,
              std::string_view text);
  [[nodiscard]] std::string capabilities() const;

  Framer framer_;
  std::expected<std::optional<FramerEvent>, FrameError> event_;
  std::string tag_;  // Of the command under way.
};

}  // namespace postkeep::imap
