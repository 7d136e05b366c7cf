// A client's connection between access, which has the socket and the TLS, and
// login, which speaks the protocol over a local socket pair.
//
// Here:      ConnectionOpened … ConnectionClosed.
// Not here:  the octets themselves: they run through the pair.
// Grammar:   ipc/wire.h.
// Laws:      proptests/ipc/message_laws.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ipc/kind.h"
#include "ipc/wire.h"

namespace postkeep::ipc {

// What a session may say of its TLS.
struct TlsFacts {
  bool on = false;
  std::string protocol;  // "TLSv1.3".
  std::string cipher;
  std::uint32_t bits = 0;        // Of the cipher.
  std::vector<Octet> exporter;   // RFC 9266, TLS 1.3 alone.
  std::vector<Octet> end_point;  // RFC 5929.

  template <class Wire>
  void fields(Wire& wire) {
    wire(on);
    wire(protocol, 64);
    wire(cipher, 128);
    wire(bits);
    wire(exporter, 64);
    wire(end_point, 64);
  }
};

// access → login, with one descriptor: login's end of the pair.
struct ConnectionOpened {
  static constexpr Kind kind = Kind::connection_opened;

  std::uint64_t connection = 0;
  std::string session;
  std::string peer;
  std::string service;  // "imap", "pop3".
  TlsFacts tls;

  template <class Wire>
  void fields(Wire& wire) {
    wire(connection);
    wire(session, name_octets_max);
    wire(peer, name_octets_max);
    wire(service, name_octets_max);
    tls.fields(wire);
  }
};

// login → access: once the client has been sent the `octets_sent` octets that
// login has written so far, send it `last` and start TLS. (Were `last` sent
// through the pair, the client could answer it before this message is here.)
// `octets_read` is how many login has read: has access passed on more, the
// client talked past STARTTLS and is dropped.
struct ConnectionStartTls {
  static constexpr Kind kind = Kind::connection_start_tls;

  std::uint64_t connection = 0;
  std::uint64_t octets_read = 0;
  std::uint64_t octets_sent = 0;
  std::string last;  // The answer to STARTTLS, to be sent in the clear.

  template <class Wire>
  void fields(Wire& wire) {
    wire(connection);
    wire(octets_read);
    wire(octets_sent);
    wire(last, text_octets_max);
  }
};

// access → login: TLS is up.
struct ConnectionTlsStarted {
  static constexpr Kind kind = Kind::connection_tls_started;

  std::uint64_t connection = 0;
  TlsFacts tls;

  template <class Wire>
  void fields(Wire& wire) {
    wire(connection);
    tls.fields(wire);
  }
};

}  // namespace postkeep::ipc
