// After prepare(), TLS and password hashing make no system call that a closed
// door forbids: no file is opened, no library loaded.
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <seccomp.h>

#include <cstdlib>

#include "crypto/argon2id.h"
#include "crypto/hash.h"
#include "tls/client_context.h"
#include "tls/connection.h"
#include "tls/peer.h"
#include "tls/service.h"

#if defined(__SANITIZE_ADDRESS__)
#define POSTKEEP_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POSTKEEP_SANITIZED 1
#endif
#endif

using namespace postkeep;
using namespace postkeep::tls;

namespace {

// Memory and randomness, and saying how it went.
void close_door() {
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
  for (const int call :
       {SCMP_SYS(write), SCMP_SYS(futex), SCMP_SYS(brk), SCMP_SYS(munmap),
        SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(getrandom),
        SCMP_SYS(getpid), SCMP_SYS(exit_group), SCMP_SYS(clock_gettime)}) {
    if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0) != 0) std::_Exit(2);
  }
  const scmp_arg_cmp not_executable{2, SCMP_CMP_MASKED_EQ, 4, 0};
  if (seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
                             &not_executable) != 0 ||
      seccomp_load(filter) != 0) {
    std::_Exit(2);
  }
}

void shake_hands_behind_the_door() {
  Service service({IdentityKind::ec_256, IdentityKind::rsa_2048});
  service.settings.protocols = {"imap"};
  static_cast<void>(service.context());
  std::array<Octet, ticket_key_octets> key{};
  service.changeable_context().set_ticket_keys(ticket_key(key), {});
  const auto made = ClientContext::make(
      {.authorities_pem = service.settings.certificates[0].chain_pem +
                          service.settings.certificates[1].chain_pem});
  if (!made) std::_Exit(7);
  const ClientContext& mine = *made;
  const WallTime now =
      std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
  crypto::prepare();
  close_door();
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    for (const char* scheme : {"ECDSA+SHA256", "RSA-PSS+SHA256"}) {
      for (const char* protocol : {"imap", "ftp"}) {
        Connection connection(service.context());
        Peer peer({.version_max = version,
                   .server_name = "mail.example.org",
                   .protocols = {protocol},
                   .signature_schemes = scheme});
        carry(peer, connection);
        if (peer.is_open()) peer.write(octets("hello"));
        carry(peer, connection);
        if (connection.state() == ConnectionState::open &&
            !connection.write(octets("hello"))) {
          std::_Exit(3);
        }
        connection.received(octets("not TLS at all"));
        if (!connection.error()) std::_Exit(4);
      }
    }
  }
  for (const CertificateCheck check :
       {CertificateCheck::none, CertificateCheck::authority}) {
    Connection server(service.context());
    Connection client(mine, {.server_name = "mail.example.org",
                             .check = check,
                             .names = {"mail.example.org"},
                             .now = now});
    for (int round = 0; round < 4; ++round) {
      server.received(client.take_output());
      client.received(server.take_output());
    }
    if (client.state() != ConnectionState::open) std::_Exit(6);
  }
  if (!crypto::argon2id(octets("password"), {}, {1, 1024})) std::_Exit(5);
  std::_Exit(0);
}

TEST(TlsDoorDeathTest, nothing_is_opened_behind_it) {
#ifdef POSTKEEP_SANITIZED
  GTEST_SKIP() << "sanitizers make system calls of their own";
#endif
  EXPECT_EXIT(shake_hands_behind_the_door(), testing::ExitedWithCode(0), "");
}

}  // namespace
