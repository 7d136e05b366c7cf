// An IMAP session before login: greeting, STARTTLS, LOGIN, AUTHENTICATE
// (RFC 9051 section 6.1 and section 6.2, with RFC 3501's forms).
//
// Here:      LoginSession, and the effects it asks for.
// Not here:  who may log in (auth/); after login (imap/session.h); sockets and
//            TLS (role/login.cc, role/access.cc).
// Grammar:   none of its own: imap/framer.h and imap/command.h read.
// Laws:      tests/imap/login_session_test.cc, tests/dialogs/imap.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/octets.h"

namespace postkeep::imap {

// A stranger gets this many commands, of which so many may be wrong, and so
// many attempts to log in; then BYE.
inline constexpr std::size_t login_commands_max = 64;
inline constexpr std::size_t login_bad_commands_max = 5;
inline constexpr std::size_t login_attempts_max = 6;
// RFC 9051 section 5.4 wants the inactivity timer before login no shorter
// than is reasonable: three minutes in all for each step.
inline constexpr std::int64_t login_wait_seconds_max = 3 * 60;
// One SASL answer, decoded: what a line of line_octets_max can hold.
inline constexpr std::size_t sasl_octets_max = 6UL * 1024;
// Read ahead of the command under way; past it reading stops.
inline constexpr std::size_t login_unread_octets_max = 64UL * 1024;

struct LoginConfiguration {
  bool tls = false;  // The connection is under TLS from its start.
  bool offers_starttls = true;
  // Lets LOGIN and AUTHENTICATE through without TLS: loopback only.
  bool plaintext_login = false;
  // SASL mechanisms, in capitals, in the order in which they are offered.
  std::vector<std::string> mechanisms = {"PLAIN"};
};

// Octets for the client.
struct SendOctets {
  std::string octets;
};
// The tagged OK to STARTTLS has been sent just before this. The session has
// taken `octets_taken` octets from its start on: whoever does TLS must have
// passed on no more than that, else the connection is to be closed (octets
// injected before the handshake). Answer with tls_started().
struct BeginTls {
  std::uint64_t octets_taken = 0;
};
// LOGIN. Answer with accepted() or refused().
struct CheckPassword {
  std::string user_name;
  std::string password;
};
// AUTHENTICATE. Answer with challenge(), accepted() or refused().
struct SaslStart {
  std::string mechanism;               // One of the configuration's.
  std::optional<std::string> initial;  // SASL-IR, decoded.
};
struct SaslNext {
  std::string response;  // Decoded.
};
// The client sent "*" or what is not base64: the exchange is over. No answer.
struct SaslCancel {};
// The connection goes to the user's mailbox process, which answers `tag` and
// reads `unread` first. Nothing comes after this.
struct HandOver {
  std::string tag;
  std::string unread;
  bool tls = false;
};
// Close once everything has been sent. Nothing comes after this.
struct CloseConnection {
  std::string_view why;  // For the log, snake_case.
};
using LoginEffect =
    std::variant<SendOctets, BeginTls, CheckPassword, SaslStart, SaslNext,
                 SaslCancel, HandOver, CloseConnection>;

enum class Refusal : std::uint8_t {
  credentials,  // AUTHENTICATIONFAILED: the same for every wrong answer.
  unavailable,  // Nobody could say: try again later.
  too_many,     // Slowed down: this address or account tried too often.
};

class LoginSession {
 public:
  // Starts with the greeting as its first effect.
  LoginSession(LoginConfiguration configuration, const Clock& clock);
  ~LoginSession();
  LoginSession(const LoginSession&) = delete;
  LoginSession& operator=(const LoginSession&) = delete;

  // Octets from the client, borrowed until the call returns.
  void received(Octets octets);
  [[nodiscard]] bool wants_input() const;

  // The next thing to do; nullopt when there is none yet.
  [[nodiscard]] std::optional<LoginEffect> next_effect();

  // Answers to effects.
  void tls_started();
  void challenge(Octets octets);
  // `final_octets`: what the mechanism still says to the client with success
  // (SCRAM's server signature), or nullopt. HandOver follows.
  void accepted(std::optional<std::string> final_octets = std::nullopt);
  void refused(Refusal why);

  [[nodiscard]] SteadyTime deadline() const;
  void tick();
  // The server ends: BYE.
  void shut_down();

 private:
  class Core;
  std::unique_ptr<Core> core_;
};

}  // namespace postkeep::imap
