// The laws of tls/connection.h on arbitrary ciphertext. Each returns true when
// it holds. OpenSSL's randomness comes from a seed, so that two connections
// that are told the same say the same.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/octets.h"
#include "sim/sim_random.h"
#include "tls/connection.h"
#include "tls/peer.h"
#include "tls/service.h"

namespace postkeep::tls {

// What became of a connection, from outside.
struct Heard {
  ConnectionState state = ConnectionState::handshaking;
  std::optional<TlsError> error;
  std::uint8_t alert = 0;
  std::vector<Octet> plaintext;
  std::size_t output_octets = 0;
  bool operator==(const Heard&) const = default;
};

inline Service& some_service() {
  static Service service({IdentityKind::ec_256});
  static const bool has_tickets = [] {
    std::array<Octet, ticket_key_octets> key{};
    key.fill(5);
    service.changeable_context().set_ticket_keys(ticket_key(key), {});
    return true;
  }();
  static_cast<void>(has_tickets);
  return service;
}

inline void give_in_pieces(Connection& connection, Octets input,
                           std::size_t piece) {
  while (!input.empty()) {
    const std::size_t size = std::min(piece, input.size());
    connection.received(input.first(size));
    input = input.subspan(size);
  }
}

// What a server hears that is given `input` in pieces after a handshake of
// that version (0: none).
inline Heard hear(int version, Octets input, std::size_t piece) {
  Service& service = some_service();
  sim::SimRandom random(42);
  use_random(random);
  Connection connection(service.context());
  if (version != 0) {
    Peer peer({.version_max = version});
    carry(peer, connection);
  }
  give_in_pieces(connection, input, piece);
  Heard heard{connection.state(), connection.error(), connection.alert(),
              connection.take_plaintext(), connection.output_octets()};
  // After an error nothing more is taken, said or learned.
  if (heard.error) {
    connection.received(input);
    connection.close();
    if (connection.write(octets("x")) ||
        connection.output_octets() != heard.output_octets ||
        connection.error() != heard.error ||
        connection.plaintext_octets() != 0) {
      heard.output_octets = ~std::size_t{0};
    }
  }
  return heard;
}

// The first flight of a client of that version, from the same seed.
inline std::vector<Octet> first_flight(int version) {
  sim::SimRandom random(42);
  static_cast<void>(some_service());
  use_random(random);
  Peer peer({.version_max = version, .server_name = "mail.example.org"});
  return peer.take_output();
}

inline bool law_cuts_do_not_matter(int version, Octets input) {
  const Heard whole = hear(version, input, input.size() + 1);
  return whole == hear(version, input, 1) && whole == hear(version, input, 7);
}

inline bool is_within_bounds(const Heard& heard, Octets input) {
  return heard.plaintext.size() <= input.size() &&
         heard.output_octets <= output_octets_max + 16 * 1024 &&
         (heard.state == ConnectionState::failed) == heard.error.has_value();
}

// What comes out is bounded by what went in, and errors stick.
inline bool law_bounds_hold(int version, Octets input) {
  return is_within_bounds(hear(version, input, 1000), input);
}

// Without having taken part in a handshake nobody's plaintext gets in.
inline bool law_nothing_forged_gets_in(int version, Octets input) {
  return hear(version, input, 1000).plaintext.empty();
}

// All of them, with as few handshakes as can be, for fuzzing.
inline bool laws_hold(int version, Octets input, bool is_forged) {
  const Heard whole = hear(version, input, input.size() + 1);
  return whole == hear(version, input, 1 + input.size() / 5) &&
         is_within_bounds(whole, input) &&
         (!is_forged || whole.plaintext.empty());
}

}  // namespace postkeep::tls
