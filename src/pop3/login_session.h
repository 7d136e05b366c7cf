// A POP3 session before login: the AUTHORIZATION state (RFC 1939 section 4),
// with STLS (RFC 2595), AUTH (RFC 5034) and UTF8 (RFC 6856).
//
// Here:      LoginSession.
// Not here:  the effects it asks for (login/session.h); what it shares with
//            other protocols (login/session_core.h); after login
//            (pop3/session.h).
// Grammar:   none of its own: pop3/line.h and pop3/command.h read.
// Laws:      tests/pop3/login_session_test.cc, tests/dialogs/pop3.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "login/session_core.h"
#include "pop3/command.h"
#include "pop3/line.h"
#include "pop3/responses.h"

namespace postkeep::pop3 {

// RFC 1939 section 3: an autologout timer MUST be of at least ten minutes.
inline constexpr std::int64_t login_wait_seconds_min = 10 * 60;
// One SASL response, decoded: what a line of sasl_line_octets_max can hold.
inline constexpr std::size_t sasl_octets_max = sasl_line_octets_max / 4 * 3;

class LoginSession final : public login::SessionCore {
 public:
  LoginSession(login::Configuration configuration, const Clock& clock);

 private:
  bool read(Octets& input) override;
  void act() override;
  void say(login::Said what) override;
  std::string farewell(login::Farewell why) const override;
  void forget() override;
  login::HandOver handed_over() const override;

  void read_line(const std::string& line);
  void refuse_line(LineError error);
  void answer(const Command& command);
  void answer_user(const User& user);
  void answer_pass(const Pass& pass);
  void answer_utf8();
  void ok(std::string_view text);
  void error(ResponseCode code, std::string_view text);
  void wrong(std::string_view text);

  LineReader lines_;
  std::expected<std::optional<std::string>, LineError> line_;
  std::optional<std::string> user_;  // USER's, until the next command.
  bool utf8_ = false;
};

}  // namespace postkeep::pop3
