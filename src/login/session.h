// A session before login, whatever its protocol: what it asks of those who have
// the socket, the TLS and the passwords.
//
// Here:      Session, the effects it asks for, Configuration.
// Not here:  the protocols (imap/login_session.h, pop3/login_session.h); what
//            they have in common (login/session_core.h); role/login.cc.
// Grammar:   none.
// Laws:      proptests/imap/login_session_laws.h, and pop3's of that name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/octets.h"

namespace postkeep::login {

// A stranger gets this many commands, of which so many may be wrong, and so
// many attempts to log in; then the connection ends.
inline constexpr std::size_t commands_max = 64;
inline constexpr std::size_t bad_commands_max = 5;
inline constexpr std::size_t attempts_max = 6;
// Read ahead of the command under way; past it reading stops.
inline constexpr std::size_t unread_octets_max = 64UL * 1024;

struct Configuration {
  bool tls = false;  // The connection is under TLS from its start.
  bool offers_starttls = true;
  // Lets passwords through without TLS: loopback only.
  bool plaintext_login = false;
  // SASL mechanisms, in capitals, in the order in which they are offered.
  std::vector<std::string> mechanisms = {"PLAIN"};
  // How long a client may take for its next command or SASL response, where
  // the protocol asks for no more.
  Duration wait = std::chrono::minutes(3);
};

// Octets for the client.
struct SendOctets {
  std::string octets;
};
// The answer to STARTTLS or STLS has been sent just before this. The session
// has taken `octets_taken` octets from its start on: whoever does TLS must have
// passed on no more than that, else the connection is to be closed (octets
// injected before the handshake). Answer with tls_started().
struct BeginTls {
  std::uint64_t octets_taken = 0;
};
// A name and a password. Answer with accepted() or refused().
struct CheckPassword {
  std::string user_name;
  std::string password;
};
// A SASL exchange. Answer with challenge(), accepted() or refused().
struct SaslStart {
  std::string mechanism;               // One of the configuration's.
  std::optional<std::string> initial;  // The initial response, decoded.
};
struct SaslNext {
  std::string response;  // Decoded.
};
// The client sent "*" or what is not base64: the exchange is over. No answer.
struct SaslCancel {};
// The connection goes to the user's mailbox process, which gives the answer of
// success and reads `unread` first. Nothing comes after this.
struct HandOver {
  std::string tag;  // IMAP's: of the command to be answered.
  std::string unread;
  bool tls = false;
  bool utf8 = false;  // POP3's: UTF8 was asked for (RFC 6856 section 2.1).
};
// Close once everything has been sent. Nothing comes after this.
struct CloseConnection {
  std::string_view why;  // For the log, snake_case.
};
using Effect = std::variant<SendOctets, BeginTls, CheckPassword, SaslStart,
                            SaslNext, SaslCancel, HandOver, CloseConnection>;

enum class Refusal : std::uint8_t {
  credentials,  // The same for every wrong answer.
  unavailable,  // Nobody could say: try again later.
  too_many,     // Slowed down: this address or account tried too often.
};

// It does no I/O, and begins with the greeting as its first effect.
class Session {
 public:
  virtual ~Session() = default;

  // Octets from the client, borrowed until the call returns.
  virtual void received(Octets octets) = 0;
  [[nodiscard]] virtual bool wants_input() const = 0;

  // The next thing to do; nullopt when there is none yet.
  [[nodiscard]] virtual std::optional<Effect> next_effect() = 0;

  // Answers to effects.
  virtual void tls_started() = 0;
  virtual void challenge(Octets octets) = 0;
  // `final_octets`: what the mechanism still says to the client with success
  // (SCRAM's server signature), or nullopt. HandOver follows.
  virtual void accepted(std::optional<std::string> final_octets) = 0;
  void accepted() { accepted(std::nullopt); }
  virtual void refused(Refusal why) = 0;

  [[nodiscard]] virtual SteadyTime deadline() const = 0;
  virtual void tick() = 0;
  // The server ends.
  virtual void shut_down() = 0;
};

}  // namespace postkeep::login
