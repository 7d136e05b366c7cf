// imap::LoginSession where the cut of the network decides, and its limits.
#include "imap/login_session.h"

#include <gtest/gtest.h>

#include "tests/imap/manual_clock.h"
#include "tests/imap/response_syntax.h"

namespace postkeep::imap {
namespace {

class LoginSessionTest : public testing::Test {
 protected:
  // What the session sends; other effects are kept in `last_`.
  static std::string drain(LoginSession& session,
                           std::optional<login::Effect>& last) {
    std::string sent;
    while (auto effect = session.next_effect()) {
      if (const auto* octets = std::get_if<login::SendOctets>(&*effect)) {
        sent += octets->octets;
      } else {
        last = std::move(effect);
      }
    }
    return sent;
  }
  std::string drain(LoginSession& session) { return drain(session, last_); }

  bool closed_because(std::string_view why) const {
    const auto* close =
        last_ ? std::get_if<login::CloseConnection>(&*last_) : nullptr;
    return close != nullptr && close->why == why;
  }

  ManualClock clock_;
  std::optional<login::Effect> last_;
};

// T01: in the same packet.
TEST_F(LoginSessionTest, octets_after_starttls_close) {
  LoginSession session({}, clock_);
  drain(session);
  session.received(octets("a STARTTLS\r\nb LOGIN fred secret\r\n"));
  EXPECT_EQ(drain(session), "* BYE Octets after STARTTLS\r\n");
  EXPECT_TRUE(closed_because("octets_after_starttls"));
}

// T01: one octet is enough.
TEST_F(LoginSessionTest, a_single_octet_after_starttls_closes) {
  LoginSession session({}, clock_);
  drain(session);
  session.received(octets("a STARTTLS\r\nb"));
  drain(session);
  EXPECT_TRUE(closed_because("octets_after_starttls"));
}

// T01: after the OK, before the handshake.
TEST_F(LoginSessionTest, octets_before_the_handshake_close) {
  LoginSession session({}, clock_);
  drain(session);
  session.received(octets("a STARTTLS\r\n"));
  EXPECT_EQ(drain(session), "a OK Begin TLS now\r\n");
  const auto* begin = std::get_if<login::BeginTls>(&*last_);
  ASSERT_NE(begin, nullptr);
  EXPECT_EQ(begin->octets_taken, 12U);
  session.received(octets("b LOGIN fred secret\r\n"));
  drain(session);
  EXPECT_TRUE(closed_because("octets_after_starttls"));
  session.tls_started();
  EXPECT_EQ(session.next_effect(), std::nullopt);
}

TEST_F(LoginSessionTest, a_first_part_of_a_command_does_not_survive_tls) {
  LoginSession session({}, clock_);
  drain(session);
  session.received(octets("a STARTTLS\r\n"));
  drain(session);
  session.tls_started();
  session.received(octets("b NOOP\r\n"));
  EXPECT_EQ(drain(session), "b OK NOOP completed\r\n");
}

TEST_F(LoginSessionTest, no_starttls_where_none_is_offered) {
  LoginSession session({.offers_starttls = false}, clock_);
  EXPECT_EQ(drain(session).find("STARTTLS"), std::string::npos);
  session.received(octets("a STARTTLS\r\n"));
  EXPECT_EQ(drain(session), "a BAD No TLS here\r\n");
}

TEST_F(LoginSessionTest, what_follows_login_goes_along) {
  LoginSession session({.tls = true}, clock_);
  drain(session);
  session.received(octets("a LOGIN fred secret\r\nb SELECT INBOX\r\nc NO"));
  drain(session);
  ASSERT_NE(std::get_if<login::CheckPassword>(&*last_), nullptr);
  // Nothing is read while the answer is out.
  session.received(octets("OP\r\n"));
  EXPECT_EQ(drain(session), "");
  session.accepted();
  drain(session);
  const auto* hand_over = std::get_if<login::HandOver>(&*last_);
  ASSERT_NE(hand_over, nullptr);
  EXPECT_EQ(hand_over->tag, "a");
  EXPECT_EQ(hand_over->unread, "b SELECT INBOX\r\nc NOOP\r\n");
  EXPECT_TRUE(hand_over->tls);
  EXPECT_FALSE(session.wants_input());
}

TEST_F(LoginSessionTest, after_a_refusal_it_reads_on) {
  LoginSession session({.tls = true}, clock_);
  drain(session);
  session.received(octets("a LOGIN fred wrong\r\nb NOOP\r\n"));
  drain(session);
  session.refused(login::Refusal::credentials);
  EXPECT_EQ(drain(session),
            "a NO [AUTHENTICATIONFAILED] Wrong name or password\r\n"
            "b OK NOOP completed\r\n");
}

TEST_F(LoginSessionTest, answers_that_nobody_asked_for_change_nothing) {
  LoginSession session({.tls = true}, clock_);
  drain(session);
  session.accepted();
  session.refused(login::Refusal::credentials);
  session.challenge(octets("x"));
  session.tls_started();
  EXPECT_EQ(session.next_effect(), std::nullopt);
  session.received(octets("a NOOP\r\n"));
  EXPECT_EQ(drain(session), "a OK NOOP completed\r\n");
}

TEST_F(LoginSessionTest, success_data_wants_an_empty_answer) {
  LoginSession session({.tls = true}, clock_);
  drain(session);
  session.received(octets("a AUTHENTICATE PLAIN\r\n"));
  drain(session);
  session.accepted("v=1");
  EXPECT_EQ(drain(session), "+ dj0x\r\n");
  session.received(octets("Yg==\r\n"));
  drain(session);
  EXPECT_NE(std::get_if<login::SaslCancel>(&*last_), nullptr);
}

TEST_F(LoginSessionTest, stops_reading_a_client_that_says_too_much) {
  LoginSession session({.tls = true}, clock_);
  drain(session);
  session.received(octets("a LOGIN fred secret\r\n"));
  EXPECT_TRUE(session.wants_input());
  session.received(octets(std::string(login::unread_octets_max, 'x')));
  EXPECT_FALSE(session.wants_input());
}

TEST_F(LoginSessionTest, a_stranger_gets_so_many_commands) {
  LoginSession session({.tls = true}, clock_);
  drain(session);
  std::string said;
  for (std::size_t i = 0; i <= login::commands_max; ++i) said += "a NOOP\r\n";
  session.received(octets(said));
  const std::string heard = drain(session);
  EXPECT_EQ(responses(heard).size(), login::commands_max + 1);
  EXPECT_TRUE(closed_because("too_many_commands"));
}

TEST_F(LoginSessionTest, every_browser_verb_is_dropped_without_an_answer) {
  for (const char* verb : {"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT",
                           "OPTIONS", "TRACE", "PATCH"}) {
    LoginSession session({}, clock_);
    drain(session);
    session.received(
        octets(std::string(verb) + " /a HTTP/1.1\r\nHost: a LOGIN b c\r\n"));
    EXPECT_EQ(drain(session), "") << verb;
    EXPECT_TRUE(closed_because("http_on_imap")) << verb;
  }
}

TEST_F(LoginSessionTest, a_handshake_on_the_plain_port_ends) {
  LoginSession session({}, clock_);
  drain(session);
  session.received(octets(std::string("\x16\x03\x01\x02\x00\x01\x00", 7)));
  session.received(octets("\r\n\n"));
  drain(session);
  EXPECT_NE(std::get_if<login::CloseConnection>(&*last_), nullptr);
}

TEST_F(LoginSessionTest, says_when_it_will_have_waited_enough) {
  LoginSession session({}, clock_);
  drain(session);
  clock_.pass(session.deadline() - clock_.steady() -
              std::chrono::microseconds(1));
  session.tick();
  EXPECT_EQ(drain(session), "");
  clock_.pass(std::chrono::microseconds(1));
  session.tick();
  EXPECT_EQ(drain(session), "* BYE Too slow\r\n");
  EXPECT_TRUE(closed_because("login_wait"));
}

TEST_F(LoginSessionTest, the_end_of_the_server_is_said) {
  LoginSession session({}, clock_);
  drain(session);
  session.shut_down();
  EXPECT_EQ(drain(session), "* BYE The server ends\r\n");
  EXPECT_TRUE(closed_because("shut_down"));
  session.shut_down();
  session.tick();
  EXPECT_EQ(session.next_effect(), std::nullopt);
}

}  // namespace
}  // namespace postkeep::imap
