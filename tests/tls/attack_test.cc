// tls/connection.h against clients that do not keep the protocol.
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <string>
#include <vector>

#include "tls/connection.h"
#include "tls/peer.h"
#include "tls/service.h"

using namespace postkeep;
using namespace postkeep::tls;

namespace {

std::vector<Octet> record(Octet type, const std::vector<Octet>& body) {
  std::vector<Octet> octets{type, 3, 3, static_cast<Octet>(body.size() >> 8),
                            static_cast<Octet>(body.size() & 0xff)};
  octets.insert(octets.end(), body.begin(), body.end());
  return octets;
}

class TlsAttack : public testing::Test {
 protected:
  // What becomes of a connection that is sent these octets first.
  std::optional<TlsError> error_after(Octets octets) {
    Connection connection(service_.context());
    connection.received(octets);
    return connection.error();
  }

  Service service_{{IdentityKind::ec_256}};
};

TEST_F(TlsAttack, plain_text_is_not_tls) {
  for (const char* text :
       {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "EHLO client.example\r\n",
        "a001 LOGIN u p\r\n", "CONNECT a:1 HTTP/1.1\r\n\r\n"}) {
    EXPECT_EQ(error_after(octets(text)), TlsError::not_tls) << text;
  }
}

TEST_F(TlsAttack, nothing_older_than_tls_1_2_is_spoken) {
  for (const int version : {TLS1_VERSION, TLS1_1_VERSION}) {
    Connection connection(service_.context());
    Peer peer({.version_min = version,
               .version_max = version,
               .ciphers = "DEFAULT@SECLEVEL=0"});
    carry(peer, connection);
    EXPECT_EQ(connection.error(), TlsError::version_unsupported);
    EXPECT_EQ(peer.alert(), SSL_AD_PROTOCOL_VERSION);
  }
}

TEST_F(TlsAttack, no_key_exchange_without_forward_secrecy) {
  Service service({IdentityKind::rsa_2048});
  Connection connection(service.context());
  Peer peer({.version_max = TLS1_2_VERSION, .ciphers = "AES128-GCM-SHA256"});
  carry(peer, connection);
  EXPECT_EQ(connection.error(), TlsError::nothing_in_common);
  EXPECT_EQ(peer.alert(), SSL_AD_HANDSHAKE_FAILURE);
  EXPECT_EQ(service.signatures, 0);
}

TEST_F(TlsAttack, sha_1_signatures_are_not_given) {
  Connection connection(service_.context());
  Peer peer({.version_max = TLS1_2_VERSION, .signature_schemes = "ECDSA+SHA1"});
  carry(peer, connection);
  EXPECT_EQ(connection.error(), TlsError::nothing_in_common);
}

TEST_F(TlsAttack, renegotiation_ends_the_connection) {
  Connection connection(service_.context());
  Peer peer({.version_max = TLS1_2_VERSION});
  carry(peer, connection);
  ASSERT_EQ(connection.state(), ConnectionState::open);
  peer.renegotiate();
  connection.received(peer.take_output());
  EXPECT_EQ(connection.error(), TlsError::renegotiation_refused);
  EXPECT_EQ(service_.signatures, 1);
  EXPECT_FALSE(connection.write(octets("anything")));
}

TEST_F(TlsAttack, a_client_hello_of_megabytes_is_cut_off_early) {
  // A handshake message of type 1 that says it has 16 MB, in full records.
  std::vector<Octet> hello{1, 0xff, 0xff, 0xff, 3, 3};
  hello.resize(16384, 'x');
  const std::vector<Octet> first = record(22, hello);
  EXPECT_TRUE(error_after(first).has_value());
  // And one that stays within what OpenSSL would still gather: 100,000.
  hello[1] = 1;
  hello[2] = 0x86;
  hello[3] = 0xa0;
  Connection connection(service_.context());
  std::size_t sent = 0;
  for (int i = 0; i < 6 && !connection.error(); ++i) {
    connection.received(record(22, hello));
    sent += hello.size();
  }
  EXPECT_EQ(connection.error(), TlsError::handshake_too_long);
  EXPECT_LE(sent, 2 * handshake_octets_max);
}

TEST_F(TlsAttack, empty_records_do_not_keep_a_handshake_alive) {
  Connection connection(service_.context());
  const std::vector<Octet> empty = record(22, {});
  for (int i = 0; i < 10'000 && !connection.error(); ++i)
    connection.received(empty);
  EXPECT_TRUE(connection.error().has_value());
}

TEST_F(TlsAttack, a_hello_in_records_of_one_octet_is_a_hello) {
  Connection connection(service_.context());
  Peer peer({});
  const std::vector<Octet> hello = peer.take_output();
  for (std::size_t i = 5; i < hello.size(); ++i)
    connection.received(record(22, {hello[i]}));
  EXPECT_EQ(connection.error(), std::nullopt);
  carry(peer, connection);
  EXPECT_EQ(connection.state(), ConnectionState::open);
}

TEST_F(TlsAttack, a_spoilt_record_ends_it_with_an_alert) {
  Connection connection(service_.context());
  Peer peer({});
  carry(peer, connection);
  peer.write(octets("hello"));
  std::vector<Octet> sealed = peer.take_output();
  sealed.back() ^= 1;
  connection.received(sealed);
  EXPECT_EQ(connection.error(), TlsError::malformed);
  EXPECT_EQ(connection.alert(), SSL_AD_BAD_RECORD_MAC);
  EXPECT_EQ(connection.plaintext_octets(), 0U);
  peer.received(connection.take_output());
  EXPECT_EQ(peer.alert(), SSL_AD_BAD_RECORD_MAC);
  // It stays so, whatever comes.
  connection.received(sealed);
  connection.close();
  EXPECT_EQ(connection.state(), ConnectionState::failed);
  EXPECT_EQ(connection.output_octets(), 0U);
}

TEST_F(TlsAttack, a_record_sent_twice_is_no_second_message) {
  Connection connection(service_.context());
  Peer peer({});
  carry(peer, connection);
  peer.write(octets("once"));
  const std::vector<Octet> sealed = peer.take_output();
  connection.received(sealed);
  connection.received(sealed);
  EXPECT_EQ(connection.error(), TlsError::malformed);
  EXPECT_EQ(connection.take_plaintext().size(), 4U);
}

TEST_F(TlsAttack, plain_text_after_the_handshake_is_refused) {
  Connection connection(service_.context());
  Peer peer({});
  carry(peer, connection);
  connection.received(octets("MAIL FROM:<a@example.org>\r\n"));
  EXPECT_EQ(connection.state(), ConnectionState::failed);
  EXPECT_EQ(connection.plaintext_octets(), 0U);
}

TEST_F(TlsAttack, an_alert_is_heard) {
  Connection connection(service_.context());
  Peer peer({});
  connection.received(peer.take_output());
  const std::vector<Octet> alert =
      record(21, {2, SSL_AD_UNKNOWN_CA});  // Fatal, in clear.
  connection.received(alert);
  EXPECT_EQ(connection.error(), TlsError::alert_received);
  EXPECT_EQ(connection.alert(), SSL_AD_UNKNOWN_CA);
}

TEST_F(TlsAttack, key_updates_without_reading_do_not_fill_memory) {
  Connection connection(service_.context());
  Peer peer({});
  carry(peer, connection);
  int updates = 0;
  while (!connection.error() && updates < 100'000) {
    peer.update_keys(true);
    connection.received(peer.take_output());
    updates += 1;
  }
  EXPECT_TRUE(connection.error().has_value());
  EXPECT_LE(connection.output_octets(), output_octets_max + 4096);
}

TEST_F(TlsAttack, keys_that_do_not_answer_fail_the_handshake_alone) {
  for (const bool spoils : {false, true}) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
      service_.spoils = spoils;
      if (!spoils) service_.trouble = Trouble::timed_out;
      Connection connection(service_.context());
      Peer peer({.version_max = version});
      carry(peer, connection);
      EXPECT_EQ(connection.error(), TlsError::signing_failed);
      EXPECT_FALSE(peer.is_open());
      service_.trouble.reset();
      service_.spoils = false;
      Connection next(service_.context());
      Peer next_peer({});
      carry(next_peer, next);
      EXPECT_EQ(next.state(), ConnectionState::open);
    }
  }
}

TEST_F(TlsAttack, rsa_keys_that_do_not_answer_fail_the_handshake_alone) {
  Service service({IdentityKind::rsa_2048});
  for (const bool spoils : {false, true}) {
    service.spoils = spoils;
    if (!spoils) service.trouble = Trouble::closed;
    Connection connection(service.context());
    Peer peer({});
    carry(peer, connection);
    EXPECT_EQ(connection.error(), TlsError::signing_failed);
    service.trouble.reset();
  }
}

TEST(TlsErrors, all_have_names) {
  for (int i = 0; i <= static_cast<int>(TlsError::other); ++i)
    EXPECT_FALSE(name(static_cast<TlsError>(i)).empty());
}

}  // namespace
