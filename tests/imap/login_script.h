// Scripts for a session before login: what a client says and what the server
// around it answers, at any moment, for properties and fuzzing.
//
// Here:      LoginEvent, LoginScript, run_login_script(), read_login_script().
// Not here:  what must hold (proptests/imap/login_session_laws.h).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "imap/login_session.h"

namespace postkeep::imap {

enum class LoginHappening : std::uint8_t {
  say,
  refuse,            // The credentials are wrong.
  challenge,         // The mechanism goes on.
  accept,            // Logged in.
  accept_with_more,  // The same, with what the mechanism still says.
  start_tls,         // The handshake is done.
  pass,              // 31 seconds pass.
  shut_down,
};

struct LoginEvent {
  LoginHappening what = LoginHappening::say;
  std::string octets;
};
using LoginScript = std::vector<LoginEvent>;

// What the session asked for, with what was answered it in between; octets
// sent one after the other are one SendOctets.
using LoginStep = std::variant<login::Effect, LoginHappening>;
using LoginOutcome = std::vector<LoginStep>;

// Of which protocol the session is.
using LoginMaker = std::unique_ptr<login::Session> (*)(
    const login::Configuration& configuration, const Clock& clock);
[[nodiscard]] std::unique_ptr<login::Session> make_imap_login(
    const login::Configuration& configuration, const Clock& clock);

// `octets_at_once`: how the network cuts what is said.
[[nodiscard]] LoginOutcome run_login_script(
    const login::Configuration& configuration, const LoginScript& script,
    std::size_t octets_at_once, LoginMaker make = make_imap_login);

// A script out of any octets: from 0xF8 on they stand for happenings.
[[nodiscard]] LoginScript read_login_script(Octets octets);

// One line a step, for comparison and for people.
[[nodiscard]] std::string text(const LoginOutcome& outcome);

}  // namespace postkeep::imap
