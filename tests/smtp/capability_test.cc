// Known answers for smtp/capability.h and smtp/enhanced_code.h, and their laws
// on every short string.
#include "smtp/capability.h"

#include <gtest/gtest.h>

#include <string>

#include "smtp/capability_laws.h"
#include "smtp/client_event.h"

using namespace postkeep;
using namespace postkeep::smtp;

namespace {

Capabilities offered(std::vector<std::string> lines) {
  Reply reply{250, {"mx.example.org Hello SIZE 5"}};
  for (std::string& each : lines) reply.lines.push_back(std::move(each));
  return read_capabilities(reply);
}

TEST(SmtpCapability, the_first_line_offers_nothing) {
  EXPECT_EQ(offered({}), Capabilities{});
  EXPECT_EQ(read_capabilities(Reply{250, {"PIPELINING"}}), Capabilities{});
}

TEST(SmtpCapability, keywords_are_read_without_case) {
  const Capabilities all =
      offered({"pipelining", "Chunking", "BINARYMIME", "8bitmime", "SMTPUTF8",
               "DSN", "StartTLS", "REQUIRETLS", "ENHANCEDSTATUSCODES",
               "MT-PRIORITY MIXER", "DELIVERBY", "FUTURERELEASE 100 x"});
  EXPECT_TRUE(all.pipelining && all.chunking && all.binarymime);
  EXPECT_TRUE(all.eight_bit_mime && all.smtputf8 && all.dsn && all.starttls);
  EXPECT_TRUE(all.requiretls && all.enhanced_codes && all.mt_priority);
  EXPECT_TRUE(all.deliver_by && all.future_release);
  EXPECT_FALSE(all.size);
  EXPECT_EQ(all.hold_seconds_max, 100U);
  EXPECT_EQ(all.deliver_by_seconds_min, std::nullopt);
}

TEST(SmtpCapability, a_size_of_0_or_none_is_no_maximum) {
  EXPECT_EQ(offered({"SIZE 1000"}).message_octets_max, 1000U);
  EXPECT_EQ(offered({"SIZE  1000 "}).message_octets_max, 1000U);
  EXPECT_EQ(offered({"SIZE 0"}).message_octets_max, std::nullopt);
  EXPECT_EQ(offered({"SIZE"}).message_octets_max, std::nullopt);
  EXPECT_EQ(offered({"SIZE many"}).message_octets_max, std::nullopt);
  EXPECT_TRUE(offered({"SIZE"}).size);
  EXPECT_EQ(offered({"SIZE 99999999999999999999"}).message_octets_max,
            capability_number_max);
}

TEST(SmtpCapability, limits_are_those_of_rfc_9422) {
  const Capabilities limits = offered({"LIMITS RCPTMAX=20 mailmax=5 X=1 Y"});
  EXPECT_EQ(limits.recipients_max, 20U);
  EXPECT_EQ(limits.transactions_max, 5U);
  EXPECT_EQ(offered({"LIMITS RCPTMAX=0 MAILMAX="}), Capabilities{});
}

TEST(SmtpCapability, mechanisms_are_in_upper_case_and_not_endless) {
  const std::vector<std::string> two{"PLAIN", "SCRAM-SHA-256"};
  EXPECT_EQ(offered({"AUTH plain SCRAM-SHA-256 "}).auth_mechanisms, two);
  std::string many = "AUTH";
  for (int i = 0; i < 100; ++i) many += " M" + std::to_string(i);
  EXPECT_EQ(offered({many}).auth_mechanisms.size(), auth_mechanisms_max);
}

TEST(SmtpCapability, a_line_outside_the_grammar_offers_nothing) {
  EXPECT_EQ(
      offered({"AUTH=PLAIN LOGIN", "X-A_B 8BITMIME", " DSN", "", "DSN\t"}),
      Capabilities{});
}

TEST(SmtpCapability, deliver_by_may_have_a_least_time) {
  EXPECT_EQ(offered({"DELIVERBY 240,x"}).deliver_by_seconds_min, 240U);
}

// Every string of up to six of the octets at which the grammars turn.
TEST(SmtpCapability, laws_on_all_short_strings) {
  const std::string turns = "a5-. =\t\x7f\x80";
  std::string text;
  const auto extend = [&](const auto& self) -> void {
    ASSERT_TRUE(law_ehlo_reader_agrees_with_grammar(octets(text)));
    ASSERT_TRUE(law_ehlo_line_is_its_words(octets(text)));
    ASSERT_TRUE(law_status_reader_agrees_with_grammar(octets(text)));
    ASSERT_TRUE(law_status_written_then_read_is_identity(octets(text)));
    if (text.size() == 6) return;
    for (const char c : turns) {
      text.push_back(c);
      self(self);
      text.pop_back();
    }
  };
  extend(extend);
}

TEST(SmtpEnhancedCode, it_stands_in_front_of_the_first_line) {
  const EnhancedCode wanted{5, 1, 1};
  EXPECT_EQ(read_enhanced_code({550, {"5.1.1 no such user", "x"}}), wanted);
  EXPECT_EQ(read_enhanced_code({550, {"5.1.1"}}), wanted);
  EXPECT_EQ(write(wanted), "5.1.1");
  EXPECT_EQ(read_enhanced_code({550, {"no 5.1.1"}}), std::nullopt);
  EXPECT_EQ(read_enhanced_code({550, {"5.1.1. no"}}), std::nullopt);
  EXPECT_EQ(read_enhanced_code({550, {}}), std::nullopt);
}

// RFC 2034 section 4: the first digits agree.
TEST(SmtpEnhancedCode, one_of_another_class_says_nothing) {
  EXPECT_EQ(read_enhanced_code({550, {"4.1.1 later"}}), std::nullopt);
  EXPECT_EQ(read_enhanced_code({354, {"2.0.0 go"}}), std::nullopt);
}

TEST(SmtpPeerReply, what_a_peer_says_is_bounded_and_printable) {
  const PeerReply kept =
      peer_reply({550, {"5.7.1 a\tb", std::string(5000, 'x')}});
  EXPECT_EQ(kept.enhanced, (EnhancedCode{5, 7, 1}));
  EXPECT_EQ(kept.text.size(), peer_text_octets_max);
  EXPECT_TRUE(kept.text.starts_with("5.7.1 a b\nxxx"));
  EXPECT_TRUE(write(kept).starts_with("550 5.7.1 a b xxx"));
  EXPECT_EQ(write(peer_reply({550, {"\x1b[31m\x07"}})), "550 ?[31m?");
  EXPECT_EQ(write(peer_reply({250, {""}})), "250");
  EXPECT_EQ(write(PeerReply{}), "");
}

}  // namespace
