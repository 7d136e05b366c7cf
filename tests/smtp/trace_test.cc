// Known answers of smtp/trace.h, smtp/envelope.h and smtp/pieces.h.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "smtp/pieces.h"
#include "smtp/server_event.h"
#include "smtp/trace_laws.h"

using namespace postkeep;
using namespace postkeep::smtp;

namespace {

constexpr WallTime when{std::chrono::seconds{1'795'298'400}};

Recipient recipient(std::string_view address) {
  return {read_mailbox(address).value_or(Mailbox::postmaster()), {}, {}};
}

Envelope envelope(std::string client, std::string peer) {
  Envelope made;
  made.client = std::move(client);
  made.peer.address = std::move(peer);
  made.extended = true;
  made.recipients.push_back(recipient("anna@example.org"));
  return made;
}

std::string received(const Envelope& from) {
  const std::string field = received_field(from, "mx.example.org", "Q1", when);
  EXPECT_TRUE(law_received_is_one_field(from, "mx.example.org", "Q1", when));
  return field;
}

TEST(SmtpTrace, received_says_who_where_how_and_when) {
  Envelope from = envelope("client.example.net", "192.0.2.1");
  from.tls = TlsFacts{"TLSv1.3", "TLS_AES_256_GCM_SHA384", 256};
  EXPECT_EQ(received(from),
            "Received: from client.example.net ([192.0.2.1])\r\n"
            "\tby mx.example.org with ESMTPS\r\n"
            "\t(TLSv1.3 TLS_AES_256_GCM_SHA384 bits=256)\r\n"
            "\tid Q1\r\n"
            "\tfor <anna@example.org>;\r\n"
            "\tSat, 21 Nov 2026 22:00:00 +0000\r\n");
}

// RFC 5321 section 7.6: names of other recipients are nobody's business.
TEST(SmtpTrace, the_recipient_is_named_only_when_it_is_the_only_one) {
  Envelope from = envelope("a", "192.0.2.1");
  from.recipients.push_back(recipient("berta@example.org"));
  EXPECT_EQ(received(from).find("for <"), std::string::npos);
  from.recipients = {recipient("")};  // <Postmaster> has no domain.
  EXPECT_EQ(received(from).find("for <"), std::string::npos);
}

TEST(SmtpTrace, a_name_that_is_no_domain_goes_into_a_comment) {
  EXPECT_TRUE(received(envelope("MY_PC", "192.0.2.1"))
                  .starts_with("Received: from [192.0.2.1] ([192.0.2.1])\r\n"
                               "\t(EHLO MY_PC)\r\n\tby "));
  EXPECT_TRUE(received(envelope("a)\r\nX: y\xFF", "192.0.2.1"))
                  .starts_with("Received: from [192.0.2.1] ([192.0.2.1])\r\n"
                               "\t(EHLO a???X:?y?)\r\n\tby "));
  EXPECT_TRUE(received(envelope("[192.0.2.9]", "IPv6:2001:db8::1"))
                  .starts_with("Received: from [192.0.2.9] "
                               "([IPv6:2001:db8::1])\r\n\tby "));
}

TEST(SmtpTrace, a_peer_of_this_machine_has_no_address) {
  EXPECT_TRUE(received(envelope("client.example.net", ""))
                  .starts_with("Received: from client.example.net\r\n\tby "));
  EXPECT_TRUE(received(envelope("", ""))
                  .starts_with("Received: from localhost\r\n\tby "));
  EXPECT_TRUE(received(envelope("[192.0.2.9]", ""))
                  .starts_with("Received: from localhost\r\n"
                               "\t(EHLO [192.0.2.9])\r\n\tby "));
}

TEST(SmtpTrace, an_id_is_an_atom) {
  const Envelope from = envelope("a", "192.0.2.1");
  EXPECT_NE(received_field(from, "h", "a b\r\n", when).find("id a?b??\r\n"),
            std::string::npos);
  EXPECT_NE(received_field(from, "h", "", when).find("id ?\r\n"),
            std::string::npos);
}

TEST(SmtpTrace, return_path) {
  EXPECT_EQ(return_path_field(""), "Return-Path: <>\r\n");
  EXPECT_EQ(return_path_field("a@b.example"), "Return-Path: <a@b.example>\r\n");
  EXPECT_EQ(return_path_field("\"a\"@b"), "Return-Path: <a@b>\r\n");
  EXPECT_EQ(return_path_field("no address\r\n"), "Return-Path: <>\r\n");
}

// RFC 3848 and RFC 6531 section 4.3, all of them.
TEST(SmtpEnvelope, with_protocol) {
  struct Example {
    bool extended, tls, login, smtputf8;
    std::string_view protocol;
  };
  for (const Example& example :
       std::vector<Example>{{false, false, false, false, "SMTP"},
                            {false, true, false, false, "SMTP"},
                            {true, false, false, false, "ESMTP"},
                            {true, true, false, false, "ESMTPS"},
                            {true, false, true, false, "ESMTPA"},
                            {true, true, true, false, "ESMTPSA"},
                            {true, false, false, true, "UTF8SMTP"},
                            {true, true, false, true, "UTF8SMTPS"},
                            {true, false, true, true, "UTF8SMTPA"},
                            {true, true, true, true, "UTF8SMTPSA"}}) {
    Envelope from = envelope("a", "");
    from.extended = example.extended;
    if (example.tls) from.tls = TlsFacts{};
    if (example.login) from.login = "anna";
    from.parameters.smtputf8 = example.smtputf8;
    EXPECT_EQ(with_protocol(from), example.protocol);
  }
}

// The same for what LMTP brought: it is always extended.
TEST(SmtpEnvelope, with_protocol_of_lmtp) {
  struct Example {
    bool tls, login, smtputf8;
    std::string_view protocol;
  };
  for (const Example& example :
       std::vector<Example>{{false, false, false, "LMTP"},
                            {true, false, false, "LMTPS"},
                            {false, true, false, "LMTPA"},
                            {true, true, false, "LMTPSA"},
                            {false, false, true, "UTF8LMTP"},
                            {true, false, true, "UTF8LMTPS"},
                            {false, true, true, "UTF8LMTPA"},
                            {true, true, true, "UTF8LMTPSA"}}) {
    Envelope from = envelope("a", "");
    from.extended = from.lmtp = true;
    if (example.tls) from.tls = TlsFacts{};
    if (example.login) from.login = "anna";
    from.parameters.smtputf8 = example.smtputf8;
    EXPECT_EQ(with_protocol(from), example.protocol);
    EXPECT_NE(received_field(from, "mx.example.org", "id", {})
                  .find(" with " + std::string{example.protocol} + "\r\n"),
              std::string::npos);
  }
}

TEST(SmtpPieces, octets_come_out_as_they_went_in) {
  Pieces pieces;
  std::vector<Octet> all;
  for (std::size_t i = 0; i < 50; ++i) {
    const std::vector<Octet> part(i * 977, static_cast<Octet>(i));
    pieces.append(part);
    all.insert(all.end(), part.begin(), part.end());
  }
  EXPECT_EQ(pieces.size(), all.size());
  EXPECT_EQ(pieces.joined(), all);
  std::vector<Octet> viewed;
  for (const Octets view : pieces.views()) {
    EXPECT_LE(view.size(), piece_octets_max);
    viewed.insert(viewed.end(), view.begin(), view.end());
  }
  EXPECT_EQ(viewed, all);
  Pieces copy = pieces;
  EXPECT_TRUE(copy == pieces);
  copy.clear();
  EXPECT_EQ(copy.size(), 0U);
  EXPECT_TRUE(copy.views().empty());
}

TEST(SmtpNoted, every_kind_has_a_name) {
  for (int i = 0; i <= static_cast<int>(Noted::What::closed); ++i) {
    EXPECT_FALSE(name(static_cast<Noted::What>(i)).empty());
  }
}

}  // namespace
