// The states of a client session and the events that move it.
#pragma once

#include <cstdint>
#include <string_view>

namespace postkeep::smtp {

enum class ClientState : std::uint8_t {
  connected,  // Not started.
  greeting,   // Awaits: the 220 of the server.
  ehlo,       // Awaits: the reply to EHLO or LHLO.
  helo,       // Awaits: the reply to HELO.
  starttls,   // Awaits: the reply to STARTTLS.
  tls_wait,   // The role was told to start TLS.
  auth_wait,  // The role was asked about a SASL step.
  auth,       // Awaits: the reply to AUTH or to a response.
  ready,      // Mail may be delivered.
  gather,     // Awaits: content, all of it, before a word is said.
  reset,      // Awaits: the reply to RSET.
  mail,       // Awaits: the reply to MAIL.
  rcpt,       // Awaits: the reply to a RCPT.
  data,       // Awaits: the reply to DATA.
  content,    // Awaits: content, piece by piece.
  end,        // Awaits: the reply, or LMTP's replies, to the content.
  quit,       // Awaits: the reply to QUIT.
  closed,     // Nothing more is read or said.
};

enum class ClientEvent : std::uint8_t {
  started,
  // Replies, by their first digit.
  positive,      // 2yz
  intermediate,  // 3yz
  transient,     // 4yz
  permanent,     // 5yz
  closing,       // 421, whatever was asked.
  malformed,     // What is no reply, or never ends.
  // The role.
  tls_started,
  tls_failed,
  sasl_answer,
  deliver,
  content,
  content_lost,
  quit,
  // The connection and time.
  peer_closed,
  timeout,
};

[[nodiscard]] std::string_view name(ClientState state);
[[nodiscard]] std::string_view name(ClientEvent event);

// A set of states, one bit for each.
using ClientStates = std::uint32_t;
[[nodiscard]] constexpr ClientStates one(ClientState state) {
  return ClientStates{1} << static_cast<unsigned>(state);
}
[[nodiscard]] constexpr bool contains(ClientStates states, ClientState state) {
  return (states & one(state)) != 0;
}

// A set of events.
using ClientEvents = std::uint32_t;
[[nodiscard]] constexpr ClientEvents one(ClientEvent event) {
  return ClientEvents{1} << static_cast<unsigned>(event);
}
[[nodiscard]] constexpr bool contains(ClientEvents events, ClientEvent event) {
  return (events & one(event)) != 0;
}

// One row of the table: what each of `events` leads to in each state of `from`;
// any row may also end in `closed`. An answer of the role without a row came
// too late and changes nothing.
struct ClientTransition {
  ClientStates from;
  ClientEvents events;
  ClientStates to;          // Empty: the state stays as it is.
  std::string_view member;  // Of ClientSession: what is done.
};

}  // namespace postkeep::smtp
