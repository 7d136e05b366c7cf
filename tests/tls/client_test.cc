// tls/connection.h as a client, against its own server side: which certificates
// it takes, and that no other leads to an open connection.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "crypto/base64.h"
#include "tls/client_context.h"
#include "tls/connection.h"
#include "tls/peer.h"
#include "tls/service.h"

using namespace postkeep;
using namespace postkeep::tls;

namespace {

WallTime now() {
  return std::chrono::time_point_cast<std::chrono::microseconds>(
      std::chrono::system_clock::now());
}

void carry(Connection& one, Connection& other) {
  for (int round = 0; round < 20; ++round) {
    const auto there = one.take_output();
    if (!there.empty()) other.received(there);
    const auto back = other.take_output();
    if (!back.empty()) one.received(back);
    if (there.empty() && back.empty()) return;
  }
}

class TlsClient : public testing::Test {
 protected:
  TlsClient() {
    identity_ = make_identity(IdentityKind::ec_256, {"mail.example.org"});
    PK_CHECK(keys_.load(0, octets(identity_.key_pem)).has_value());
    server_.certificates = {{identity_.certificate_pem, 0}};
    server_.unknown_name = UnknownName::gets_the_first;
  }

  ClientContext context(const std::string& authorities = {}) {
    auto made = ClientContext::make({.authorities_pem = authorities});
    PK_CHECK(made.has_value());
    return *made;
  }

  // What becomes of a handshake in which the client wants this.
  struct Met {
    ConnectionState state = ConnectionState::failed;
    std::optional<TlsError> error = {};
    bool verified = false;
    std::string name_asked = {};
    std::string version = {};
  };
  Met meet(const ClientContext& mine, ServerWanted wanted) {
    if (wanted.now == WallTime{}) wanted.now = now();
    auto theirs = ServerContext::make(server_, keys_);
    PK_CHECK(theirs.has_value());
    Connection server(*theirs);
    Connection client(mine, wanted);
    carry(client, server);
    Met met{.state = client.state(), .error = client.error()};
    if (met.state != ConnectionState::open) return met;
    PK_CHECK(client.write(octets("EHLO")) && server.write(octets("250")));
    carry(client, server);
    EXPECT_EQ(server.take_plaintext().size(), 4U);
    EXPECT_EQ(client.take_plaintext().size(), 3U);
    met.verified = client.info().verified;
    met.version = client.info().version;
    met.name_asked = server.info().server_name;
    return met;
  }

  // The TLSA record's data for the whole certificate under SHA-256.
  std::vector<Octet> digest() {
    Connection server(*ServerContext::make(server_, keys_));
    Peer peer({});
    carry(peer, server);
    return peer.certificate_sha256();
  }

  KeyStore keys_;
  Identity identity_;
  ServerSettings server_;
};

TEST_F(TlsClient, without_a_check_any_certificate_will_do) {
  const Met met = meet(context(), {.server_name = "mx.example.net"});
  EXPECT_EQ(met.state, ConnectionState::open);
  EXPECT_FALSE(met.verified);
  EXPECT_EQ(met.version, "TLSv1.3");
}

TEST_F(TlsClient, the_name_is_said_where_there_is_one) {
  EXPECT_EQ(meet(context(), {.server_name = "mail.example.org"}).name_asked,
            "mail.example.org");
  EXPECT_EQ(meet(context(), {}).name_asked, "");
}

TEST_F(TlsClient, an_authority_and_the_right_name_are_enough) {
  const Met met = meet(context(identity_.certificate_pem),
                       {.check = CertificateCheck::authority,
                        .names = {"other.example", "mail.example.org"}});
  EXPECT_EQ(met.state, ConnectionState::open);
  EXPECT_TRUE(met.verified);
}

TEST_F(TlsClient, a_certificate_without_an_authority_ends_the_handshake) {
  const Met met = meet(context(), {.check = CertificateCheck::authority,
                                   .names = {"mail.example.org"}});
  EXPECT_EQ(met.state, ConnectionState::failed);
  EXPECT_EQ(met.error, TlsError::certificate_untrusted);
}

TEST_F(TlsClient, a_certificate_of_others_ends_the_handshake) {
  const Met met =
      meet(context(identity_.certificate_pem),
           {.check = CertificateCheck::authority, .names = {"example.org"}});
  EXPECT_EQ(met.error, TlsError::certificate_of_others);
}

TEST_F(TlsClient, no_name_at_all_is_no_check) {
  EXPECT_EQ(meet(context(identity_.certificate_pem),
                 {.check = CertificateCheck::authority})
                .error,
            TlsError::certificate_of_others);
}

TEST_F(TlsClient, time_is_the_callers) {
  for (const int days : {-2, 2}) {
    EXPECT_EQ(meet(context(identity_.certificate_pem),
                   {.check = CertificateCheck::authority,
                    .names = {"mail.example.org"},
                    .now = now() + std::chrono::hours(24 * days)})
                  .error,
              TlsError::certificate_expired);
  }
}

TEST_F(TlsClient, dane_names_the_certificate_whatever_it_says) {
  const Met met =
      meet(context(), {.server_name = "mx.example.net",
                       .check = CertificateCheck::dane,
                       .names = {"mx.example.net"},
                       .tlsa = {{3, 0, 1, digest()}},
                       .now = now() + std::chrono::hours(24 * 365)});
  EXPECT_EQ(met.state, ConnectionState::open);
  EXPECT_TRUE(met.verified);
}

TEST_F(TlsClient, dane_refuses_any_other_certificate) {
  std::vector<Octet> other = digest();
  other.front() ^= 1;
  const Met met =
      meet(context(identity_.certificate_pem), {.check = CertificateCheck::dane,
                                                .names = {"mail.example.org"},
                                                .tlsa = {{3, 0, 1, other}}});
  EXPECT_EQ(met.error, TlsError::certificate_untrusted);
}

// As most certificates are: signed by an authority that comes along.
class TlsClientOfAuthority : public TlsClient {
 protected:
  TlsClientOfAuthority() {
    identity_ = make_identity_of(authority_, {"mail.example.org"});
    PK_CHECK(keys_.load(0, octets(identity_.key_pem)).has_value());
    server_.certificates = {{identity_.certificate_pem, 0}};
  }

  Identity authority_ = make_authority("authority.example");
};

TEST_F(TlsClientOfAuthority, only_that_authority_will_do) {
  const ServerWanted wanted{.check = CertificateCheck::authority,
                            .names = {"mail.example.org"}};
  EXPECT_TRUE(meet(context(authority_.certificate_pem), wanted).verified);
  const Identity other = make_authority("authority.example");
  EXPECT_EQ(meet(context(other.certificate_pem), wanted).error,
            TlsError::certificate_untrusted);
  EXPECT_EQ(meet(context(), wanted).error, TlsError::certificate_untrusted);
}

TEST_F(TlsClientOfAuthority, dane_looks_at_the_name_below_an_anchor) {
  // The whole certificate of the authority (matching type 0), in DER.
  const std::string& pem = authority_.certificate_pem;
  const std::size_t from = pem.find('\n') + 1;
  std::string base64 = pem.substr(from, pem.find("-----END") - from);
  std::erase(base64, '\n');
  const auto whole = crypto::read_base64(octets(base64), 4096);
  ASSERT_TRUE(whole.has_value());
  const std::vector<Tlsa> anchor{{2, 0, 0, *whole}};
  EXPECT_TRUE(meet(context(), {.check = CertificateCheck::dane,
                               .names = {"mail.example.org"},
                               .tlsa = anchor})
                  .verified);
  EXPECT_EQ(meet(context(), {.check = CertificateCheck::dane,
                             .names = {"mx.example.net"},
                             .tlsa = anchor})
                .error,
            TlsError::certificate_of_others);
}

// RFC 7672 section 2.2: then TLS without authentication.
TEST_F(TlsClient, tlsa_records_that_cannot_be_used_check_nothing) {
  const Met met = meet(context(), {.check = CertificateCheck::dane,
                                   .names = {"mx.example.net"},
                                   .tlsa = {{1, 0, 1, digest()},
                                            {3, 0, 9, digest()},
                                            {3, 0, 1, {1, 2, 3}}}});
  EXPECT_EQ(met.state, ConnectionState::open);
  EXPECT_FALSE(met.verified);
}

TEST_F(TlsClient, plain_text_is_not_tls) {
  Connection client(context(), {});
  EXPECT_FALSE(client.take_output().empty());
  client.received(octets("454 4.7.0 TLS not available\r\n"));
  EXPECT_EQ(client.error(), TlsError::not_tls);
}

TEST_F(TlsClient, a_server_that_never_ends_its_handshake_is_left) {
  Connection client(context(), {});
  // Records of a handshake message that promises 16 MiB.
  std::vector<Octet> record{22, 3, 3, 0x40, 0, 2, 0xff, 0xff, 0xff};
  record.resize(5 + 0x4000);
  for (int i = 0; i < 20 && !client.error(); ++i) client.received(record);
  EXPECT_TRUE(client.error().has_value());
}

TEST_F(TlsClient, authorities_are_read_from_pem_with_text_between) {
  EXPECT_EQ(
      context(
          "# one\n" + identity_.certificate_pem + "# more\n" +
          make_identity(IdentityKind::ec_384, {"b.example"}).certificate_pem)
          .authorities(),
      2U);
  std::string spoiled = identity_.certificate_pem;
  spoiled[spoiled.size() / 2] = '!';
  EXPECT_EQ(ClientContext::make({.authorities_pem = spoiled}).error(),
            ContextError::unreadable);
}

}  // namespace
