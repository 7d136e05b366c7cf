// How a client session behaves towards one destination, and how long it waits:
// every limit with its unit and its section of RFC 5321.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"

namespace postkeep::smtp {

// What is asked for, and given, at once.
inline constexpr std::size_t content_piece_octets_max = 64 * 1024;

enum class TlsPolicy : std::uint8_t {
  none,           // STARTTLS is not used, even where it is offered.
  opportunistic,  // Where it is offered. After a handshake that failed the
                  // caller may connect again with `none`.
  required,       // Nothing is said about mail without it. Whether the peer's
                  // certificate is good enough is for whoever starts TLS.
};

struct ClientLimits {
  // Section 4.5.3.1.8: every server takes 100.
  std::uint32_t recipients_max = 100;
  // On one connection; then QUIT.
  std::uint32_t transactions_max = 100;
  // Up to this size a message goes in one flight with its envelope, where
  // PIPELINING and CHUNKING are offered.
  std::uint64_t one_flight_octets_max = content_piece_octets_max;

  Duration greeting_wait = std::chrono::minutes{5};  // Section 4.5.3.2.1.
  Duration hello_wait = std::chrono::minutes{5};
  Duration starttls_wait = std::chrono::minutes{2};
  Duration handshake_wait = std::chrono::minutes{1};
  Duration auth_wait = std::chrono::minutes{5};
  Duration mail_wait = std::chrono::minutes{5};       // Section 4.5.3.2.2.
  Duration rcpt_wait = std::chrono::minutes{5};       // Section 4.5.3.2.3.
  Duration data_wait = std::chrono::minutes{2};       // Section 4.5.3.2.4.
  Duration block_wait = std::chrono::minutes{3};      // Section 4.5.3.2.5.
  Duration data_end_wait = std::chrono::minutes{10};  // Section 4.5.3.2.6.
  Duration reset_wait = std::chrono::seconds{30};
  // A connection without work ends before the server's own 5 minutes do.
  Duration idle_wait = std::chrono::minutes{1};
  // Nobody waits long for a farewell.
  Duration quit_wait = std::chrono::seconds{5};
  // Whatever trickles in: a transaction ends.
  Duration transaction_wait = std::chrono::hours{4};
};

struct ClientOptions {
  std::string hostname = "localhost";  // A Domain, or an address literal.
  bool lmtp = false;                   // RFC 2033.
  TlsPolicy tls = TlsPolicy::opportunistic;
  // For peers that offer what they cannot do.
  bool pipelining = true;
  bool chunking = true;
  // SASL mechanisms in upper case and in the order of preference: mail goes
  // only once one of them has led to a login. Empty: nobody logs in.
  std::vector<std::string> auth_mechanisms;
  // RFC 4954 section 4: no password in the clear, unless the operator says so.
  bool auth_in_the_clear = false;
  ClientLimits limits;
};

}  // namespace postkeep::smtp
