// Session tickets: sealed under keys that the service is given, and gone with
// them (RFC 8446 section 4.6.1, RFC 5077).
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <optional>
#include <vector>

#include "tls/connection.h"
#include "tls/peer.h"
#include "tls/service.h"

using namespace postkeep;
using namespace postkeep::tls;

namespace {

TicketKey key_of(Octet octet) {
  std::array<Octet, ticket_key_octets> octets{};
  octets.fill(octet);
  octets[79] = 7;
  return ticket_key(octets);
}

struct Visit {
  bool resumed = false;
  std::vector<Octet> session;
};

Visit visit(Service& service, int version, const std::vector<Octet>& session) {
  Connection connection(service.context());
  Peer peer({.version_max = version, .session = session});
  carry(peer, connection);
  EXPECT_EQ(connection.state(), ConnectionState::open);
  EXPECT_EQ(peer.resumed(), connection.info().resumed);
  return {peer.resumed(), peer.session()};
}

class TlsTicket : public testing::TestWithParam<int> {
 protected:
  Service service_{{IdentityKind::ec_256}};
};

// The life of the tickets of one version.
TEST_P(TlsTicket, opens_as_long_as_its_key_lives) {
  const int version = GetParam();
  service_.changeable_context().set_ticket_keys(key_of(1), std::nullopt);
  const Visit first = visit(service_, version, {});
  EXPECT_FALSE(first.resumed);
  ASSERT_FALSE(first.session.empty());
  EXPECT_EQ(service_.signatures, 1);

  const Visit second = visit(service_, version, first.session);
  EXPECT_TRUE(second.resumed);
  EXPECT_EQ(service_.signatures, 1) << "no signature for a session resumed";

  service_.changeable_context().set_ticket_keys(key_of(2), key_of(1));
  const Visit third = visit(service_, version, first.session);
  EXPECT_TRUE(third.resumed) << "the key before still opens";

  service_.changeable_context().set_ticket_keys(key_of(3), key_of(2));
  EXPECT_FALSE(visit(service_, version, first.session).resumed);
  EXPECT_TRUE(visit(service_, version, third.session).resumed)
      << "a renewed ticket was sealed with the newer key";
}

TEST_P(TlsTicket, of_another_service_does_not_open_here) {
  const int version = GetParam();
  service_.changeable_context().set_ticket_keys(key_of(1), std::nullopt);
  const Visit first = visit(service_, version, {});
  Service other({IdentityKind::ec_256});
  other.changeable_context().set_ticket_keys(key_of(9), std::nullopt);
  EXPECT_FALSE(visit(other, version, first.session).resumed);
}

TEST_P(TlsTicket, is_not_given_before_there_are_keys) {
  EXPECT_FALSE(visit(service_, GetParam(), {}).resumed);
  Connection connection(service_.context());
  Peer peer({.version_max = GetParam()});
  carry(peer, connection);
  // Without a ticket nothing of the session is kept on this side.
  const Visit again = visit(service_, GetParam(), peer.session());
  EXPECT_FALSE(again.resumed);
}

TEST_P(TlsTicket, spoilt_is_a_full_handshake) {
  service_.changeable_context().set_ticket_keys(key_of(1), std::nullopt);
  Visit first = visit(service_, GetParam(), {});
  // The ticket stands somewhere in the session: spoil each tenth octet of it.
  int resumed = 0;
  for (std::size_t at = 100; at < first.session.size(); at += 10) {
    std::vector<Octet> spoilt = first.session;
    spoilt[at] ^= 0x40;
    const unsigned char* start = spoilt.data();
    SSL_SESSION* readable =
        d2i_SSL_SESSION(nullptr, &start, static_cast<long>(spoilt.size()));
    if (readable == nullptr) continue;
    SSL_SESSION_free(readable);
    Connection connection(service_.context());
    Peer peer({.version_max = GetParam(), .session = spoilt});
    carry(peer, connection);
    resumed += peer.resumed() ? 1 : 0;
    EXPECT_TRUE(connection.state() == ConnectionState::open ||
                connection.state() == ConnectionState::failed);
  }
  SUCCEED() << resumed;
}

INSTANTIATE_TEST_SUITE_P(Versions, TlsTicket,
                         testing::Values(TLS1_2_VERSION, TLS1_3_VERSION));

}  // namespace
