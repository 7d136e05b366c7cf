// tls/connection.h against a client that keeps the protocol.
#include "tls/connection.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <string>
#include <vector>

#include "tls/peer.h"
#include "tls/service.h"

using namespace postkeep;
using namespace postkeep::tls;

namespace {

std::string text_of(const std::vector<Octet>& octets) {
  return {octets.begin(), octets.end()};
}

void expect_both_ways(Peer& peer, Connection& connection) {
  peer.write(octets("to the server"));
  ASSERT_TRUE(connection.write(octets("to the client")));
  carry(peer, connection);
  EXPECT_EQ(text_of(connection.take_plaintext()), "to the server");
  EXPECT_EQ(peer.plaintext(), "to the client");
}

TEST(TlsConnection, tls_1_3_with_an_ec_key_that_is_elsewhere) {
  Service service({IdentityKind::ec_256});
  Connection connection(service.context());
  Peer peer({.server_name = "mail.example.org"});
  carry(peer, connection);
  ASSERT_TRUE(peer.is_open());
  ASSERT_EQ(connection.state(), ConnectionState::open);
  EXPECT_EQ(service.signatures, 1);
  const ConnectionInfo info = connection.info();
  EXPECT_EQ(info.version, "TLSv1.3");
  EXPECT_EQ(info.cipher, "TLS_AES_256_GCM_SHA384");
  EXPECT_EQ(info.bits, 256U);
  EXPECT_EQ(info.server_name, "mail.example.org");
  EXPECT_EQ(info.protocol, "");
  EXPECT_FALSE(info.resumed);
  expect_both_ways(peer, connection);
}

TEST(TlsConnection, every_kind_of_key_in_both_versions) {
  for (const IdentityKind kind :
       {IdentityKind::ec_256, IdentityKind::ec_384, IdentityKind::rsa_2048}) {
    Service service({kind});
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
      Connection connection(service.context());
      Peer peer({.version_max = version});
      carry(peer, connection);
      ASSERT_EQ(connection.state(), ConnectionState::open);
      EXPECT_EQ(connection.info().version,
                version == TLS1_2_VERSION ? "TLSv1.2" : "TLSv1.3");
      expect_both_ways(peer, connection);
    }
  }
}

TEST(TlsConnection, rsa_signs_with_either_padding) {
  Service service({IdentityKind::rsa_2048});
  for (const char* scheme : {"RSA+SHA256", "RSA+SHA384", "RSA+SHA512",
                             "RSA-PSS+SHA256", "RSA-PSS+SHA512"}) {
    Connection connection(service.context());
    Peer peer({.version_max = TLS1_2_VERSION, .signature_schemes = scheme});
    carry(peer, connection);
    EXPECT_EQ(connection.state(), ConnectionState::open) << scheme;
  }
}

TEST(TlsConnection, the_client_chooses_among_kinds_of_key) {
  Service service({IdentityKind::ec_256, IdentityKind::rsa_2048});
  for (const char* ciphers :
       {"ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256"}) {
    Connection connection(service.context());
    Peer peer({.version_max = TLS1_2_VERSION,
               .server_name = "mail.example.org",
               .ciphers = ciphers});
    carry(peer, connection);
    ASSERT_EQ(connection.state(), ConnectionState::open) << ciphers;
    EXPECT_EQ(connection.channel_bindings().server_end_point,
              peer.certificate_sha256());
  }
}

TEST(TlsConnection, octets_may_come_one_by_one) {
  Service service({IdentityKind::ec_256});
  Connection connection(service.context());
  Peer peer({});
  carry(peer, connection, 1);
  ASSERT_EQ(connection.state(), ConnectionState::open);
  peer.write(octets(std::string(40'000, 'x')));
  carry(peer, connection, 1);
  EXPECT_EQ(connection.plaintext_octets(), 40'000U);
}

TEST(TlsConnection, much_plaintext_arrives_whole) {
  Service service({IdentityKind::ec_256});
  Connection connection(service.context());
  Peer peer({});
  carry(peer, connection);
  const std::string text(1'000'000, 'y');
  peer.write(octets(text));
  ASSERT_TRUE(connection.write(octets(text)));
  carry(peer, connection);
  EXPECT_TRUE(text_of(connection.take_plaintext()) == text);
  EXPECT_TRUE(peer.plaintext() == text);
}

TEST(TlsConnection, a_full_output_takes_nothing_more) {
  Service service({IdentityKind::ec_256});
  Connection connection(service.context());
  EXPECT_FALSE(connection.write(octets("too early")));
  Peer peer({});
  carry(peer, connection);
  EXPECT_TRUE(connection.write({}));
  EXPECT_EQ(connection.output_octets(), 0U);
  ASSERT_TRUE(connection.write(octets(std::string(output_octets_max, 'x'))));
  EXPECT_FALSE(connection.write(octets("more")));
  carry(peer, connection);
  EXPECT_TRUE(connection.write(octets("more")));
}

TEST(TlsConnection, the_peer_may_stop_speaking_and_go_on_listening) {
  Service service({IdentityKind::ec_256});
  Connection connection(service.context());
  Peer peer({});
  carry(peer, connection);
  peer.write(octets("last words"));
  peer.close();
  connection.received(peer.take_output());
  EXPECT_EQ(connection.state(), ConnectionState::ended);
  EXPECT_EQ(text_of(connection.take_plaintext()), "last words");
  EXPECT_TRUE(connection.write(octets("still here")));
  connection.close();
  EXPECT_FALSE(connection.write(octets("not any more")));
  EXPECT_EQ(connection.state(), ConnectionState::closed);
  peer.received(connection.take_output());
  EXPECT_EQ(peer.plaintext(), "still here");
  EXPECT_TRUE(peer.was_closed());
}

TEST(TlsConnection, closing_says_so_and_hears_nothing_more) {
  Service service({IdentityKind::ec_256});
  Connection connection(service.context());
  Peer peer({});
  carry(peer, connection);
  connection.close();
  connection.close();
  peer.write(octets("too late"));
  connection.received(peer.take_output());
  EXPECT_EQ(connection.plaintext_octets(), 0U);
  peer.received(connection.take_output());
  EXPECT_TRUE(peer.was_closed());
}

TEST(TlsConnection, closing_in_mid_handshake_says_nothing) {
  Service service({IdentityKind::ec_256});
  Connection connection(service.context());
  connection.close();
  EXPECT_EQ(connection.state(), ConnectionState::closed);
  EXPECT_EQ(connection.output_octets(), 0U);
}

TEST(TlsConnection, both_ends_bind_to_the_same_channel) {
  Service service({IdentityKind::ec_256});
  Connection connection(service.context());
  EXPECT_TRUE(connection.channel_bindings().exporter.empty());
  EXPECT_TRUE(connection.channel_bindings().server_end_point.empty());
  Peer peer({});
  carry(peer, connection);
  EXPECT_EQ(connection.channel_bindings().exporter, peer.exporter());
  EXPECT_EQ(connection.channel_bindings().server_end_point,
            peer.certificate_sha256());
  Connection older(service.context());
  Peer older_peer({.version_max = TLS1_2_VERSION});
  carry(older_peer, older);
  EXPECT_TRUE(older.channel_bindings().exporter.empty());
  EXPECT_EQ(older.channel_bindings().server_end_point,
            older_peer.certificate_sha256());
}

TEST(TlsConnection, a_connection_outlives_its_context) {
  Service service({IdentityKind::ec_256});
  auto context = std::make_unique<ServerContext>(service.context());
  Connection connection(*context);
  context.reset();
  service.forget_context();
  Peer peer({});
  carry(peer, connection);
  expect_both_ways(peer, connection);
}

TEST(TlsConnection, may_be_moved_in_mid_handshake) {
  Service service({IdentityKind::ec_256});
  Connection first(service.context());
  Peer peer({});
  first.received(peer.take_output());
  Connection connection = std::move(first);
  carry(peer, connection);
  expect_both_ways(peer, connection);
}

// Server names (RFC 6066 section 3).

TEST(TlsConnection, the_server_name_chooses_the_certificate) {
  Service service({IdentityKind::ec_256});
  service.add(IdentityKind::rsa_2048, {"other.example", "*.wild.example"});
  const auto shown_to = [&](const std::string& name) {
    Connection connection(service.context());
    Peer peer({.server_name = name});
    carry(peer, connection);
    return peer.certificate_name();
  };
  EXPECT_EQ(shown_to("mail.example.org"), "mail.example.org");
  EXPECT_EQ(shown_to("MAIL.Example.Org"), "mail.example.org");
  EXPECT_EQ(shown_to("other.example"), "other.example");
  EXPECT_EQ(shown_to("a.wild.example"), "other.example");
  EXPECT_EQ(shown_to("a.b.wild.example"), "");
  EXPECT_EQ(shown_to(""), "mail.example.org");
}

TEST(TlsConnection, an_unknown_name_is_refused_where_it_matters) {
  Service service({IdentityKind::ec_256});
  Connection connection(service.context());
  Peer peer({.server_name = "elsewhere.example"});
  carry(peer, connection);
  EXPECT_EQ(connection.error(), TlsError::name_refused);
  EXPECT_EQ(peer.alert(), SSL_AD_UNRECOGNIZED_NAME);
  EXPECT_EQ(connection.alert(), SSL_AD_UNRECOGNIZED_NAME);
}

TEST(TlsConnection, on_port_25_an_unknown_name_gets_the_first_certificate) {
  Service service({IdentityKind::ec_256});
  service.settings.unknown_name = UnknownName::gets_the_first;
  Connection connection(service.context());
  Peer peer({.server_name = "elsewhere.example"});
  carry(peer, connection);
  EXPECT_EQ(connection.state(), ConnectionState::open);
  EXPECT_EQ(peer.certificate_name(), "mail.example.org");
}

TEST(TlsConnection, an_old_mta_is_better_served_by_cbc_than_in_clear) {
  const PeerSettings old{.version_max = TLS1_2_VERSION,
                         .ciphers = "ECDHE-ECDSA-AES128-SHA"};
  Service service({IdentityKind::ec_256});
  service.settings.unknown_name = UnknownName::gets_the_first;
  Connection on_25(service.context());
  Peer mta(old);
  carry(mta, on_25);
  EXPECT_EQ(on_25.state(), ConnectionState::open);
  service.settings.unknown_name = UnknownName::is_refused;
  service.forget_context();
  Connection elsewhere(service.context());
  Peer client(old);
  carry(client, elsewhere);
  EXPECT_EQ(elsewhere.error(), TlsError::nothing_in_common);
}

// Protocols (RFC 7301).

TEST(TlsConnection, protocols_are_agreed_on_or_refused) {
  Service service({IdentityKind::ec_256});
  service.settings.protocols = {"imap"};
  const auto outcome = [&](const std::vector<std::string>& offered) {
    Connection connection(service.context());
    Peer peer({.protocols = offered});
    carry(peer, connection);
    if (connection.error() == TlsError::protocol_refused) {
      EXPECT_EQ(peer.alert(), SSL_AD_NO_APPLICATION_PROTOCOL);
      return std::string("refused");
    }
    EXPECT_EQ(connection.state(), ConnectionState::open);
    return "chose " + connection.info().protocol;
  };
  EXPECT_EQ(outcome({}), "chose ");
  EXPECT_EQ(outcome({"imap"}), "chose imap");
  EXPECT_EQ(outcome({"h2", "imap"}), "chose imap");
  EXPECT_EQ(outcome({"http/1.1"}), "refused");
  EXPECT_EQ(outcome({"IMAP"}), "refused");
  service.settings.protocols = {};
  service.forget_context();
  EXPECT_EQ(outcome({"ftp"}), "refused");
  EXPECT_EQ(outcome({}), "chose ");
}

}  // namespace
