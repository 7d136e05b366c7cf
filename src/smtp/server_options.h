// What a server offers and how much it bears: every limit of a session, with
// its unit and its section of RFC 5321.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"

namespace postkeep::smtp {

enum class Service : std::uint8_t {
  mx,           // Port 25: mail from strangers, STARTTLS offered.
  submission,   // Port 587: STARTTLS and AUTH wanted (RFC 6409).
  submissions,  // Port 465: TLS from the first octet (RFC 8314 section 3.3).
  lmtp,         // Another server of this site hands mail over (RFC 2033).
};

// Those who submit must say who they are.
[[nodiscard]] constexpr bool wants_login(Service service) {
  return service == Service::submission || service == Service::submissions;
}

struct ServerLimits {
  std::uint64_t message_octets_max = 50ULL * 1024 * 1024;  // RFC 1870.
  std::uint32_t recipients_max = 1000;    // Section 4.5.3.1.8: at least 100.
  std::uint32_t transactions_max = 1000;  // RFC 9422 section 5.1: MAILMAX.
  // Commands of one session in all.
  std::uint32_t commands_max = 20000;
  // Answers 4xx and 5xx to commands and recipients in one session.
  std::uint32_t errors_max = 20;
  // NOOP, RSET, VRFY, EHLO ... since the last message: the next is an error.
  std::uint32_t idle_commands_max = 100;
  std::uint32_t chunks_max = 100000;       // BDAT commands of one message.
  std::uint32_t auth_attempts_max = 3;     // RFC 4954 section 4: failed ones.
  std::uint32_t received_fields_max = 50;  // Section 6.3: loops.
  // What waits unread while an answer is awaited: past it 421.
  std::uint32_t unread_octets_max = 256 * 1024;
  // Past the size limit a message is read to its end, up to this many octets.
  std::uint64_t refused_octets_max = 100ULL * 1024 * 1024;

  // Section 4.5.3.2.7: "at least 5 minutes" for the next command, counted
  // from the last answer to the end of the command, not from octet to octet.
  Duration command_wait = std::chrono::minutes{5};
  // The same before EHLO.
  Duration first_command_wait = std::chrono::minutes{5};
  // A message may take this long, and as long again for each data_octets_min.
  Duration data_wait = std::chrono::minutes{5};
  std::uint64_t data_octets_min = 64 * 1024;
  // Our own roles: what they do not answer in time is 4xx.
  Duration answer_wait = std::chrono::seconds{60};
  Duration durable_wait = std::chrono::minutes{5};
  Duration tls_wait = std::chrono::seconds{60};
  // In all, whatever is said: a session ends between two transactions.
  Duration session_wait = std::chrono::hours{1};
};

struct ServerOptions {
  std::string hostname = "localhost";  // A Domain.
  Service service = Service::mx;
  bool starttls = true;  // There is a certificate. Not for `submissions`.
  bool smtputf8 = true;
  bool chunking = true;
  bool binarymime = true;
  bool dsn = true;
  bool limits_keyword = true;  // RFC 9422.
  // Whether there is a way to other hosts: then recipients elsewhere are taken
  // from logins, and on port 25 from trusted peers; from nobody else.
  bool relays = false;
  // SASL mechanisms in the order of preference; offered under TLS only.
  // Empty: AUTH is not offered.
  std::vector<std::string> auth_mechanisms;
  ServerLimits limits;
};

}  // namespace postkeep::smtp
